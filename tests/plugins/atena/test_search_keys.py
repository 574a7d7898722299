"""Keys find what people write differently, and the received name is never touched by them."""

import pytest

from plugins.atena.search_keys import fold_names, kana_key, name_key


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("サトウ　イチロウ", "ｻﾄｳ ｲﾁﾛｳ"),
        ("サトウ", "さとう"),
        ("ヤマザキ", "ヤマサキ"),
        ("ﾔﾏｻﾞｷ", "ヤマザキ"),
        ("キョウコ", "キヨウコ"),
        ("ハットリ", "ハツトリ"),
        ("オーノ", "オノ"),
        ("オ－ノ", "オーノ"),
        ("オ‐ノ", "オーノ"),
        ("シミヅ", "シミズ"),
        ("フヂタ", "フジタ"),
        ("ヱンドウ", "エンドウ"),
        ("ヴァン", "ウアン"),
        ("ジャン・ポール", "シヤンポル"),
        ("ＳＭＩＴＨ", "smith"),
        ("か\u3099", "ガ"),
    ],
)
def test_readings_that_are_found_alike(one: str, other: str) -> None:
    assert kana_key(one) == kana_key(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [("サトウ", "サイトウ"), ("オオノ", "オノ"), ("アイ", "アユ"), ("ナカジマ", "ナガシマツ")],
)
def test_readings_that_stay_apart(one: str, other: str) -> None:
    assert kana_key(one) != kana_key(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("髙橋　一郎", "高橋一郎"),
        ("山﨑", "山崎"),
        ("𠮷田", "吉田"),
        ("渡邉", "渡邊"),
        ("渡邊", "渡辺"),
        ("齋藤", "斉藤"),
        ("葛\U000e0100城", "葛城"),
        ("神\ufe00田", "神田"),
        ("ＺＨＡＮＧ　ＹＵＬＩ", "Zhang Yuli"),
        ("㈱朝霧", "(株)朝霧"),
        ("神", "神"),
    ],
)
def test_written_names_that_are_found_alike(one: str, other: str) -> None:
    assert name_key(one) == name_key(other)


@pytest.mark.parametrize("fold", [kana_key, name_key])
@pytest.mark.parametrize(
    "text", ["髙﨑　𠮷郎", "ｻﾞﾋﾞｴﾙ", "葛\U000e0100城", "ﾊﾟｰｸ-1", "ヴ", "①Ⅳ㍻", "\U0010de92"]
)
def test_folding_twice_changes_nothing_more(fold: object, text: str) -> None:
    assert callable(fold)
    assert fold(fold(text)) == fold(text)


def test_many_names_fold_as_each_does_alone() -> None:
    names = ["髙橋　一郎", "", "山﨑\n花子", "\uffe3", "\u00a8", "ＺＨＡＮＧ", "あ\x00い", "葛\U000e0100城"]
    assert fold_names(names) == [name_key(each) for each in names]
    assert fold_names(names)[:3] == ["高橋一郎", "", "山崎花子"]
    assert fold_names([]) == []
