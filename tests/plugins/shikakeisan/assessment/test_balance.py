"""A run ends only if its counts and sums are those of the tables: each difference alone stops it."""

from typing import Any

import pytest

from plugins.shikakeisan.assessment.balance import check_balance
from plugins.shikakeisan.assessment.errors import RunUnbalanced
from tests.plugins.shikakeisan.assessment.conftest import TAX_YEAR, Someone, Year

SALARY = {"salary": 5_000_000, "social_insurance": 700_000}


async def counted(year: Year) -> Any:
    await year.settle(Someone(SALARY), Someone({"salary": 900_000}), Someone())
    await year.run()
    (run,) = await year.rows("SELECT counts, totals FROM shikakeisan.run")
    return run


async def test_counts_and_sums_that_agree_pass(year: Year) -> None:
    run = await counted(year)
    async with year.database.read() as session:
        await check_balance(session, TAX_YEAR, run.counts, run.totals, is_written=True)


@pytest.mark.parametrize(
    ("counts", "totals"),
    [
        ({"people": 4}, {}),
        ({"undecided": 0}, {}),
        ({"taxed": 0, "non_taxable": 2}, {}),
        ({}, {"annual_total": 1}),
    ],
)
async def test_any_difference_stops_the_run(
    year: Year, counts: dict[str, int], totals: dict[str, int]
) -> None:
    run = await counted(year)
    async with year.database.read() as session:
        with pytest.raises(RunUnbalanced):
            await check_balance(
                session, TAX_YEAR, {**run.counts, **counts}, {**run.totals, **totals}, is_written=True
            )


async def test_somebody_of_the_base_who_was_passed_over_stops_a_dry_run_too(year: Year) -> None:
    run = await counted(year)
    async with year.database.transaction() as session:
        await year.leave(session, 1)
        with pytest.raises(RunUnbalanced):
            await check_balance(session, TAX_YEAR, run.counts, run.totals, is_written=False)
