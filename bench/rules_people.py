"""Random people as columns of facts: for the benchmark of the rules and for their properties."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from plugins.shikakeisan.engine.evaluate import Population
from plugins.shikakeisan.facts.vocabulary import COLUMNS, TAXPAYER_FACTS

Array = NDArray[np.int64]

USUAL = {
    "social_insurance": (0.85, 1_200_000),
    "life_new_general": (0.35, 120_000),
    "life_new_pension": (0.15, 120_000),
    "life_care": (0.3, 90_000),
    "life_old_general": (0.15, 120_000),
    "life_old_pension": (0.1, 120_000),
    "quake": (0.3, 60_000),
    "medical_paid": (0.15, 800_000),
    "donation_furusato": (0.12, 150_000),
}
"""Facts that many people have: share of people, largest amount."""
SMALL = {"taxpayer.age", "taxpayer.house_wards", "genmen.numerator", "genmen.denominator"}
OWN_TURN = {"salary", "pension", "selfmed_paid", "selfmed_reimbursed", "housing_loan.move_in", *SMALL}


def people(count: int, seed: int, *, rare: float = 0.01) -> Population:
    """``count`` people with about one relative each; ``rare`` is the share that has each uncommon fact.

    Every fact of the vocabulary occurs. Nobody has facts that exclude each other.
    """
    random = np.random.default_rng(seed)
    taxpayers = _usual(random, count)
    for fact in TAXPAYER_FACTS:
        if fact.target in COLUMNS and fact.target not in taxpayers and fact.path not in OWN_TURN:
            taxpayers[fact.target] = _rare(random, count, fact.kind, rare)
    _consistent(taxpayers, random, count, rare)
    starts, relatives = _relatives(random, count, taxpayers, rare)
    return Population(count, taxpayers, relatives, starts)


def take(population: Population, order: Array) -> Population:
    """The same people in another order."""
    counts = np.diff(population.starts)[order]
    firsts = population.starts[order]
    starts = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
    within = np.arange(starts[-1]) - np.repeat(starts[:-1], counts)
    rows = np.repeat(firsts, counts) + within
    return Population(
        len(order),
        {name: column[order] for name, column in population.taxpayers.items()},
        {name: column[rows] for name, column in population.relatives.items()},
        starts,
    )


def part(population: Population, first: int, last: int) -> Population:
    """Some of the people, in their order, without copying."""
    starts = population.starts[first : last + 1]
    return Population(
        last - first,
        {name: column[first:last] for name, column in population.taxpayers.items()},
        {name: column[starts[0] : starts[-1]] for name, column in population.relatives.items()},
        starts - starts[0],
    )


def _share(random: np.random.Generator, count: int, share: float) -> NDArray[np.bool_]:
    return random.random(count) < share


def _amount(random: np.random.Generator, count: int, largest: int) -> Array:
    """Amounts of every size, half of them round."""
    plain = (largest * random.random(count) ** 2).astype(np.int64)
    return np.where(_share(random, count, 0.5), plain // 10_000 * 10_000, plain)


def _usual(random: np.random.Generator, count: int) -> dict[str, NDArray[Any]]:
    age = random.integers(15, 100, count)
    salary = (4_000_000 * random.lognormal(0, 0.7, count)).astype(np.int64)
    columns: dict[str, NDArray[Any]] = {
        "age": age,
        "age_1_january": age,
        "salary": np.where((age < 66) | _share(random, count, 0.2), salary, 0),
        "pension": np.where(age >= 62, _amount(random, count, 4_500_000), 0),
    }
    for name, (share, largest) in USUAL.items():
        columns[name] = np.where(_share(random, count, share), _amount(random, count, largest), 0)
    return columns


def _rare(random: np.random.Generator, count: int, kind: str, rare: float) -> NDArray[Any]:
    has = _share(random, count, rare)
    if kind == "flag":
        return has
    if kind in {"choice", "count"}:
        return np.where(has, random.integers(1, 3, count), 0)
    sign = np.where((kind == "signed") & _share(random, count, 0.4), -1, 1)
    return np.where(has, _amount(random, count, 30_000_000) * sign, 0)


def _consistent(
    columns: dict[str, NDArray[Any]], random: np.random.Generator, count: int, rare: float
) -> None:
    """Facts that go together, and those that exclude each other."""
    medical = columns["medical_paid"] > 0
    columns["selfmed_paid"] = np.where(medical, 0, _rare(random, count, "yen", rare) // 300)
    columns["housing_loan_move_in"] = 201_401 + random.integers(0, 9, count) * 100
    columns["retirement_years"] = np.where(columns["retirement_amount"] > 0, random.integers(1, 45, count), 0)
    columns["genmen_denominator"] = np.full(count, 10)
    columns["genmen_numerator"] = np.where(_share(random, count, rare), random.integers(1, 11, count), 0)
    columns["house_wards"] = np.where(columns["house_only"], random.integers(1, 4, count), 0)
    columns["non_work_income"] = np.full(count, -1)
    columns["widow"] = columns["widow"] & (columns["single_parent"] == 0)
    carried = sum(columns[f"carryover_net_loss_{n}"] for n in (1, 2, 3))
    columns["carryover_net_loss_timber"] = np.minimum(columns["carryover_net_loss_timber"], carried)


def _relatives(
    random: np.random.Generator, count: int, taxpayers: Mapping[str, NDArray[Any]], rare: float
) -> tuple[Array, dict[str, NDArray[Any]]]:
    alone = (taxpayers["single_parent"] > 0) | taxpayers["widow"]
    spouse = _share(random, count, 0.35) & ~alone
    others = np.where(_share(random, count, 0.35), random.integers(1, 4, count), 0)
    starts = np.concatenate([[0], np.cumsum(spouse + others)]).astype(np.int64)
    size = int(starts[-1])
    is_spouse = np.zeros(size, dtype=np.bool_)
    is_spouse[starts[:-1][spouse]] = True
    age = np.where(is_spouse, random.integers(20, 90, size), random.integers(0, 95, size))
    salary = np.where((age > 15) & _share(random, size, 0.4), _amount(random, size, 3_000_000), 0)
    return starts, {
        "relative_spouse": is_spouse,
        "relative_age": age,
        "relative_salary": salary,
        "relative_pension": np.where(age >= 65, _amount(random, size, 2_500_000), 0),
        "relative_cohabit": _share(random, size, 0.8),
        "relative_ascendant": (age >= 60) & ~is_spouse,
        "relative_disability": np.where(_share(random, size, rare * 3), random.integers(1, 3, size), 0),
        "relative_other_income": np.where(_share(random, size, rare), _amount(random, size, 1_500_000), 0),
        "relative_overseas": _share(random, size, rare),
        "relative_overseas_qualified": _share(random, size, rare),
        "relative_family_employee": _share(random, size, rare),
    }
