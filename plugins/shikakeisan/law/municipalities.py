"""Reading a municipality file: an ordinance is data, with the fiscal years in which it holds."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from plugins.shikakeisan.law.files import MUNICIPALITIES, LawFileError, MunicipalityUnknownError

STANDARD = "000000"
"""A neutral ordinary city with the standard rates and no ordinance of its own."""

HEAD = {"code", "name", "prefecture", "designated_city", "wards"}
FIGURES = {
    "grade",
    "percap_city_surtax",
    "percap_pref_surtax",
    "instalments",
    "percap_single_bill",
    "pension_bill_unit",
}
RATES = "levy_rates"


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
    """A municipality as the rules see it."""

    code: str
    name: str
    prefecture: str
    designated_city: bool
    wards: tuple[str, ...]
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
    findings = [f"{name} がありません" for name in sorted((HEAD | FIGURES) - document.keys())]
    findings += [f"{name} は使いません" for name in sorted(tables.keys() - FIGURES - {RATES})]
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
    return Municipality(*head, tuple(document["wards"]), ordinances)
