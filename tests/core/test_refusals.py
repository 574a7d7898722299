"""What is refused at the terminal is told in Japanese, with a code, without what was typed."""

import click
import pytest
from click.testing import CliRunner

from core.commands.refusals import click_line, early_line, refusal_line, tell
from core.commands.terminal import refusing
from core.errors import Conflict, NotFound, StartError

SECRET = "山田太郎"


class Colour(click.ParamType[str]):
    """A type that says itself what is wrong."""

    name = "colour"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> str:
        return self.fail("色ではありません。", param, ctx)


@click.group()
def house() -> None:
    """A command line to be misunderstood."""


@house.command()
@click.argument("year", type=int)
@click.option("--kind", type=click.Choice(["one", "two"]), required=True)
@click.option("--count", type=click.IntRange(1))
@click.option("--on", type=click.DateTime(["%Y-%m-%d"]))
@click.option("--file", type=click.Path(exists=True))
@click.option("--colour", type=Colour())
@click.option("--mode")
def paint(mode: str | None, **_given: object) -> None:
    """Paint it."""
    if mode == "usage":
        raise click.UsageError("--mode は使えません。")
    if mode == "own":
        raise click.BadParameter("別の値にしてください。", param_hint="--mode")
    with refusing():
        raise NotFound(field="mode")


def refused(*words: str) -> click.ClickException:
    with pytest.raises(click.ClickException) as caught:
        house.main(list(words), "juminzei", standalone_mode=False)
    return caught.value


GOOD = ("paint", "2026", "--kind", "one")


@pytest.mark.parametrize(
    ("words", "line", "code"),
    [
        ((SECRET,), "そのようなコマンドはありません。 (COMMAND_UNKNOWN) 詳しくは juminzei --help", 2),
        (("pain",), "そのようなコマンドはありません。近いもの: paint。 (COMMAND_UNKNOWN)", 2),
        ((*GOOD, f"--{SECRET}"), "そのようなオプションはありません。 (OPTION_UNKNOWN)", 2),
        (
            (*GOOD, "--colou"),
            "そのようなオプションはありません。近いもの: --colour, --count。 (OPTION_UNKNOWN)",
            2,
        ),
        (("paint", "2026"), "--kind を指定してください。次のいずれかです: one, two。 (OPTION_MISSING)", 2),
        (("paint", "--kind", "one"), "YEAR を指定してください。整数です。 (OPTION_MISSING)", 2),
        (("paint", SECRET, "--kind", "one"), "YEAR の値が正しくありません。整数です。 (VALUE_INVALID)", 2),
        (
            (*GOOD, "--kind", SECRET),
            "--kind の値が正しくありません。次のいずれかです: one, two。 (VALUE_INVALID)",
            2,
        ),
        ((*GOOD, "--count", "0"), "--count の値が正しくありません。整数です(1〜)。 (VALUE_INVALID)", 2),
        (
            (*GOOD, "--on", SECRET),
            "--on の値が正しくありません。日付です(例 2026-06-15)。 (VALUE_INVALID)",
            2,
        ),
        ((*GOOD, "--file", SECRET), "--file の値が正しくありません。今ある、読めるファイル", 2),
        (
            (*GOOD, "--colour", SECRET),
            "--colour の値が正しくありません。色ではありません。 (VALUE_INVALID)",
            2,
        ),
        ((*GOOD, "--mode"), "--mode に値を付けるか、値を外してください。 (OPTION_VALUE)", 2),
        (
            (*GOOD, SECRET),
            "コマンドの指定が正しくありません。余分な引数がないか確かめてください。 (USAGE)",
            2,
        ),
        ((*GOOD, "--mode", "usage"), "--mode は使えません。 (USAGE)", 2),
        ((*GOOD, "--mode", "own"), "--mode: 別の値にしてください。 (VALUE_INVALID)", 2),
        (GOOD, "該当するデータがありません。 (NOT_FOUND) field=mode", 1),
    ],
)
def test_a_refusal_is_one_line_with_its_code(words: tuple[str, ...], line: str, code: int) -> None:
    error = refused(*words)

    assert click_line(error).startswith(line)
    assert (error.exit_code, SECRET in click_line(error), "\n" in click_line(error)) == (code, False, False)


def test_details_that_are_plain_are_told() -> None:
    refusal = Conflict(currentVersion=4, people=[1, 2])

    assert refusal_line(refusal).endswith(" (CONFLICT) currentVersion=4")
    assert early_line(refusal) == refusal_line(refusal)
    assert early_line(StartError("no key")) == "起動できません。no key (START_REFUSED)"


def test_it_is_told_on_standard_error() -> None:
    command = click.Command("x", callback=lambda: tell("だめです。 (NO)"))

    done = CliRunner().invoke(command)

    assert (done.stdout, done.stderr) == ("", "juminzei: だめです。 (NO)\n")
