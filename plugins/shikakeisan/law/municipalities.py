"""Reading a municipality file: an ordinance is data, with the fiscal years in which it holds."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from typing import Any

from plugins.shikakeisan.law.files import MUNICIPALITIES, LawFileError, MunicipalityUnknownError

STANDARD = "000000"
"""A neutral ordinary city with the standard rates and no ordinance of its own."""
NEUTRAL = "00000"
"""Codes of the files that stand for no place: an ordinary and a designated city."""

HEAD = {"code", "name", "prefecture", "designated_city", "wards"}
FIGURES = {
    "grade",
    "percap_city_surtax",
    "percap_pref_surtax",
    "instalments",
    "instalment_unit",
    "percap_single_bill",
    "pension_bill_unit",
}
"""What the rules read: one number per year."""
BILL_DATES, SALARY_MONTHS, PENSION_MONTHS = "due_dates", "salary_calendar", "pension_calendar"
RELIEF = "genmen"
LISTS = {BILL_DATES, SALARY_MONTHS, PENSION_MONTHS, RELIEF}
"""What collection and relief read: dates, months, grounds."""
RATES = "levy_rates"
"""Only where an ordinance departs from the rates of the law."""
DISCRETION = "裁量"
"""Stands for the rate of a ground that an ordinance leaves to the mayor."""


@dataclass(frozen=True, slots=True)
class Ordinance:
    """One figure of a municipality: rows of (from fiscal year, to fiscal year, value) and its ordinance."""

    name: str
    label: str
    law: str
    rows: tuple[tuple[Any, ...], ...]
    unverified: str | None = None

    def holding(self, fiscal_year: int) -> list[tuple[Any, ...]]:
        """What the rows that hold in the year say, without their dates."""
        return [row[2:] for row in self.rows if row[0] <= fiscal_year <= row[1]]


@dataclass(frozen=True, slots=True)
class Municipality:
    """A municipality as the rules see it. ``wards`` gives the name of each ward by its code."""

    code: str
    name: str
    prefecture: str
    designated_city: bool
    wards: Mapping[str, str]
    ordinances: Mapping[str, Ordinance]


def known_municipalities() -> list[str]:
    """Codes that have a file."""
    return sorted(path.stem for path in MUNICIPALITIES.glob("*.toml"))


@cache
def load_municipality(code: str) -> Municipality:
    """Read the file of a municipality. Raises :class:`MunicipalityUnknownError` or :class:`LawFileError`."""
    if code not in known_municipalities():
        raise MunicipalityUnknownError
    path = MUNICIPALITIES / f"{code}.toml"
    return read_municipality(path.read_text(encoding="utf-8"), path.name)


def read_municipality(text: str, file: str) -> Municipality:
    """Read the text of a municipality file; every fault is named."""
    document = tomllib.loads(text)
    tables = {name: value for name, value in document.items() if name not in HEAD}
    findings = [f"{name} がありません" for name in sorted((HEAD | FIGURES | LISTS) - document.keys())]
    findings += [f"{name} は使いません" for name in sorted(tables.keys() - FIGURES - LISTS - {RATES})]
    findings += [
        f"{name} に label・law・rows がそろっていません"
        for name, table in tables.items()
        if not {"label", "law", "rows"} <= table.keys() <= {"label", "law", "rows", "unverified"}
    ]
    if findings:
        raise LawFileError(file, findings)
    ordinances = {
        name: Ordinance(
            name, table["label"], table["law"], tuple(map(tuple, table["rows"])), table.get("unverified")
        )
        for name, table in tables.items()
    }
    head = (document["code"], document["name"], document["prefecture"], document["designated_city"])
    return Municipality(*head, document["wards"], ordinances)


def municipality_faults(municipality: Municipality, fiscal_year: int) -> list[str]:
    """What the lists of a municipality do not say, or say wrongly, for a year."""
    held = {name: municipality.ordinances[name].holding(fiscal_year) for name in LISTS | {"instalments"}}
    bills, relief, neutral = held[BILL_DATES], held[RELIEF], municipality.code.startswith(NEUTRAL)
    rates = [row[-1] for row in relief if row[-1] != DISCRETION]
    wrong = {
        "wards": (municipality.designated_city and not neutral) != bool(municipality.wards)
        or not all(map(_is_code, [municipality.code, *municipality.wards])),
        BILL_DATES: [(len(bills),)] != held["instalments"] or not all(map(_is_day, bills)),
        SALARY_MONTHS: [sorted(row) for row in held[SALARY_MONTHS]] != [list(range(1, 13))],
        PENSION_MONTHS: [len(set(row)) for row in held[PENSION_MONTHS]] != [6],
        RELIEF: not relief
        or len({row[0] for row in relief}) != len(relief)
        or not all(0 < Fraction(rate) <= 1 for rate in rates),
    }
    return [
        f"{municipality.code}.toml: {name} が{fiscal_year}年度に正しくそろっていません"
        for name, fault in wrong.items()
        if fault
    ]


def _is_code(code: str) -> bool:
    """Six digits with their check digit (全国地方公共団体コード); the neutral files have none."""
    if code.startswith(NEUTRAL):
        return True
    rest = sum(int(digit) * (6 - place) for place, digit in enumerate(code[:5])) % 11
    return len(code) == 6 and code[5] == str((11 - rest) % 10)


def _is_day(row: tuple[int, int]) -> bool:
    month, day = row
    return 1 <= month <= 12 and 1 <= day <= 31
