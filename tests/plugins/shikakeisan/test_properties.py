"""Properties that hold for everybody, on random people of every year."""

from functools import cache
from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from bench.rules_people import people, take
from plugins.shikakeisan.engine.evaluate import Population, evaluate, run_block
from plugins.shikakeisan.engine.explain import explain_values
from plugins.shikakeisan.law.years import known_years
from plugins.shikakeisan.service import RESULTS, assess, plan

CODE = "331007"
SIGNED = {
    "business_before_family",
    "real_estate_before_blue",
    "real_estate_income",
    "real_estate_for_offset",
    "business_income",
    "transfer_short_net",
    "transfer_long_net",
    "timber_before_blue",
    "timber_gain",
    "misc_other_income",
    "land_short_gain",
    "land_short_national_gain",
    "land_long_gain",
    "land_long_quality_gain",
    "land_long_residence_gain",
    "ordinary_income",
    "special_base",
}
"""Quantities that may be below nil: losses, and the base of the gift rate."""
SIZES = [
    pytest.param(3_000, id="small"),
    pytest.param(100_000, id="100k", marks=pytest.mark.slow),
]
YEARS = known_years()
ROUNDED = 200
"""City and prefecture are each cut to 100 yen."""


@cache
def crowd(size: Any) -> Any:
    return people(size, size, rare=0.08)


@cache
def figures(year: Any, size: Any) -> Any:
    return evaluate(plan(year, CODE), crowd(size))


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("year", YEARS)
def test_nothing_but_a_loss_is_negative(year: Any, size: Any) -> None:
    negative = {
        name
        for name, column in figures(year, size).items()
        if column.dtype != np.bool_ and (column < 0).any()
    }

    assert negative <= SIGNED


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("year", YEARS)
def test_parts_add_up_to_the_whole(year: Any, size: Any) -> None:
    f = figures(year, size)

    assert (f["city_total"] + f["pref_total"] + f["forest"] == f["annual_total"]).all()
    assert (f["ordinary_instalments"].sum(axis=0) == f["payable"]).all()
    assert (f["salary_months"].sum(axis=0) == f["payable"]).all()
    pension = f["pension_provisional"].sum(axis=0) + f["pension_main"].sum(axis=0)
    whole = np.maximum(f["payable"], f["pension_provisional_total"])
    assert (pension + f["pension_bills"].sum(axis=0) == whole).all()
    assert (f["teigaku_city"] + f["teigaku_pref"] == f["teigaku_total"]).all()
    used = f["applied_to_levy"] + f["applied_to_percap"] + f["refund"]
    assert (used == f["withheld_left"]).all()


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("year", YEARS)
def test_levies_are_whole_hundreds_and_bases_whole_thousands(year: Any, size: Any) -> None:
    f = figures(year, size)

    assert not (f["income_levy_city"] % 100).any()
    assert not (f["income_levy_pref"] % 100).any()
    assert not any((f[name] % 1000).any() for name in RESULTS if name.startswith("taxable"))


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("step", [1, 1_000, 100_000])
@pytest.mark.parametrize("year", YEARS)
def test_more_salary_never_lowers_the_tax_but_by_a_named_rule(year: Any, step: Any, size: Any) -> None:
    """The named exceptions (docs/plugins/shikakeisan.md) are three parts of the gift credit, and one more.

    Its rate rises from that of separate incomes (donation_special_rate), the one-stop ratio rises,
    or the ceiling of 30 % follows each yen where the taxable income stands still (donation_basic).
    The 定額減税 of R7 for the spouse of a payer above 10 million is the fourth (teigaku_amount).
    """
    base = crowd(size)
    richer = {**base.taxpayers, "salary": base.taxpayers["salary"] + step}
    gifts = ("donation_special", "donation_basic", "one_stop_city", "one_stop_pref", "teigaku_amount")
    order = plan(year, CODE, ("annual_total", "donation_special_rate", *gifts))

    less = evaluate(order, base)
    more = evaluate(order, Population(base.size, richer, base.relatives, base.starts))

    drop = less["annual_total"] - more["annual_total"]
    grown = {name: more[name] - less[name] for name in order.wanted}
    named = np.any([grown[name] > 0 for name in ("donation_special_rate", *gifts[1:])], axis=0)
    assert (named | (drop <= 0)).all()
    assert (drop <= np.maximum(sum(grown[name] for name in gifts) + ROUNDED, 0))[drop > 0].all()


@pytest.mark.parametrize(
    ("facts", "cause"),
    [
        (
            {"salary": 3_400_000, "donation_furusato": 100_000, "one_stop": True},
            "one_stop_city",
        ),
        (
            {"salary": 880_000, "land_short": 20_000_000, "donation_furusato": 500_000},
            "donation_special_rate",
        ),
        ({"salary": 7_000_000, "donation_other": 9_000_000}, "donation_basic"),
    ],
)
def test_each_named_exception_lowers_the_tax_of_somebody(facts: Any, cause: Any) -> None:
    person = {"taxpayer": {"age": 40}, **facts}

    found = [assess(2025, "000000", {**person, "salary": facts["salary"] + i * 1_000}) for i in range(400)]

    pairs = [(a.values, b.values) for a, b in pairwise(found)]
    lower = [(a, b) for a, b in pairs if b["annual_total"] < a["annual_total"]]
    assert lower
    assert all(b[cause] > a[cause] for a, b in lower)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("year", YEARS)
def test_income_after_levy_does_not_fall_below_the_exempt_income(year: Any, size: Any) -> None:
    f = figures(year, size)
    reduced = f["choseisochi_reduction"] > 0

    left = f["total_income"] - f["levy_after_city"] - f["levy_after_pref"]

    assert (left >= f["levy_limit"])[reduced].all()


@pytest.mark.parametrize("rows", [1_000, 2_999, 50_000])
@pytest.mark.parametrize("year", YEARS)
def test_a_person_alone_equals_the_same_person_in_any_block_and_order(year: Any, rows: Any) -> None:
    population = crowd(3_000)
    order = np.random.default_rng(1).permutation(population.size)

    shuffled = evaluate(plan(year, CODE), take(population, order), block_rows=rows)

    for name, column in figures(year, 3_000).items():
        assert (shuffled[name] == column[..., order]).all(), name
    for place in range(0, population.size, 500):
        alone = evaluate(plan(year, CODE), take(population, np.array([place])))
        for name, column in figures(year, 3_000).items():
            assert (alone[name][..., 0] == column[..., place]).all(), name


@pytest.mark.parametrize("year", YEARS)
def test_an_explanation_gives_its_root_and_runs_again_from_its_own_leaves(year: Any) -> None:
    population, order = crowd(3_000), plan(year, CODE)
    for place in range(0, population.size, 300):
        one = take(population, np.array([place]))
        root = explain_values(order, run_block(order, one, 0, 1, keep=True), "payable")

        again = evaluate(plan(year, CODE, ("payable",)), _from_leaves(root, int(one.starts[-1])))

        assert root.value == figures(year, 3_000)["payable"][place]
        assert again["payable"].tolist() == [root.value]


def _from_leaves(root: Any, relatives: Any) -> Any:
    leaves = {node.name: node.value for node in root.walk() if not node.children and node.stated}
    own = {name: np.array([value]) for name, value in leaves.items() if not isinstance(value, list)}
    theirs = {name: np.array(value) for name, value in leaves.items() if isinstance(value, list)}
    full = {name: np.broadcast_to(column, (relatives,)) for name, column in theirs.items() if len(column)}
    return Population(1, own, full, np.array([0, relatives]))
