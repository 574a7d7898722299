"""One record against its layout, to say what is wrong: items, dates, logic rules, repetition."""

from collections.abc import Iterator, Sequence
from itertools import compress, count
from typing import Any

from plugins.shiryo.reading.checks import CHECK_DIGITS, faults
from plugins.shiryo.reading.dates import partial_date
from plugins.shiryo.reading.findings import Finding, Findings, Severity
from plugins.shiryo.reading.form import Form, Item
from plugins.shiryo.reading.plan import Bound, plan_of
from plugins.shiryo.reading.record import Record


class Examiner:
    """Settles the records of one file, in order; keeps only what repetition needs: two numbers per record."""

    def __init__(self, form: Form, findings: Findings) -> None:
        self._form = form
        self._plan = plan_of(form)
        self._findings = findings
        self._seen: dict[int, int] = {}
        self._year_reported = False

    def settle(self, record: Record) -> None:
        """Say what is wrong with a record; one that screening found clear can only be a repetition."""
        if record.is_clear and self._is_of_layout(record.year):
            if found := self._repetition(record):
                record.findings = [*record.findings, *found]
            return
        found = list(self._strange_year(record) if record.is_clear else self._value_findings(record))
        bad = {one.column - 1 for one in found if _spoils(one)}
        if self._plan.action_place not in bad:
            found += self._repetition(record)
        if found:
            record.findings = [*record.findings, *found]
            record.bad = bad

    def _value_findings(self, record: Record) -> Iterator[Finding]:
        bad: set[int] = set()
        for place, code in self._item_faults(record):
            bad.add(place)
            yield self._report(code, record, place)
        for place, code in self._number_faults(record, bad):
            bad.add(place)
            yield self._report(code, record, place)
        if self._plan.year_place not in bad:
            record.year = self._plan.year_of(record.fields[self._plan.year_place])
            yield from self._strange_year(record)
        for place, code in self._date_faults(record, bad):
            bad.add(place)
            yield self._report(code, record, place)
        yield from self._logic(record, bad)

    def _item_faults(self, record: Record) -> Iterator[tuple[int, str]]:
        fields, items = record.fields, self._form.items
        for place in sorted(self._plan.required.union(compress(count(), fields))):
            for code in faults(items[place], fields[place]):
                yield place, code

    def _number_faults(self, record: Record, bad: set[int]) -> Iterator[tuple[int, str]]:
        for place, valid in self._plan.checks:
            text = record.fields[place]
            if text and place not in bad and not valid(text):
                yield place, "CHECK_DIGIT"

    def _is_of_layout(self, year: int) -> bool:
        return self._form.years[0] <= year <= self._form.years[1]

    def _strange_year(self, record: Record) -> Iterator[Finding]:
        """Say that a year is none of the layout's; once in a file."""
        if not self._year_reported and not self._is_of_layout(record.year):
            self._year_reported = True
            yield self._report("LAYOUT_YEAR", record, self._plan.year_place)

    def _date_faults(self, record: Record, bad: set[int]) -> Iterator[tuple[int, str]]:
        fields = record.fields
        record.dates = {}
        for group in self._plan.groups:
            texts = [fields[place] for place in group.places]
            if any(texts) and bad.isdisjoint(group.places):
                found = group.date(texts, record.year)
                if found is None:
                    yield group.places[0], "DATE"
                    continue
                record.dates[group.name] = found
                if len(found) != len("YYYY-MM-DD"):
                    yield group.places[0], "DATE_UNKNOWN"
        for name, place in self._plan.single_dates:
            if fields[place] and place not in bad:
                single = partial_date(fields[place])
                if single is None:
                    yield place, "DATE"
                else:
                    record.dates[name] = single

    def _logic(self, record: Record, bad: set[int]) -> Iterator[Finding]:
        plan, fields = self._plan, record.fields
        if bad:
            fields = ["" if place in bad else text for place, text in enumerate(fields)]
        values: list[Any] = [int(fields[place] or 0) for place in plan.numbers]
        values += [fields[place] for place in plan.texts]
        values.append(record.year)
        values += [record.dates.get(name, "") for name in plan.dates]
        for bound in plan.rules:
            given = [values[place] for place in bound.values]
            if bad.isdisjoint(bound.items) and not bound.holds(given):
                yield self._broken(bound, record)

    def _broken(self, bound: Bound, record: Record) -> Finding:
        item, rule = self._form.items[bound.place], bound.rule
        at = (self._findings.file, record.where(bound.place), record.line, item.no, item.label)
        return self._findings.keep(Finding(*at, rule.id, rule.severity, rule.message))

    def _repetition(self, record: Record) -> Sequence[Finding]:
        key = hash((record.fields[self._plan.action_place], *record.key_parts()))
        if key not in self._seen:
            self._seen[key] = record.content
            return ()
        code = "NUMBER_REPEATED" if self._form.unique else "KEY_REPEATED"
        if self._seen[key] == record.content:
            code = "RECORD_REPEATED"
        return [self._findings.add(code, record.offset, record.line)]

    def _report(self, code: str, record: Record, place: int) -> Finding:
        item = self._form.items[place]
        return self._findings.add(code, record.where(place), record.line, item.no, item.label)


def value_faults(item: Item, text: str) -> Iterator[str]:
    """Yield the codes of what is wrong with one value, as far as it can be seen without the record."""
    codes = list(faults(item, text))
    valid = CHECK_DIGITS.get(item.type)
    if not codes and valid is not None and not valid(text):
        codes = ["CHECK_DIGIT"]
    if not codes and item.type == "date" and partial_date(text) is None:
        codes = ["DATE"]
    yield from codes


def _spoils(finding: Finding) -> bool:
    """Tell whether a finding says that one item is no value; logic rules speak of several together."""
    return finding.severity is Severity.ERROR and finding.column > 0 and "-" not in finding.code
