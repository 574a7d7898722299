"""The help pages of commands in Japanese: click's own words, and lines that a terminal can hold.

Click translates itself by gettext alone, for the whole process and by the user's environment. So its words
are said here, at the doors that it has for this: the context of a command, and the formatter of a context.
"""

import re
from collections.abc import Iterable
from unicodedata import east_asian_width

import click

HEADINGS = {"Options": "オプション", "Commands": "コマンド", "Positional arguments": "引数"}
ARGUMENTS = {
    "[OPTIONS]": "[オプション]",
    "[COMMAND] [ARGS]...": "[コマンド] [引数]...",
    "COMMAND [ARGS]...": "コマンド [引数]...",
}
HELP = {"Show this message and exit.": "この説明を表示します。"}
VALUES = {
    "INTEGER RANGE": "整数",
    "INTEGER": "整数",
    "TEXT": "文字列",
    "PATH": "パス",
    "FILENAME": "ファイル",
    "FILE": "ファイル",
    "DIRECTORY": "フォルダー",
    "[%Y-%m-%d]": "年-月-日",
}
NOTES = (
    (re.compile("^required$"), "必須"),
    (re.compile("^default: "), "省略時 "),
    (re.compile("^env var: "), "環境変数 "),
    (re.compile(r"^x>=(-?\d+)$"), r"\1以上"),
    (re.compile(r"^(-?\d+)<=x<=(-?\d+)$"), r"\1から\2まで"),
)
NOTE = re.compile(r"\[([^\[\]]+)\]$")
PARAGRAPH = re.compile(r"\n\s*\n")
LINE_END = re.compile(r"(?<=(.))\s*\n\s*(?=(.))")
PIECE = re.compile(r"\s+|[「（［]*(?:[!-~]+|[^\s])[、。：；」）］ー～]*")
"""What is not torn: a word, or one wide character, with the signs that may not begin or end a line."""
LEAST = 20


class HelpPage(click.HelpFormatter):
    """Writes a page as click does, in Japanese; a wide character counts for two."""

    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        """Write how the command is typed."""
        for said, ours in ARGUMENTS.items():
            args = args.replace(said, ours)
        super().write_usage(prog, args, "使い方: " if prefix is None else prefix)

    def write_heading(self, heading: str) -> None:
        """Write the heading of a section."""
        super().write_heading(HEADINGS.get(heading, heading))

    def write_text(self, text: str) -> None:
        """Write paragraphs."""
        indent = " " * self.current_indent
        for place, paragraph in enumerate(PARAGRAPH.split(text)):
            lines = wrapped(LINE_END.sub(_joined, paragraph), self.width - self.current_indent)
            self.write("\n" * bool(place) + "".join(f"{indent}{line}\n" for line in lines))

    def write_dl(self, rows: Iterable[tuple[str, str]], col_max: int = 30, col_spacing: int = 2) -> None:
        """Write terms with what they mean beside them, or below where a term is long."""
        said = [(_term(first), _meaning(second)) for first, second in rows]
        indent = " " * self.current_indent
        column = min(max((cells(first) for first, _ in said), default=0), col_max) + col_spacing
        for first, second in said:
            lines = wrapped(second, max(self.width - self.current_indent - column, LEAST))
            if not lines or cells(first) > column - col_spacing:
                self.write(f"{indent}{first}\n")
            else:
                self.write(f"{indent}{first}{' ' * (column - cells(first))}{lines.pop(0)}\n")
            self.write("".join(f"{indent}{' ' * column}{line}\n" for line in lines))


class HouseContext(click.Context):
    """The context of every command of the house."""

    formatter_class = HelpPage


def speak_japanese(command: click.Command) -> None:
    """Give a command, and all below it, help pages in Japanese; a list of commands shows first sentences."""
    command.context_class = HouseContext
    if command.short_help is None and command.help is not None:
        first, end, _ = PARAGRAPH.split(command.help)[0].partition("。")
        command.short_help = first + end
    if isinstance(command, click.Group):
        for each in command.commands.values():
            speak_japanese(each)


def cells(text: str) -> int:
    """Return how many columns of a terminal a text takes."""
    return sum(2 if east_asian_width(sign) in "WFA" else 1 for sign in text)


def wrapped(text: str, width: int) -> list[str]:
    """Break a text into lines of at most `width` columns; only a longer word sticks out."""
    lines, line = list[str](), ""
    for piece in PIECE.findall(text):
        if line and cells(line) + cells(piece.rstrip()) > width:
            lines.append(line.rstrip())
            line = ""
        line += piece if line else piece.lstrip()
    return [*lines, line.rstrip()] if line.strip() else lines


def _joined(line_end: re.Match[str]) -> str:
    """Return what stands where a line ended: a space only beside a word."""
    return " " if line_end[1].isascii() or line_end[2].isascii() else ""


def _term(first: str) -> str:
    option, _, value = first.partition(" ")
    return f"{option} {VALUES[value]}" if value in VALUES else first


def _meaning(second: str) -> str:
    found = NOTE.search(second)
    if found is None:
        return HELP.get(second, second)
    notes = [_note(each) for each in found[1].split("; ")]
    return f"{second[: found.start()].rstrip()} ［{'、'.join(notes)}］".lstrip()


def _note(said: str) -> str:
    for pattern, ours in NOTES:
        said = pattern.sub(ours, said)
    return said
