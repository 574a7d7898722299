"""Reading a year file: complete, strict, nothing inherited from the year before."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from plugins.shikakeisan.engine.values import Curve, Parameter, Rate, Row, Split, Table
from plugins.shikakeisan.law.files import YEARS, LawFileError, YearUnknownError

KINDS = {"amount", "rate", "table", "curve", "amounts", "split"}
HEAD = {"fiscal_year", "label", "verified", "absent"}
COMMON = {"label", "law", "amended", "unverified", "kind"}
OWN = {"amount": {"value"}, "rate": {"value"}, "curve": {"unit", "columns", "rows"}}
ROWS = {"columns", "rows"}


@dataclass(frozen=True, slots=True)
class Entry:
    """One table of a year: its figures with label, article and, where they changed, the amending law."""

    name: str
    label: str
    law: str
    kind: str
    value: Any
    columns: tuple[str, ...] = ()
    unit: int = 1
    amended: str | None = None
    unverified: str | None = None

    def parameter(self, *, designated: bool) -> Parameter:
        """The value as a rule receives it, for an ordinary or a designated city."""
        match self.kind:
            case "rate":
                return Rate.parse(self.value)
            case "table":
                return Table(self.value)
            case "curve":
                return Curve(self.value, self.unit)
            case "amounts":
                return dict(self.value)
            case "split":
                return _split(self.value, first=3 if designated else 1)
        number: int = self.value
        return number


@dataclass(frozen=True, slots=True)
class Year:
    """All figures of one fiscal year. ``absent`` names the tables its law does not have, with the reason."""

    fiscal_year: int
    label: str
    verified: bool
    entries: Mapping[str, Entry]
    absent: Mapping[str, str]


def _split(rows: list[Row], first: int) -> Split:
    city = {str(row[0]): Rate.parse(str(row[first])) for row in rows}
    return Split(city, {str(row[0]): Rate.parse(str(row[first + 1])) for row in rows})


def year_path(fiscal_year: int) -> Path:
    """Path of the file of a fiscal year (2021 is r03)."""
    return YEARS / f"r{fiscal_year - 2018:02d}.toml"


def known_years() -> list[int]:
    """Fiscal years that have a file."""
    return sorted(int(path.stem[1:]) + 2018 for path in YEARS.glob("r*.toml"))


@cache
def load_year(fiscal_year: int) -> Year:
    """Read the file of a year. Raises :class:`YearUnknownError` or :class:`LawFileError`."""
    if fiscal_year not in known_years():
        raise YearUnknownError
    path = year_path(fiscal_year)
    year = read_year(path.read_text(encoding="utf-8"), path.name)
    if year.fiscal_year != fiscal_year:
        raise LawFileError(path.name, ["fiscal_year がファイル名と違います"])
    return year


def read_year(text: str, file: str) -> Year:
    """Read the text of a year file; every fault is named. Raises LawFileError."""
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        raise LawFileError(file, ["TOML として読めません"]) from None
    tables = {name: value for name, value in document.items() if name not in HEAD}
    findings = [f"{name} がありません" for name in sorted(HEAD - document.keys())]
    findings += [fault for name, table in tables.items() for fault in _faults(name, table)]
    if findings:
        raise LawFileError(file, findings)
    entries = {name: _entry(name, table) for name, table in tables.items()}
    twice = sorted(entries.keys() & document["absent"].keys())
    if twice:
        raise LawFileError(file, [f"{name} が absent にも表にもあります" for name in twice])
    return Year(document["fiscal_year"], document["label"], document["verified"], entries, document["absent"])


def _entry(name: str, table: Mapping[str, Any]) -> Entry:
    return Entry(
        name=name,
        label=table["label"],
        law=table["law"],
        kind=table["kind"],
        value=table["rows"] if "rows" in table else table["value"],
        columns=tuple(table.get("columns", ())),
        unit=table.get("unit", 1),
        amended=table.get("amended"),
        unverified=table.get("unverified"),
    )


def _faults(name: str, table: Any) -> list[str]:
    if not isinstance(table, dict) or table.get("kind") not in KINDS:
        return [f"{name} は表ではありません"]
    own = OWN.get(table["kind"], ROWS)
    missing = ({"label", "law", "kind"} | own) - table.keys()
    unknown = table.keys() - COMMON - own
    faults = [f"{name}.{key} がありません" for key in sorted(missing)]
    faults += [f"{name}.{key} は使いません" for key in sorted(unknown)]
    if not faults and "rows" in table:
        faults += _row_faults(
            name, table["columns"], table["rows"], bounded=table["kind"] in {"table", "curve"}
        )
    return faults


def _row_faults(name: str, columns: list[str], rows: list[list[Any]], *, bounded: bool) -> list[str]:
    if not rows or any(len(row) != len(columns) for row in rows):
        return [f"{name} の行と欄の数が違います"]
    if not bounded:
        return []
    bounds = [row[0] for row in rows]
    if bounds[-1] != "超" or bounds[:-1] != sorted(set(bounds[:-1])):
        return [f"{name} の境界が昇順でないか、最後の行が「超」ではありません"]
    return []
