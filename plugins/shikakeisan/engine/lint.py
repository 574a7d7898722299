"""The linter of rules: no float, no amount, no year in a rule. Figures live in the files of years.

Danger: a figure inside a rule is one that the next reform misses. Instead: a parameter of the year, by name.
"""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

LARGEST_LITERAL = 12
"""Months of a year, rows of a table, number of a column: nothing that is an amount."""
_YEAR_WORDS = {"year", "fiscal_year", "nendo"}
_FLOAT_NAMES = {"float", "float64", "float32", "true_divide", "divide"}


@dataclass(frozen=True, slots=True)
class Fault:
    """A line of a rule that breaks the rule of rules."""

    file: str
    line: int
    message: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line} {self.message}"


def lint_folder(folder: Path) -> Iterator[Fault]:
    """Faults of every Python file of a folder."""
    for path in sorted(folder.rglob("*.py")):
        yield from lint(path.read_text(encoding="utf-8"), path.name)


def lint(source: str, file: str) -> Iterator[Fault]:
    """Faults of one source text."""
    for node in ast.walk(ast.parse(source)):
        message = _fault(node)
        if message:
            yield Fault(file, getattr(node, "lineno", 0), message)


def _fault(node: ast.AST) -> str | None:
    match node:
        case ast.Constant(value=float()):
            return "小数は使えません（割合は年度の表の分数）"
        case ast.Constant(value=int() as value) if (
            not isinstance(value, bool) and abs(value) > LARGEST_LITERAL
        ):
            return "12を超える数は年度の表に置きます"
        case ast.BinOp(op=ast.Div()):
            return "割り算は // と端数の関数を使います"
        case ast.Name(id=name) | ast.Attribute(attr=name) if name in _FLOAT_NAMES:
            return "浮動小数点は使えません"
        case ast.Name(id=name) | ast.arg(arg=name) | ast.Attribute(attr=name) if name in _YEAR_WORDS:
            return "規則は年度を知りません（年度の表の有無で分けます）"
    return None
