"""A document on its way: the record of a layout, and where it will stand."""

from datetime import date
from typing import NamedTuple, TypeAlias

Value: TypeAlias = str | int
Record: TypeAlias = dict[str, Value]

SALARY, PENSION, RETURN = "salary_report", "pension_report", "tax_return"
ONE_STOP, DECLARATION = "one_stop_notice", "resident_return"
_ERAS = ((date(2019, 5, 1), "5", 2018), (date(1989, 1, 8), "4", 1988), (date(1926, 12, 25), "1", 1925))
_TAISHO = ("2", 1911)


class Document(NamedTuple):
    """One document: its id within the city, whose it is, its delivery and file, its layout and its items."""

    id: str
    person: int
    folder: str
    file: str
    kind: str
    record: Record


def era(day: date) -> tuple[str, int]:
    """Return the code of the era (1昭和 2大正 4平成 5令和) and the year within it."""
    for first, code, before in _ERAS:
        if day >= first:
            return code, day.year - before
    return _TAISHO[0], day.year - _TAISHO[1]


def given(record: Record) -> Record:
    """Leave out what is nil: an empty column says the same."""
    return {name: value for name, value in record.items() if value not in {0, ""}}
