"""Many records at once against their layout, column by column: who is certainly without a fault.

Nearly all records are, and most items of a layout are empty in all of them. So a column is looked at as a
whole: its different values once, and a rule is asked for the records where it can speak. Whoever does not
pass is left for `Examiner`, which looks at one record and says what is wrong. Nothing is reported here, so
one place alone says what a fault is.
"""

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from functools import cache
from itertools import compress, starmap
from typing import Any, NamedTuple

from plugins.shiryo.reading.checks import CHECK_DIGITS, TOGETHER, digits_of, faultless
from plugins.shiryo.reading.dates import partial_date
from plugins.shiryo.reading.form import Form, Item, Presence
from plugins.shiryo.reading.plan import Bound, DateGroup, Plan, plan_of
from plugins.shiryo.reading.record import Record
from plugins.shiryo.reading.sheet import Column, Sheet

_MARK = "\x00"
"""Between values that are matched together; a value that holds it does not pass."""


class _Check(NamedTuple):
    """What the values of one item must pass."""

    required: bool
    one: re.Pattern[str]
    many: re.Pattern[str]
    valid: Callable[[str], bool] | None
    all_valid: Callable[[Collection[str]], bool]
    digits: tuple[int, int] | None
    """Least and most digits, where nothing else is asked of a text: seen without an expression."""


def screen(sheet: Sheet) -> None:
    """Mark the records that are clear, and give each of them its year and its dates.

    Repetition is not looked at: it concerns the order of a file.
    """
    plan, checks = plan_of(sheet.form), _checks(sheet.form)
    if not plan.required <= sheet.filled:
        return
    suspects: set[int] = set()
    for place in sheet.filled:
        suspects.update(_suspects(checks[place], sheet.columns[place]))
    readable = sheet.without(suspects) if suspects else sheet
    if readable.records:
        _screen_together(plan, readable)


def _suspects(check: _Check, column: Column) -> Sequence[int]:
    """Return the places of the values that do not pass: mostly none, seen by matching all at once."""
    values = set(column)
    if check.digits is not None and _are_digits(check, *check.digits, values):
        return ()
    together = _MARK.join(values)
    whole = together.count(_MARK) == len(values) - 1 and check.many.fullmatch(together + _MARK)
    values.discard("")
    if whole and check.all_valid(values):
        return ()
    passing = {text for text in values if _passes(check, text)}
    if not check.required:
        passing.add("")
    return [place for place, text in enumerate(column) if text not in passing]


def _are_digits(check: _Check, least: int, most: int, values: set[str]) -> bool:
    """Tell whether all of a column is ASCII digits of the right length, or empty where it may be."""
    filled = values - {""}
    together = "".join(filled)
    return (
        (len(filled) == len(values) or not check.required)
        and (not together or (together.isascii() and together.isdigit()))
        and all(least <= length <= most for length in set(map(len, filled)))
    )


def _passes(check: _Check, text: str) -> bool:
    return check.one.fullmatch(text) is not None and (check.valid is None or check.valid(text))


def _screen_together(plan: Plan, sheet: Sheet) -> None:
    """Go on with records whose items are all readable: dates, and what items say together."""
    years = {text: plan.year_of(text) for text in set(sheet.columns[plan.year_place])}
    for record, text in zip(sheet.records, sheet.columns[plan.year_place], strict=True):
        record.year = years[text]
        record.dates = {}
    suspects = set(_date_suspects(plan, sheet))
    for broken in _rule_suspects(plan, sheet):
        suspects.update(broken)
    for place, record in enumerate(sheet.records):
        record.is_clear = place not in suspects


def _date_suspects(plan: Plan, sheet: Sheet) -> Iterator[int]:
    """Yield who has a date that is none, or not known to the day; the others get theirs."""
    for group in plan.groups:
        if not sheet.filled.isdisjoint(group.places):
            parts = [sheet.columns[place] for place in group.places]
            yield from _group_suspects(group, sheet.records, parts)
    for name, place in plan.single_dates:
        for at, text in enumerate(sheet.columns[place] if place in sheet.filled else ()):
            if text and (found := partial_date(text)):
                sheet.records[at].dates[name] = found
            elif text:
                yield at


def _group_suspects(group: DateGroup, records: Sequence[Record], parts: Sequence[Column]) -> Iterator[int]:
    for at, texts in enumerate(zip(*parts, strict=True)):
        if any(texts):
            found = group.date(texts, records[at].year)
            if found is not None and len(found) == len("YYYY-MM-DD"):
                records[at].dates[group.name] = found
            else:
                yield at


def _rule_suspects(plan: Plan, sheet: Sheet) -> Iterator[Sequence[int]]:
    """Yield, rule by rule, the places of the records that break it."""
    columns, records = sheet.columns, sheet.records
    empty: Sequence[int] = [0] * len(records)
    values: list[Sequence[Any]] = [
        [int(text) if text else 0 for text in columns[place]] if place in sheet.filled else empty
        for place in plan.numbers
    ]
    values += [columns[place] for place in plan.texts]
    values.append([record.year for record in records])
    values += [[record.dates.get(name, "") for record in records] for name in plan.dates]
    for bound in plan.rules:
        given = [values[place] for place in bound.values]
        if (bound.rule.always or given[0] is not empty) and not _hold(bound, given):
            yield [at for at, each in enumerate(zip(*given, strict=True)) if not bound.holds(each)]


def _hold(bound: Bound, given: Sequence[Sequence[Any]]) -> bool:
    """Tell whether a rule has nothing to say of anybody."""
    asked: Iterable[tuple[Any, ...]] = zip(*given, strict=True)
    if not bound.rule.always:
        asked = compress(asked, given[0])
    return all(starmap(bound.rule.check, asked))


@cache
def _checks(form: Form) -> Sequence[_Check]:
    return [_check(item) for item in form.items]


def _check(item: Item) -> _Check:
    pattern, valid = faultless(item), CHECK_DIGITS.get(item.type)
    return _Check(
        item.presence is Presence.REQUIRED,
        re.compile(pattern),
        re.compile(f"(?:(?:{pattern}){_MARK})*+"),
        valid,
        TOGETHER.get(item.type, lambda texts: valid is None or all(map(valid, texts))),
        digits_of(item),
    )
