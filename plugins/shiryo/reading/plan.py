"""What the checks of a layout need, as places in its records; laid out once, for one record and for many."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, NamedTuple

from plugins.shiryo.reading.checks import CHECK_DIGITS
from plugins.shiryo.reading.dates import era_date, short_date
from plugins.shiryo.reading.form import NUMERIC, Form, Presence
from plugins.shiryo.reading.rules import Rule, rules_of

_ERA_BEFORE_FIRST = {0: 0, 4: 1988, 5: 2018}


class DateGroup(NamedTuple):
    """A date in several items; `era`: the first of them is the era."""

    name: str
    places: tuple[int, ...]
    era: bool

    def date(self, texts: Sequence[str], income_year: int) -> str | None:
        """Return the date; None where it is none, or only a part is filled."""
        if not all(texts):
            return None
        if self.era:
            return era_date(texts[0], texts[1], texts[2], texts[3])
        return short_date(texts[0], texts[1], texts[2], income_year) or None


class Bound(NamedTuple):
    """A rule with the places of its parameters among the values that rules are asked with."""

    rule: Rule
    values: tuple[int, ...]
    items: frozenset[int]
    """Places of items that must be readable before the rule is asked."""
    place: int
    """The item that the finding names."""

    def holds(self, given: Sequence[Any]) -> bool:
        """Tell whether the rule has nothing to say; most have not where their first parameter is empty."""
        return not (self.rule.always or given[0]) or self.rule.check(*given)


@dataclass(frozen=True, slots=True)
class Plan:
    """The values that rules are asked with: numbers, texts, the year, the dates, in this order."""

    form: Form
    year_place: int
    action_place: int
    required: frozenset[int]
    checks: Sequence[tuple[int, Callable[[str], bool]]]
    """Places of items with a check digit, each with its test."""
    groups: Sequence[DateGroup]
    single_dates: Sequence[tuple[str, int]]
    numbers: Sequence[int]
    texts: Sequence[int]
    dates: Sequence[str]
    rules: Sequence[Bound]

    def year_of(self, text: str) -> int:
        """Return the income year (western) that the item 年分 says; the text must be digits."""
        return int(text) + _ERA_BEFORE_FIRST[self.form.income_era]


@cache
def plan_of(form: Form) -> Plan:
    """Lay out what the checks of a layout need."""
    rules = rules_of(form)
    single = [(item.name, place) for place, item in enumerate(form.items) if item.type == "date"]
    dates = [*form.dates, *(name for name, _ in single)]
    used = {_resolved(form, name) for rule in rules for name in rule.parameters}
    names = [name for name in form.index if name in used.difference(dates, {"year"})]
    numeric = [name for name in names if _is_number(form, name)]
    texts = [name for name in names if not _is_number(form, name)]
    order = {name: place for place, name in enumerate([*numeric, *texts, "year", *dates])}
    return Plan(
        form=form,
        year_place=form.index["income_year"],
        action_place=form.index[form.action_item],
        required=frozenset(
            place for place, item in enumerate(form.items) if item.presence is Presence.REQUIRED
        ),
        checks=[
            (place, CHECK_DIGITS[item.type])
            for place, item in enumerate(form.items)
            if item.type in CHECK_DIGITS
        ],
        groups=[
            DateGroup(name, places, era=bool(parts[0]))
            for name, parts in form.dates.items()
            if (places := tuple(form.index[part] for part in parts if part))
        ],
        single_dates=single,
        numbers=[form.index[name] for name in numeric],
        texts=[form.index[name] for name in texts],
        dates=dates,
        rules=[
            Bound(
                rule,
                tuple(order[_resolved(form, name)] for name in rule.parameters),
                frozenset(place for name in rule.parameters for place in _places(form, name)),
                _places(form, rule.parameters[0])[0],
            )
            for rule in rules
        ],
    )


def _resolved(form: Form, name: str) -> str:
    """Return the layout's own name of a parameter: `birth` is what it calls the birth date."""
    return form.identity.get("birth", name) if name == "birth" else name


def _is_number(form: Form, name: str) -> bool:
    item = form.items[form.index[name]]
    return item.type in NUMERIC or (item.type == "code" and all(code.isdigit() for code in item.codes))


def _places(form: Form, parameter: str) -> list[int]:
    name = _resolved(form, parameter)
    if name == "year":
        return [form.index["income_year"]]
    if name in form.dates:
        return [form.index[part] for part in form.dates[name] if part]
    return [form.index[name]]
