"""A date of which the day, or the month and the day, may be unknown (不詳), as birth dates are."""

import calendar
import re
from datetime import date
from enum import StrEnum
from typing import NamedTuple

_FORM = re.compile(r"([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2}))?)?", re.ASCII)


class Precision(StrEnum):
    """The last part of a date that is known."""

    DAY = "day"
    MONTH = "month"
    YEAR = "year"


class PartialDate(NamedTuple):
    """`first` is the earliest date that it may be; `precision` says how much of it is known."""

    first: date
    precision: Precision

    @classmethod
    def parse(cls, text: str) -> "PartialDate":
        """Read `1964-07-01`, `1964-07` or `1964`; raises ValueError for anything else."""
        match = _FORM.fullmatch(text)
        if match is None:
            raise ValueError("not a date")
        year, month, day = match.groups()
        precision = Precision.DAY if day else Precision.MONTH if month else Precision.YEAR
        return cls(date(int(year), int(month or 1), int(day or 1)), precision)

    @property
    def last(self) -> date:
        """The latest date that it may be."""
        year, month = self.first.year, self.first.month
        if self.precision is Precision.YEAR:
            return date(year, 12, 31)
        if self.precision is Precision.MONTH:
            return date(year, month, calendar.monthrange(year, month)[1])
        return self.first

    def may_be(self) -> "list[PartialDate]":
        """Return the less exact dates that this one may stand behind, itself first."""
        year, month = self.first.year, self.first.month
        wider = {
            Precision.DAY: [
                PartialDate(date(year, month, 1), Precision.MONTH),
                PartialDate(date(year, 1, 1), Precision.YEAR),
            ],
            Precision.MONTH: [PartialDate(date(year, 1, 1), Precision.YEAR)],
            Precision.YEAR: [],
        }
        return [self, *wider[self.precision]]

    def __str__(self) -> str:
        length = {Precision.DAY: 10, Precision.MONTH: 7, Precision.YEAR: 4}[self.precision]
        return self.first.isoformat()[:length]
