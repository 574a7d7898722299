"""Incomes as the law counts them, for a whole block: the rules of 賦課計算 give them, nothing here does."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from plugins.shikakeisan.api import Population, assess_columns
from plugins.synth.people.claims import Claims
from plugins.synth.people.model import Person
from plugins.synth.people.places import CITY
from plugins.synth.plan import Plan

_WANTED = (
    *("salary_income_without_pension", "income_adj_deduction_1"),
    *("salary_income", "pension_income", "total_income_all"),
)


class Figures(NamedTuple):
    """Incomes in yen: as the employer knows them, then as a return states them."""

    slip_income: int
    """給与所得控除後の金額（調整控除後）: without what the employer cannot know, a pension."""
    slip_adjustment: int
    """所得金額調整控除額 (children)."""
    salary_income: int
    pension_income: int
    total_income: int


def figures(plan: Plan, people: Sequence[Person], claims: Mapping[int, Claims]) -> dict[int, Figures]:
    """Return the figures of people by serial."""
    relatives = [_relatives(claims.get(person.serial, Claims())) for person in people]
    rows = [row for group in relatives for row in group]
    population = Population(
        len(people),
        {
            "age": np.array([person.age for person in people]),
            "salary": np.array([person.salary for person in people]),
            "pension": np.array([person.pension for person in people]),
            "business": np.array([person.profit for person in people]),
        },
        {
            "relative_spouse": np.array([is_spouse for is_spouse, _ in rows], dtype=np.bool_),
            "relative_age": np.array([one.age for _, one in rows], dtype=np.int64),
            "relative_salary": np.array([one.salary for _, one in rows], dtype=np.int64),
            "relative_pension": np.array([one.pension for _, one in rows], dtype=np.int64),
        },
        np.cumsum([0, *map(len, relatives)]),
    )
    columns = assess_columns(plan.year, CITY, population, _WANTED)
    lists = (columns[name].tolist() for name in _WANTED)
    return {
        person.serial: Figures(*row) for person, row in zip(people, zip(*lists, strict=True), strict=True)
    }


def _relatives(claims: Claims) -> list[tuple[bool, Person]]:
    spouse = [(True, claims.spouse)] if claims.spouse else []
    return [*spouse, *((False, one) for one in claims.dependants)]
