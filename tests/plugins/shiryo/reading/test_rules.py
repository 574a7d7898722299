"""Each logic rule speaks on its example, and is silent on an empty record and where it is not asked."""

from collections.abc import Callable
from typing import Any

import pytest

from plugins.shiryo.reading.layout import layouts, load_layout
from plugins.shiryo.reading.rules import RULES, Rule, rules_of

EVERY = pytest.mark.parametrize("rule", RULES.values(), ids=list(RULES))


def typed(rule: Rule) -> dict[str, Any]:
    """Return empty values of the kinds that the example shows."""
    return {name: type(value)() for name, value in rule.example.items()}


@EVERY
def test_a_rule_speaks_on_its_example(rule: Rule) -> None:
    assert rule.check(**rule.example) is False


@EVERY
def test_a_rule_that_is_not_always_asked_is_silent_without_its_first_item(rule: Rule) -> None:
    first = rule.parameters[0]
    if not rule.always:
        assert rule.check(**{**rule.example, first: type(rule.example[first])()}) is True


@EVERY
def test_a_rule_belongs_to_a_layout(rule: Rule) -> None:
    held = {layout.form.kind for layout in layouts() if rule in rules_of(layout.form)}
    assert held == set(rule.kinds)


@EVERY
def test_a_rule_has_an_id_and_a_sentence(rule: Rule) -> None:
    prefix, _, number = rule.id.partition("-")
    assert prefix.isupper()
    assert number.isdigit()
    assert rule.message.endswith("。")


@pytest.mark.parametrize(
    ("changes", "rule_id", "item"),
    [
        ({"unpaid": 9_000_000}, "SAL-02", "未払金額"),
        ({"single_parent": 1, "spouse_claimed": 1}, "SAL-15", "ひとり親"),
        ({"under16_1_name": "山田　次郎"}, "SAL-20", "16歳未満扶養親族の数"),
        ({"birth_era": 5, "birth_year": "07"}, "PER-01", "受給者の生年月日_元号"),
    ],
)
def test_a_rule_speaks_in_a_file_with_its_place(
    changes: dict[str, Any], rule_id: str, item: str, clean: Callable[..., dict[str, Any]]
) -> None:
    layout = load_layout("salary_report", version="2020")
    reading = layout.read(layout.write([clean(layout) | changes]), "f").finish()
    assert [(one.code, one.item, one.line) for one in reading.findings] == [(rule_id, item, 1)]


def test_a_rule_is_not_asked_where_its_items_cannot_be_read(clean: Callable[..., dict[str, Any]]) -> None:
    layout = load_layout("salary_report", version="2020")
    reading = layout.read(layout.write([clean(layout) | {"payment": "x", "unpaid": 5}]), "f").finish()
    assert reading.counts == {"DIGITS": 1}
