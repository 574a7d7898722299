"""Kinds of corrections, period limits and filing-date rules: dated data with their articles."""

import tomllib
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

from plugins.shikakeisan.correction.errors import KindUnknown

DATA = Path(__file__).parent / "data"
EVERY_FACT = "*"

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of 賦課更正: `facts` are the paths that it may change, with all that lies under each.

    `event` (a label, or empty) asks for the day of an event; `periods` are limits by code.
    `filed` says that a taxpayer's filing is behind it, so that the filing-date rules apply.
    """

    code: str
    label: str
    law: str
    years: tuple[int, int]
    facts: tuple[str, ...]
    event: str
    periods: tuple[str, ...]
    filed: bool = False
    marks_slip: bool = False
    tells_heirs: bool = False

    def allows(self, path: str) -> bool:
        """Tell whether a fact may be changed."""
        return EVERY_FACT in self.facts or is_under(path, self.facts)


@dataclass(frozen=True, slots=True)
class Period:
    """A 期間制限: so many years and months from the day after `start` (`due` or `event`).

    One that is `on_claim` counts only where the proposal names it.
    """

    code: str
    label: str
    law: str
    start: str
    years: int
    months: int
    directions: tuple[str, ...]
    on_claim: bool = False


@dataclass(frozen=True, slots=True)
class FilingRule:
    """Facts that count only if they were filed before the notice was served (納税通知書の送達の時まで)."""

    code: str
    label: str
    law: str
    years: tuple[int, int]
    facts: tuple[str, ...]


def kind_of(code: str, tax_year: int) -> Kind:
    """Return a kind that the year has. Raises KindUnknown."""
    kind = kinds().get(code)
    if kind is None or not _holds(kind.years, tax_year):
        raise KindUnknown
    return kind


@cache
def kinds() -> Mapping[str, Kind]:
    """Return every kind by code."""
    return _read("kinds", Kind)


@cache
def periods() -> Mapping[str, Period]:
    """Return every period limit by code."""
    return _read("periods", Period)


@cache
def filing_rules(tax_year: int) -> tuple[FilingRule, ...]:
    """Return the filing-date rules of a year."""
    return tuple(rule for rule in _read("filing", FilingRule).values() if _holds(rule.years, tax_year))


def is_under(path: str, roots: Collection[str]) -> bool:
    """Tell whether a path is one of `roots` or lies below one."""
    return any(path == root or path.startswith((f"{root}.", f"{root}[")) for root in roots)


def _holds(years: tuple[int, int], tax_year: int) -> bool:
    return years[0] <= tax_year <= years[1]


def _read(name: str, make: Callable[..., T]) -> Mapping[str, T]:
    tables = tomllib.loads((DATA / f"{name}.toml").read_text(encoding="utf-8"))
    return {code: make(code=code, **_frozen(table)) for code, table in tables.items()}


def _frozen(table: Mapping[str, Any]) -> dict[str, Any]:
    return {key: tuple(value) if isinstance(value, list) else value for key, value in table.items()}
