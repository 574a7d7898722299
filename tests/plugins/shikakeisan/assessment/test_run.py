"""The run over the base: everybody has one outcome, and a second run changes nothing."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from core.access.actor import SYSTEM
from plugins.shikakeisan.assessment.balance import check_balance
from plugins.shikakeisan.assessment.tables import FIGURES
from plugins.shikakeisan.service import assess
from tests.plugins.shikakeisan.assessment.conftest import CITY, TAX_YEAR, Someone, Year

CHILD = date(2015, 6, 1)
SALARY = {"salary": 5_000_000, "social_insurance": 700_000}


@pytest.mark.parametrize(
    ("someone", "outcome"),
    [
        (Someone(SALARY), ("taxed", "")),
        (Someone({"salary": 1_120_000}), ("taxed", "")),
        (Someone({"salary": 900_000}), ("non_taxable", "BELOW_LIMIT")),
        (
            Someone({"salary": 1_500_000, "taxpayer": {"disability": "ordinary"}}),
            ("non_taxable", "PERSON_LIMIT"),
        ),
        (Someone(SALARY, is_welfare=True), ("non_taxable", "WELFARE")),
        (Someone(is_welfare=True), ("non_taxable", "WELFARE")),
        (Someone({}, documents=[1]), ("non_taxable", "BELOW_LIMIT")),
        (Someone({"donation_furusato": 5000, "one_stop": True}, documents=[1]), ("undecided", "NO_DOCUMENT")),
        (Someone(claimed_by=99), ("non_taxable", "CLAIMED")),
        (Someone(claimed_by=99, role="family_employee"), ("undecided", "NO_DOCUMENT")),
        (Someone(birth=CHILD, claimed_by=99), ("non_taxable", "MINOR")),
        (Someone(birth=CHILD), ("non_taxable", "MINOR")),
        (Someone(), ("undecided", "NO_DOCUMENT")),
        (Someone(birth=None), ("undecided", "NO_DOCUMENT")),
        (Someone(SALARY, blocking="TWO_CLAIMANTS"), ("undecided", "MERGE_FINDING")),
        (Someone({**SALARY, "salary_income": 1}), ("undecided", "FACTS_INVALID")),
        (Someone(standing="house_only", house_wards=1), ("undecided", "NO_DOCUMENT")),
        (Someone(SALARY, standing="house_only", house_wards=2), ("taxed", "")),
        (Someone(SALARY, standing="registered"), ("taxed", "")),
    ],
)
async def test_everybody_has_the_outcome_that_the_law_gives(
    year: Year, someone: Someone, outcome: tuple[str, str]
) -> None:
    await year.settle(someone)

    status = await year.run()

    assert status.error_code is None
    assert await year.grounds() == {1: outcome}


async def test_who_is_outside_of_the_base_is_not_decided_about(year: Year) -> None:
    await year.settle(Someone(SALARY, standing="outside"))

    await year.run()

    assert await year.grounds() == {}


async def test_figures_are_those_of_a_calculation_of_the_facts(year: Year) -> None:
    await year.settle(Someone(SALARY))

    await year.run()

    facts = {"taxpayer": {"birth": "1980-04-05"}, **SALARY}
    expected = assess(TAX_YEAR, CITY, facts).values
    (row,) = await year.revisions(1)
    assert {name: getattr(row, name) for name in FIGURES} == {name: expected[name] for name in FIGURES}
    assert (row.revision, row.reason, row.base_id, row.basis_id) == (1, "当初賦課", 1, 1)


async def test_house_and_wards_of_the_base_count(year: Year) -> None:
    await year.settle(Someone(SALARY, standing="house_only", house_wards=2), Someone(SALARY, house_wards=1))

    await year.run()

    counts = {row.person_id: row for n in (1, 2) for row in await year.revisions(n)}
    assert (counts[1].percap_city, counts[1].income_levy_city, counts[1].forest) == (6_000, 0, 0)
    assert (counts[2].percap_city, counts[2].forest) == (6_000, 1_000)


async def test_a_run_is_counted_and_summed_by_outcome_and_figure(year: Year) -> None:
    await year.settle(Someone(SALARY), Someone({"salary": 900_000}), Someone(), Someone(birth=CHILD))

    status = await year.run()

    (run,) = await year.rows("SELECT * FROM shikakeisan.run")
    assert run.counts == {
        "people": 4,
        "taxed": 1,
        "non_taxable": 2,
        "undecided": 1,
        "BELOW_LIMIT": 1,
        "MINOR": 1,
        "NO_DOCUMENT": 1,
        "revisions": 4,
    }
    assert run.totals["annual_total"] == (await year.revisions(1))[0].annual_total
    assert (run.kind, run.job_id, status.state) == ("initial", status.id, "done_with_errors")
    assert [tuple(row) for row in await year.rows("SELECT state FROM shikakeisan.fiscal_year")] == [
        ("assessed",)
    ]


async def test_undecided_people_wait_in_a_work_list_with_the_paths_of_their_faults(year: Year) -> None:
    await year.settle(Someone(), Someone({**SALARY, "salary_income": 1}), Someone(SALARY, blocking="X"))

    await year.run()

    found = await year.rows(
        "SELECT person_id, code, details FROM shikakeisan.finding WHERE stage = 'assessment' ORDER BY id"
    )
    faults = {"faults": [{"path": "salary_income", "code": "FACT_CONTRADICTORY"}]}
    assert [tuple(row) for row in found] == [(1, "NO_DOCUMENT", {}), (2, "FACTS_INVALID", faults)]


async def test_a_second_run_changes_nothing(year: Year) -> None:
    await year.settle(Someone(SALARY), Someone())
    await year.run()

    status = await year.run()

    assert status.result is not None
    assert status.result["revisions"] == 0
    assert await year.rows("SELECT count(*) FROM shikakeisan.assessment") == [(2,)]
    assert await year.rows("SELECT count(*) FROM shikakeisan.finding") == [(1,)]


async def test_who_was_merged_again_behind_the_run_is_decided_again_before_it_ends(
    year: Year, monkeypatch: pytest.MonkeyPatch
) -> None:
    await year.settle(Someone(SALARY), Someone(SALARY), Someone())

    async def merged_meanwhile(*arguments: Any, **named: Any) -> None:
        await year.remerge(1, {**SALARY, "salary": 6_000_000})
        await year.remerge(2, SALARY)
        await year.remerge(3, SALARY)
        await check_balance(*arguments, **named)

    monkeypatch.setattr("plugins.shikakeisan.assessment.run.check_balance", merged_meanwhile)

    status = await year.run()

    first, second = await year.revisions(1)
    facts = {"taxpayer": {"birth": "1980-04-05"}, **SALARY, "salary": 6_000_000}
    assert second.annual_total == assess(TAX_YEAR, CITY, facts).values["annual_total"]
    assert first.superseded_at == second.decided_at
    assert len(await year.revisions(2)) == 1
    assert (await year.grounds())[3] == ("taxed", "")
    assert status.result is not None
    assert status.result["late"] == 2


async def test_a_second_run_revises_what_differs_and_ends_the_old_revision(year: Year) -> None:
    await year.settle(Someone(SALARY), Someone(SALARY), Someone())
    await year.run()
    await year.remerge(1, {**SALARY, "salary": 6_000_000})
    await year.remerge(3, SALARY)

    await year.run()

    first, second = await year.revisions(1)
    assert (first.revision, second.revision, first.superseded_at) == (1, 2, second.decided_at)
    assert second.payable > first.payable
    assert len(await year.revisions(2)) == 1
    assert (await year.grounds())[3] == ("taxed", "")
    assert [tuple(row) for row in await year.rows("SELECT state FROM shikakeisan.finding")] == [("gone",)]


async def test_a_figure_without_a_column_also_makes_a_revision(year: Year) -> None:
    await year.settle(Someone(SALARY, birth=date(1950, 1, 1)))
    await year.run()
    continuing = {"continuing": True, "previous_annual": 60_000}
    await year.remerge(1, {**SALARY, "pension_withholding": continuing, "pension": 2_000_000})
    await year.run()
    await year.remerge(
        1, {**SALARY, "pension_withholding": {**continuing, "previous_annual": 90_000}, "pension": 2_000_000}
    )

    await year.run()

    _, second, third = await year.revisions(1)
    assert [getattr(second, name) for name in FIGURES] == [getattr(third, name) for name in FIGURES]
    assert second.digest != third.digest


async def test_who_leaves_the_base_is_decided_as_outside(year: Year) -> None:
    await year.settle(Someone(SALARY))
    await year.run()
    async with year.database.transaction() as session:
        await year.leave(session, 1)

    status = await year.run()

    assert await year.grounds() == {1: ("non_taxable", "OUTSIDE")}
    assert status.result is not None
    assert "people" not in status.result


@pytest.mark.parametrize("state", ["open", "frozen"])
async def test_a_year_that_is_not_merged_is_not_assessed(year: Year, state: str) -> None:
    async with year.database.transaction() as session:
        await year.move(session, state)

    status = await year.run()

    assert (status.state, status.error_code) == ("failed", "YEAR_NOT_MERGED")


async def test_an_officer_revises_nothing_by_a_run_of_a_year_that_is_decided(year: Year) -> None:
    await year.settle(Someone(SALARY))
    await year.run()
    await year.remerge(1, {**SALARY, "salary": 6_000_000})

    status = await year.run(replace(SYSTEM, number="900001"))

    assert (status.state, status.error_code) == ("failed", "YEAR_ALREADY_ASSESSED")
    assert len(await year.revisions(1)) == 1
