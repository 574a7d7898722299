"""Help pages: Japanese words around those of a command, and lines that fit a terminal."""

import click
import pytest
from click.testing import CliRunner

from core.commands.help import cells, speak_japanese, wrapped

WIDTH = 60


@pytest.fixture
def group() -> click.Group:
    @click.group("town", help="町の処理。2つ目の文は一覧に出ません。")
    def town() -> None: ...

    @town.command("open", help="年度を開始します。\n続きの行。\n\n2つ目の段落。")
    @click.argument("year")
    @click.option("--count", type=click.IntRange(1, 9), default=3, show_default=True, help="件数")
    @click.option("--people", type=click.IntRange(0), required=True, help="人数")
    @click.option("--on", type=click.DateTime(["%Y-%m-%d"]), help="日付" * 30)
    def open_year() -> None: ...

    speak_japanese(town)
    return town


def lines(command: click.Group, *words: str) -> list[str]:
    return CliRunner().invoke(command, [*words, "--help"], terminal_width=WIDTH).output.splitlines()


def test_a_group_lists_first_sentences(group: click.Group) -> None:
    assert lines(group) == [
        "使い方: town [オプション] コマンド [引数]...",
        "",
        "  町の処理。2つ目の文は一覧に出ません。",
        "",
        "オプション:",
        "  --help  この説明を表示します。",
        "",
        "コマンド:",
        "  open  年度を開始します。",
    ]


def test_a_command_says_what_its_options_take(group: click.Group) -> None:
    shown = lines(group, "open")

    assert shown[0] == "使い方: town open [オプション] YEAR"
    assert shown[2:5] == ["  年度を開始します。続きの行。", "", "  2つ目の段落。"]
    assert shown[7:10] == [
        "  --count 整数   件数 ［省略時 3、1から9まで］",
        "  --people 整数  人数 ［0以上、必須］",
        "  --on 年-月-日  " + "日付" * 10 + "日",
    ]
    assert max(map(cells, shown)) <= WIDTH


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("", []),
        ("あいうえお", ["あいう", "えお"]),
        ("あいう。えお", ["あい", "う。え", "お"]),
        ("あい（うえ）", ["あい", "（う", "え）"]),
        ("ab cde fg", ["ab cde", "fg"]),
        ("abcdefgh あ", ["abcdefgh", "あ"]),
    ],
)
def test_lines_break_between_characters_but_not_before_a_sign_that_ends(text: str, parts: list[str]) -> None:
    assert wrapped(text, 6) == parts
