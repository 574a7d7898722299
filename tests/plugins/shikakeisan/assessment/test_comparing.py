"""Dry and shadow runs: what would differ, by the quantity at which each difference begins."""

from collections.abc import Sequence
from typing import Any

import pytest

from plugins.shikakeisan.law.years import year_path
from tests.plugins.shikakeisan.assessment.conftest import TAX_YEAR, Someone, Year

SALARY = {"salary": 5_000_000, "social_insurance": 700_000}


async def differences(year: Year) -> Sequence[Any]:
    return await year.rows("SELECT person_id, cause, figures FROM shikakeisan.difference ORDER BY id")


async def test_a_dry_run_before_the_first_decision_counts_and_writes_nothing(year: Year) -> None:
    await year.settle(Someone(SALARY), Someone())

    await year.run(kind="dry")

    (run,) = await year.rows("SELECT kind, counts FROM shikakeisan.run")
    assert (run.kind, run.counts["taxed"], run.counts["undecided"]) == ("dry", 1, 1)
    assert (await year.grounds(), await differences(year)) == ({}, [])
    assert await year.rows("SELECT count(*) FROM shikakeisan.finding") == [(0,)]
    assert await year.rows("SELECT state FROM shikakeisan.fiscal_year") == [("merged",)]


async def test_a_dry_run_names_the_first_cause_of_each_difference(year: Year) -> None:
    await year.settle(Someone(SALARY), Someone(SALARY), Someone(), Someone(SALARY))
    await year.run()
    await year.remerge(1, {**SALARY, "salary": 5_010_000})
    await year.remerge(2, {**SALARY, "life_new_general": 30_000})
    await year.remerge(3, SALARY)

    await year.run(kind="dry")

    found = {row.person_id: row for row in await differences(year)}
    assert {person_id: row.cause for person_id, row in found.items()} == {
        1: "salary_income_before_adj",
        2: "ded_life_general",
        3: "salary_income_before_adj",
    }
    assert found[1].figures["salary_income"] == [3_560_000, 3_566_400]
    assert found[3].figures["ground"] == ["NO_DOCUMENT", ""]
    assert len(await year.revisions(1)) == 1


async def test_a_shadow_run_against_another_municipality_finds_its_ordinance(year: Year) -> None:
    await year.settle(Someone(SALARY), Someone({"salary": 900_000}))

    await year.run(kind="shadow", municipality="141003")

    (row,) = await differences(year)
    assert row.person_id == 1
    assert row.figures["percap_city"][0] < row.figures["percap_city"][1]
    assert await year.grounds() == {}


async def test_a_shadow_run_against_the_same_figures_finds_nothing(year: Year) -> None:
    await year.settle(Someone(SALARY))

    status = await year.run(kind="shadow", year_file=year_path(TAX_YEAR).read_text(encoding="utf-8"))

    assert status.result is not None
    assert status.result["different"] == 0


async def test_a_shadow_run_against_another_year_file_finds_what_it_changes(year: Year) -> None:
    await year.settle(Someone(SALARY), Someone({"salary": 900_000}))
    text = year_path(TAX_YEAR).read_text(encoding="utf-8")
    head, forest = text.split("[forest_tax]")
    changed = f"{head}[forest_tax]{forest.replace('1_000', '2_000', 1)}"

    status = await year.run(kind="shadow", year_file=changed)

    assert status.error_code is None
    (row,) = await differences(year)
    assert row.figures["annual_total"][1] - row.figures["annual_total"][0] == 1_000
    assert row.cause == "forest"


@pytest.mark.parametrize(
    ("parameters", "code"),
    [
        ({"kind": "shadow", "municipality": "999999"}, "MUNICIPALITY_UNKNOWN"),
        ({"kind": "shadow", "year_file": "fiscal_year = 2026"}, "LAW_FILE_INVALID"),
        ({"kind": "shadow", "year_file": "これは表ではない"}, "LAW_FILE_INVALID"),
    ],
)
async def test_a_shadow_of_nothing_is_refused(year: Year, parameters: dict[str, str], code: str) -> None:
    status = await year.run(**parameters)

    assert (status.state, status.error_code) == ("failed", code)
