"""Both sides of every edge, and the golden people: a figure of a year that moves by one step is seen."""

from typing import Any

import numpy as np
import pytest

from plugins.shikakeisan.law.municipalities import load_municipality
from plugins.shikakeisan.law.parameters import bind
from plugins.shikakeisan.law.years import known_years, load_year
from tests.plugins.shikakeisan.mutation import caught, data, golden_crowd, mutants, survivors_of
from tests.plugins.shikakeisan.probes import edge_value, golden

YEARS = known_years()


@pytest.mark.parametrize("year", YEARS)
def test_both_sides_of_every_edge(year: Any) -> None:
    parameters = bind(load_year(year), load_municipality("331007"))
    checked = 0
    for name, rows in data(year)["edges"].items():
        for argument, column, value in rows:
            assert edge_value(parameters[name], argument, column) == value, (name, argument)
            checked += 1
    assert checked > 250


@pytest.mark.parametrize("year", YEARS)
def test_the_edges_cover_every_table(year: Any) -> None:
    tables = {name for name, e in load_year(year).entries.items() if e.kind in {"table", "curve"}}

    assert tables == data(year)["edges"].keys()


@pytest.mark.parametrize("year", YEARS)
def test_the_golden_people_have_the_same_figures(year: Any) -> None:
    assert golden(load_year(year), golden_crowd()) == data(year)["golden"]


@pytest.mark.slow
@pytest.mark.parametrize("year", YEARS)
def test_mutation_of_any_number_of_a_year_is_caught(year: Any) -> None:
    count, survivors = survivors_of(load_year(year))

    assert count > 400
    assert len(survivors) <= count // 20, survivors


def test_a_few_mutants_are_caught() -> None:
    year = load_year(2026)
    some = [pair for i, pair in enumerate(mutants(year)) if i % 97 == 0]

    assert len(some) > 4
    assert [name for name, mutant in some if not caught(year, name, mutant)] == []


def test_the_golden_people_have_many_figures_above_nil() -> None:
    size = golden_crowd().size

    assert np.count_nonzero(golden_crowd().taxpayers["salary"]) > size // 2
