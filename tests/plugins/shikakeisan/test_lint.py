"""The linter of rules: no float, no amount, no year."""

from typing import Any

import pytest

from plugins.shikakeisan.engine.lint import lint, lint_folder
from plugins.shikakeisan.law.files import ROOT


def test_no_rule_holds_an_amount_a_float_or_a_year() -> None:
    assert list(lint_folder(ROOT / "rules")) == []


@pytest.mark.parametrize(
    ("source", "line"),
    [
        ("x = 0.5", 1),
        ("y = 1\nx = 430_000", 2),
        ("x = 13", 1),
        ("x = a / b", 1),
        ("x = float(a)", 1),
        ("x = np.float64(a)", 1),
        ("def f(fiscal_year): pass", 1),
        ("x = 1 if year >= 8 else 2", 1),
    ],
)
def test_what_a_rule_may_not_hold(source: Any, line: Any) -> None:
    assert [fault.line for fault in lint(source, "rule.py")] == [line]


@pytest.mark.parametrize("source", ["x = 12", "x = a // b", "x = -1", "x = True", "x = amounts['self']"])
def test_what_a_rule_may_hold(source: Any) -> None:
    assert list(lint(source, "rule.py")) == []
