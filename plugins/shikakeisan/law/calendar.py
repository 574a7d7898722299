"""When a year's tax is due in a municipality: dates with holidays, and what relief its ordinance knows."""

from calendar import monthrange
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from plugins.shikakeisan.engine.values import Rate
from plugins.shikakeisan.law.holidays import next_open
from plugins.shikakeisan.law.municipalities import (
    BILL_DATES,
    DISCRETION,
    PENSION_MONTHS,
    RELIEF,
    SALARY_MONTHS,
    load_municipality,
)
from plugins.shikakeisan.law.years import load_year

REMITTANCE_DAY = 10
"""What is withheld is paid in by the 10th of the next month (地方税法321条の5第1項・321条の7の6)."""
DECEMBER = 12


@dataclass(frozen=True, slots=True)
class Relief:
    """A ground of 減免. ``rate`` is ``None`` where the ordinance leaves it to the mayor."""

    ground: str
    label: str
    rate: Rate | None


def due_dates(fiscal_year: int, municipality: str) -> list[date]:
    """納期限 of each bill (地方税法320条), the next open day where it falls on a holiday (20条の5第2項).

    Raises the errors of an unknown year or municipality.
    """
    rows = _rows(fiscal_year, municipality, BILL_DATES)
    years = _years(fiscal_year, [month for month, _ in rows])
    return [next_open(_in_month(year, *row)) for year, row in zip(years, rows, strict=True)]


def salary_due_dates(fiscal_year: int, municipality: str) -> list[date]:
    """納入期限 of the employer for each month from June to May (地方税法321条の5第1項)."""
    return _remittances(fiscal_year, _rows(fiscal_year, municipality, SALARY_MONTHS)[0])


def pension_due_dates(fiscal_year: int, municipality: str) -> list[date]:
    """納入期限 of the pension's payer for each of the six payments (地方税法321条の7の6)."""
    return _remittances(fiscal_year, _rows(fiscal_year, municipality, PENSION_MONTHS)[0])


def relief_grounds(fiscal_year: int, municipality: str) -> list[Relief]:
    """Grounds of 減免 in the municipality's ordinance (地方税法323条)."""
    return [
        Relief(ground, label, None if rate == DISCRETION else Rate.parse(rate))
        for ground, label, rate in _rows(fiscal_year, municipality, RELIEF)
    ]


def _rows(fiscal_year: int, municipality: str, name: str) -> list[tuple[Any, ...]]:
    year = load_year(fiscal_year).fiscal_year
    return load_municipality(municipality).ordinances[name].holding(year)


def _years(fiscal_year: int, months: Iterable[int]) -> Iterator[int]:
    """The calendar year of each month in turn: the first lies in the fiscal year's own."""
    year, last = fiscal_year, 0
    for month in months:
        year, last = year + (month < last), month
        yield year


def _in_month(year: int, month: int, day: int) -> date:
    return date(year, month, min(day, monthrange(year, month)[1]))


def _remittances(fiscal_year: int, months: Sequence[int]) -> list[date]:
    return [
        next_open(date(year + month // DECEMBER, month % DECEMBER + 1, REMITTANCE_DAY))
        for year, month in zip(_years(fiscal_year, months), months, strict=True)
    ]
