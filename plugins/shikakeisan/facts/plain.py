"""Reading the common shapes of facts quickly: what nearly everybody of a city has, with nothing to weigh.

Anything else, and anything that could be at fault, is left to `validate`, which alone says what is wrong. For
what is read here both give the same numbers (the notes on what was assumed are left out).
"""

from collections.abc import Callable, Mapping
from datetime import date
from functools import lru_cache
from typing import Any

from plugins.shikakeisan.facts.dates import age_on, parse_date, parse_month
from plugins.shikakeisan.facts.validate import Person
from plugins.shikakeisan.facts.vocabulary import (
    ASCENDANTS,
    BY_PATH,
    MAX_COUNT,
    MAX_YEN,
    RELATIVE_BY_PATH,
    SPOUSES,
    STATED,
    Fact,
)

_LIMITS = {"yen": (0, MAX_YEN), "signed": (-MAX_YEN, MAX_YEN), "count": (0, MAX_COUNT)}
_WEIGHED = {"single", "foreign_tax", "genmen", "retirement", "pension_withholding", "carryover", "given"}
"""Facts that the law needs together, or that exclude others."""
_LOAN = {"move_in", "available", "it_tax", "it_taxable", "specified_acquisition"}
_EXCLUDED = (
    frozenset({"spouse", "single_parent"}),
    frozenset({"spouse", "widow"}),
    frozenset({"single_parent", "widow"}),
    frozenset({"salary", "salary_income"}),
    frozenset({"pension", "misc_pension"}),
    frozenset({"medical_paid", "selfmed_paid"}),
)
_RARE = frozenset({"single_parent", "widow", "salary_income", "misc_pension", "selfmed_paid"})
"""One of each pair that excludes each other."""
_ELDERLY = 70
_INCOMES = frozenset({"salary", "pension", "other_income", "salary_income"})

Reader = Callable[[Any], int]


class _NotPlain(Exception):
    """There is something to weigh."""


def read_plain(facts: Any, fiscal_year: int) -> Person | None:
    """Give the person, or None where only `validate` can tell."""
    if not isinstance(facts, dict):
        return None
    if not _RARE.isdisjoint(facts) and any(pair <= facts.keys() for pair in _EXCLUDED):
        return None
    try:
        return _person(facts, fiscal_year)
    except (_NotPlain, KeyError, TypeError, AttributeError):  # of facts that are no objects, too
        return None


def _person(facts: Mapping[str, Any], fiscal_year: int) -> Person:
    person = Person()
    cells = person.taxpayer
    for key, value in facts.items():
        if key == "taxpayer":
            _taxpayer(cells, value, fiscal_year)
        elif key == "spouse":
            person.relatives.insert(0, {**_relative(value, fiscal_year), "relative_spouse": 1})
        elif key == "dependants":
            person.relatives += [_dependant(one, fiscal_year) for one in value]
        elif key in STATED:
            person.given.update(dict.fromkeys(STATED[key], _yen(value)))
        elif isinstance(value, dict):
            _parts(cells, key, value)
        else:
            target, read = _SIMPLE[key]
            cells[target] = cells.get(target, 0) + read(value)
    if cells.get("pension") and "age" not in cells:
        raise _NotPlain
    return person


def _taxpayer(cells: dict[str, int], facts: Mapping[str, Any], fiscal_year: int) -> None:
    for name, value in facts.items():
        if name == "birth":
            last, first = _ages(value, fiscal_year)
            cells["age"], cells["age_1_january"] = last, first
        else:
            target, read = _TAXPAYER[name]
            cells[target] = read(value)
    if "age" in facts:
        if "birth" in facts:
            raise _NotPlain
        cells["age_1_january"] = cells["age"]


def _parts(cells: dict[str, int], key: str, parts: Mapping[str, Any]) -> None:
    if not parts or (key == "housing_loan" and not parts.keys() >= _LOAN):
        raise _NotPlain
    for name, value in parts.items():
        target, read = _PARTS[key, name]
        cells[target] = cells.get(target, 0) + read(value)


def _relative(facts: Mapping[str, Any], fiscal_year: int) -> dict[str, int]:
    cells: dict[str, int] = {}
    for name, value in facts.items():
        if name == "birth":
            cells["relative_age"] = _ages(value, fiscal_year)[0]
        elif name != "relation":
            target, read = _RELATIVE[name]
            cells[target] = cells.get(target, 0) + read(value)
    relation = facts.get("relation", "")
    if not isinstance(relation, str) or _is_weighed(facts, cells):
        raise _NotPlain
    cells["relative_ascendant"] = int(relation in ASCENDANTS)
    return cells


def _is_weighed(facts: Mapping[str, Any], cells: Mapping[str, int]) -> bool:
    """Tell whether a relative's facts need or exclude one another."""
    keys = facts.keys()
    return (
        ("age" in keys and "birth" in keys)
        or ("disability" in keys and "cohabit" not in keys)
        or ("pension" in keys and "relative_age" not in cells)
        or ("total_income" in keys and not _INCOMES.isdisjoint(keys))
        or ("salary" in keys and "salary_income" in keys)
    )


def _dependant(facts: Mapping[str, Any], fiscal_year: int) -> dict[str, int]:
    cells = _relative(facts, fiscal_year)
    if "category" not in facts:
        complete = "relation" in facts and "cohabit" in facts
        if cells["relative_age"] >= _ELDERLY and not complete:
            raise _NotPlain
    if facts.get("relation") in SPOUSES:
        raise _NotPlain
    return cells


@lru_cache(maxsize=100_000)
def _ages(birth: str, fiscal_year: int) -> tuple[int, int]:
    """Give the ages on 31 December and on 1 January."""
    try:
        born = parse_date(birth)
    except ValueError:
        raise _NotPlain from None
    last = age_on(born, date(fiscal_year - 1, 12, 31))
    if last < 0:
        raise _NotPlain
    return last, age_on(born, date(fiscal_year, 1, 1))


@lru_cache(maxsize=2_000)
def _month(text: str) -> int:
    try:
        return parse_month(text)
    except ValueError:
        raise _NotPlain from None


def _number(lowest: int, highest: int) -> Reader:
    def read(value: Any) -> int:
        if type(value) is not int or not lowest <= value <= highest:
            raise _NotPlain
        return value

    return read


def _flag(value: Any) -> int:
    if type(value) is not bool:
        raise _NotPlain
    return int(value)


def _choice(choices: Mapping[str | bool, int]) -> Reader:
    def read(value: Any) -> int:
        if type(value) not in {str, bool}:
            raise _NotPlain
        return choices[value]

    return read


def _reader(fact: Fact) -> tuple[str, Reader]:
    if fact.kind == "flag":
        return fact.target, _flag
    if fact.kind == "choice":
        return fact.target, _choice(fact.choices)
    return fact.target, _month if fact.kind == "month" else _number(*_LIMITS[fact.kind])


_yen = _number(*_LIMITS["yen"])
_UNREAD = {"date", "text"}
_OWN = {path: fact for path, fact in BY_PATH.items() if path.split(".")[0] not in _WEIGHED}
_SIMPLE = {path: _reader(fact) for path, fact in _OWN.items() if "." not in path}
_TAXPAYER = {
    path.removeprefix("taxpayer."): _reader(fact)
    for path, fact in _OWN.items()
    if path.startswith("taxpayer.") and fact.kind not in _UNREAD and path != "taxpayer.minor"
}
_PARTS = {
    (path.split(".")[0], path.split(".")[1]): _reader(fact)
    for path, fact in _OWN.items()
    if "." in path and not path.startswith("taxpayer.") and not path.endswith(".home_worker")
}
_RELATIVE = {
    path: _reader(fact)
    for path, fact in RELATIVE_BY_PATH.items()
    if fact.kind not in _UNREAD and path not in {"overseas", "student"}
}
