"""The conditions by which return forms are made: data with their articles."""

import tomllib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from plugins.shikakeisan.forms.errors import ConditionUnknown

DATA = Path(__file__).parent / "data" / "conditions.toml"
INCLUDE, EXCLUDE = "include", "exclude"


@dataclass(frozen=True, slots=True)
class Condition:
    """A condition of one `side`; `offset` is the year that it asks about, counted from the 課税年度.

    `test` names what is asked of a person (`queries.TESTS`), the other fields its particulars.
    """

    code: str
    side: str
    default: bool
    label: str
    law: str
    test: str
    offset: int = 0
    kinds: tuple[str, ...] = ()
    stating: tuple[str, ...] = ()
    standings: tuple[str, ...] = ()
    age: int = 0


class Chosen(NamedTuple):
    """The conditions that an officer chose, in the order of the data."""

    include: tuple[Condition, ...]
    exclude: tuple[Condition, ...]


def choose(include: Collection[str] | None = None, exclude: Collection[str] | None = None) -> Chosen:
    """Return the conditions by their codes; None takes the defaults of that side. Raises ConditionUnknown."""
    return Chosen(_of(INCLUDE, include), _of(EXCLUDE, exclude))


@cache
def conditions() -> Mapping[str, Condition]:
    """Return every condition by code."""
    tables = tomllib.loads(DATA.read_text(encoding="utf-8"))
    return {code: Condition(code=code, **_frozen(table)) for code, table in tables.items()}


def _of(side: str, codes: Collection[str] | None) -> tuple[Condition, ...]:
    own = [one for one in conditions().values() if one.side == side]
    if codes is None:
        return tuple(one for one in own if one.default)
    if not set(codes) <= {one.code for one in own}:
        raise ConditionUnknown(field=side)
    return tuple(one for one in own if one.code in codes)


def _frozen(table: Mapping[str, Any]) -> dict[str, Any]:
    return {key: tuple(value) if isinstance(value, list) else value for key, value in table.items()}
