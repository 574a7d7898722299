"""One record against its layout: items, check digits, dates, logic rules, repetition."""

from collections.abc import Callable, Iterator, Sequence
from functools import cache
from itertools import compress, count
from operator import itemgetter
from typing import Any, NamedTuple, TypeAlias

from plugins.shiryo.reading.checks import CHECK_DIGITS, faults, record_pattern
from plugins.shiryo.reading.dates import era_date, partial_date, short_date
from plugins.shiryo.reading.findings import Finding, Findings, Severity
from plugins.shiryo.reading.form import NUMERIC, Form, Presence
from plugins.shiryo.reading.record import Record
from plugins.shiryo.reading.rules import Rule, rules_of

Where = Callable[[int], int]
"""Place of an item to its byte offset in the file."""
_Pick: TypeAlias = Callable[[Sequence[Any]], tuple[Any, ...]]
_ERA_BEFORE_FIRST = {0: 0, 4: 1988, 5: 2018}


class _DateGroup(NamedTuple):
    name: str
    places: tuple[int, ...]
    texts: _Pick
    era: bool


class _Bound(NamedTuple):
    """A rule with the places of its parameters in the list of values."""

    rule: Rule
    check: Callable[..., bool]
    always: bool
    first: int
    values: _Pick
    items: frozenset[int]
    """Places of items that must be readable before the rule is asked."""
    place: int


class Examiner:
    """Checks the records of one file, in order; keeps only what repetition needs: two numbers per record."""

    def __init__(self, form: Form, findings: Findings) -> None:
        self._form = form
        self._findings = findings
        self._pattern = record_pattern(form) if form.form == "csv" else None
        self._required = frozenset(
            place for place, item in enumerate(form.items) if item.presence is Presence.REQUIRED
        )
        self._checks = [
            (place, CHECK_DIGITS[item.type])
            for place, item in enumerate(form.items)
            if item.type in CHECK_DIGITS
        ]
        self._single_dates = [(i.name, place) for place, i in enumerate(form.items) if i.type == "date"]
        self._groups = [
            _DateGroup(name, places, _picker(places), era=bool(parts[0]))
            for name, parts in form.dates.items()
            if (places := tuple(form.index[part] for part in parts if part))
        ]
        self._year_place = form.index["income_year"]
        self._action_place = form.index[form.action_item]
        self._numbers, self._texts, self._rules = _bind(form)
        self._dates = _date_names(form)
        self._seen: dict[int, int] = {}
        self._year_reported = False

    def examine(self, record: Record, text: str, where: Where) -> None:
        """Check a record that could be taken apart; two records of the same `text` are the same."""
        found: list[Finding] = []
        bad: set[int] = set()
        for place, code in self._item_faults(record, text):
            found.append(self._report(code, record, place, where))
            bad.add(place)
        for place, code in self._number_faults(record.fields, bad):
            found.append(self._report(code, record, place, where))
            bad.add(place)
        self._year(record, bad, where, found)
        for place, code in self._date_faults(record, bad):
            found.append(self._report(code, record, place, where))
            bad.add(place)
        found.extend(self._logic(record, bad, where))
        if self._action_place not in bad:
            found.extend(self._repetition(record, text))
        if found:
            record.findings = found
            record.bad = {one.column - 1 for one in found if _spoils(one)}

    def _item_faults(self, record: Record, text: str) -> Iterator[tuple[int, str]]:
        if self._pattern is not None and self._pattern.fullmatch(text):
            return
        fields, items = record.fields, self._form.items
        for place in sorted(self._required.union(compress(count(), fields))):
            for code in faults(items[place], fields[place]):
                yield place, code

    def _number_faults(self, fields: Sequence[str], bad: set[int]) -> Iterator[tuple[int, str]]:
        for place, valid in self._checks:
            text = fields[place]
            if text and place not in bad and not valid(text):
                yield place, "CHECK_DIGIT"

    def _year(self, record: Record, bad: set[int], where: Where, found: list[Finding]) -> None:
        if self._year_place in bad:
            return
        record.year = int(record.fields[self._year_place]) + _ERA_BEFORE_FIRST[self._form.income_era]
        first, last = self._form.years
        if not self._year_reported and not first <= record.year <= last:
            self._year_reported = True
            found.append(self._report("LAYOUT_YEAR", record, self._year_place, where))

    def _date_faults(self, record: Record, bad: set[int]) -> Iterator[tuple[int, str]]:
        fields = record.fields
        dates = {}
        for group in self._groups:
            texts = group.texts(fields)
            if any(texts) and bad.isdisjoint(group.places):
                found = _group_date(group, texts, record.year)
                if found is None:
                    yield group.places[0], "DATE"
                    continue
                dates[group.name] = found
                if len(found) != len("YYYY-MM-DD"):
                    yield group.places[0], "DATE_UNKNOWN"
        for name, place in self._single_dates:
            if fields[place] and place not in bad:
                single = partial_date(fields[place])
                if single is None:
                    yield place, "DATE"
                else:
                    dates[name] = single
        record.dates = dates

    def _logic(self, record: Record, bad: set[int], where: Where) -> Iterator[Finding]:
        fields = record.fields
        if bad:
            fields = ["" if place in bad else text for place, text in enumerate(fields)]
        values: list[Any] = [int(text) if text else 0 for text in self._numbers(fields)]
        values += self._texts(fields)
        values.append(record.year)
        values += [record.dates.get(name, "") for name in self._dates]
        failed = [
            bound
            for bound in self._rules
            if (bound.always or values[bound.first]) and not bound.check(*bound.values(values))
        ]
        for bound in failed:
            if bad.isdisjoint(bound.items):
                yield self._broken(bound, record, where)

    def _broken(self, bound: "_Bound", record: Record, where: Where) -> Finding:
        item, rule = self._form.items[bound.place], bound.rule
        at = (self._findings.file, where(bound.place), record.line, item.no, item.label)
        return self._findings.keep(Finding(*at, rule.id, rule.severity, rule.message))

    def _repetition(self, record: Record, text: str) -> Iterator[Finding]:
        key = hash((record.fields[self._action_place], *record.key_parts()))
        content = hash(text)
        if key not in self._seen:
            self._seen[key] = content
            return
        code = "NUMBER_REPEATED" if self._form.unique else "KEY_REPEATED"
        if self._seen[key] == content:
            code = "RECORD_REPEATED"
        yield self._findings.add(code, record.offset, record.line)

    def _report(self, code: str, record: Record, place: int, where: Where) -> Finding:
        item = self._form.items[place]
        return self._findings.add(code, where(place), record.line, item.no, item.label)


def _spoils(finding: Finding) -> bool:
    """Tell whether a finding says that one item is no value; logic rules speak of several together."""
    return finding.severity is Severity.ERROR and finding.column > 0 and "-" not in finding.code


def _group_date(group: _DateGroup, texts: Sequence[Any], income_year: int) -> str | None:
    """Return the date of a group; None where it is none, or only a part is filled."""
    if not all(texts):
        return None
    if group.era:
        return era_date(texts[0], texts[1], texts[2], texts[3])
    return short_date(texts[0], texts[1], texts[2], income_year) or None


def _date_names(form: Form) -> list[str]:
    return [*form.dates, *(item.name for item in form.items if item.type == "date")]


def _resolved(form: Form, name: str) -> str:
    """Return the layout's own name of a parameter: `birth` is what it calls the birth date."""
    return form.identity.get("birth", name) if name == "birth" else name


@cache
def _bind(form: Form) -> tuple[_Pick, _Pick, list[_Bound]]:
    """Lay out the values that the rules of a layout need: numbers, texts, the year, the dates."""
    rules = rules_of(form)
    dates = _date_names(form)
    used = {_resolved(form, name) for rule in rules for name in rule.parameters}
    names = used - {*dates, "year"}
    numeric = [name for name in form.index if name in names and _is_number(form, name)]
    texts = [name for name in form.index if name in names and not _is_number(form, name)]
    order = [*numeric, *texts, "year", *dates]
    bound = [
        _Bound(
            rule,
            rule.check,
            rule.always,
            order.index(_resolved(form, rule.parameters[0])),
            _picker([order.index(_resolved(form, name)) for name in rule.parameters]),
            frozenset(place for name in rule.parameters for place in _places(form, name)),
            _places(form, rule.parameters[0])[0],
        )
        for rule in rules
    ]
    picks = (_picker([form.index[name] for name in part]) for part in (numeric, texts))
    return next(picks), next(picks), bound


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


def _picker(places: Sequence[int]) -> _Pick:
    if len(places) > 1:
        return itemgetter(*places)
    only = places[0] if places else 0
    return lambda values: (values[only],) if places else ()
