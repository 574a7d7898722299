"""Names and places put together from small parts, so that they look right and belong to nobody."""

import unicodedata
from random import Random
from typing import NamedTuple


class Word(NamedTuple):
    """A written form and its reading."""

    written: str
    read: str


def _words(text: str) -> list[Word]:
    return [Word(*pair.split(":")) for pair in text.split()]


_SURNAME_HEADS = _words(
    """
    霧:キリ 藍:アイ 雪:ユキ 夕:ユウ 白:シラ 紅:ベニ 楓:カエデ 月:ツキ 星:ホシ 虹:ニジ
    暁:アカツキ 苔:コケ 漣:サザナミ 蛍:ホタル 梢:コズエ 霞:カスミ 露:ツユ 橙:ダイダイ 凪:ナギ
    灯:トモシ 雲:クモ 風:カザ 笹:ササ 茜:アカネ 碧:アオ 珠:タマ 鈴:スズ 琴:コト 千草:チグサ
    八雲:ヤクモ
    """
)
_SURNAME_TAILS = _words(
    """
    ヶ丘:ガオカ ノ瀬:ノセ 野原:ノハラ 沢:ザワ 浜:ハマ 影:カゲ 里:サト ノ宮:ノミヤ 谷:ダニ
    渡:ワタリ 峰:ミネ 濵:ハマ 瀨:セ 﨑:サキ 邉:ベ 橋:バシ 坂:ザカ 森:モリ 池:イケ 塚:ヅカ
    """
)
_MALE_HEADS = _words(
    """
    陽:ハル 蒼:アオ 悠:ユウ 健:ケン 誠:マサ 直:ナオ 智:トモ 和:カズ 明:アキ 光:ミツ 正:マサ
    秀:ヒデ 康:ヤス 隆:タカ
    """
)
_MALE_TAILS = _words(
    """
    斗:ト 人:ト 樹:キ 彦:ヒコ 志:シ 之:ユキ 太:タ 也:ヤ 介:スケ 郎:ロウ 士:シ 吾:ゴ
    """
)
_FEMALE_HEADS = _words(
    """
    陽:ハル 咲:サキ 美:ミ 由:ユ 真:マ 千:チ 彩:アヤ 優:ユウ 結:ユイ 香:カ 恵:エ 佳:カ 理:リ
    奈:ナ
    """
)
_FEMALE_TAILS = _words(
    """
    奈:ナ 子:コ 美:ミ 香:カ 乃:ノ 衣:イ 菜:ナ 月:ツキ 音:ネ 穂:ホ 江:エ 代:ヨ
    """
)
_TOWN_HEADS = _words(
    """
    桜見:サクラミ 緑川:ミドリカワ 朝霧:アサギリ 若竹:ワカタケ 汐入:シオイリ 松風:マツカゼ
    花園:ハナゾノ 千鳥:チドリ 白鷺:シラサギ 柚木:ユズキ
    """
)
_TOWN_TAILS = ("町", "台", "東町", "西町", "本町", "新田")
_TRADES = _words(
    """
    製作所:セイサクショ 商店:ショウテン 運輸:ウンユ 建設:ケンセツ 食品:ショクヒン 電機:デンキ
    薬局:ヤッキョク 園芸:エンゲイ 印刷:インサツ 介護サービス:カイゴサービス
    """
)
_NUMERALS = "一二三四五六"

FEMALE = "2"


def surname(chance: Random) -> Word:
    """Make a family name."""
    return _joined(chance, _SURNAME_HEADS, _SURNAME_TAILS)


def given_name(chance: Random, sex: str) -> Word:
    """Make a given name."""
    if sex == FEMALE:
        return _joined(chance, _FEMALE_HEADS, _FEMALE_TAILS)
    return _joined(chance, _MALE_HEADS, _MALE_TAILS)


def town(chance: Random) -> str:
    """Make the name of a 町."""
    place = chance.choice(_TOWN_HEADS).written + chance.choice(_TOWN_TAILS)
    return f"{place}{chance.choice(_NUMERALS)}丁目"


def company(chance: Random) -> Word:
    """Make the name of an employer."""
    name, trade = surname(chance), chance.choice(_TRADES)
    return Word(f"株式会社{name.written}{trade.written}", f"カブシキガイシャ{name.read}{trade.read}")


def _joined(chance: Random, heads: list[Word], tails: list[Word]) -> Word:
    head, tail = chance.choice(heads), chance.choice(tails)
    return Word(head.written + tail.written, head.read + tail.read)


_HALF = {unicodedata.normalize("NFKC", chr(code)): chr(code) for code in range(0xFF66, 0xFF9E)}
_HALF |= {"\u3099": "ﾞ", "\u309a": "ﾟ", "　": " "}


def half_width(reading: str) -> str:
    """Return a reading as banks write it."""
    return "".join(_HALF[each] for each in unicodedata.normalize("NFD", reading))
