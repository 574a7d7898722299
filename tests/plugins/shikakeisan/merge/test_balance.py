"""The merge ends only if every document was used or put aside."""

import pytest
from sqlalchemy import update

from core.access.actor import SYSTEM
from core.jobs import service as jobs
from core.jobs.tables import job as job_table
from core.jobs.worker import Worker
from plugins.shikakeisan.merge.job import MERGE, MOST
from tests.plugins.shikakeisan.base.conftest import TAX_YEAR, City
from tests.plugins.shikakeisan.merge.desk import Desk, family


@pytest.mark.parametrize(
    "counts",
    [
        {"documents": 2, "used.salary_report": 1},
        {"documents": 1, "used.salary_report": 1, "aside.superseded.salary_report": 1},
    ],
)
async def test_a_document_that_went_nowhere_keeps_the_merge_from_ending(
    city: City, desk: Desk, counts: dict[str, int]
) -> None:
    await desk.register(*family(city))
    begun = {"last": MOST, "since": city.clock.now().isoformat(), "counts": counts}
    async with city.database.transaction() as session:
        job_id = await jobs.enqueue(session, MERGE, {"tax_year": TAX_YEAR, "workers": 1}, SYSTEM)
        await session.execute(update(job_table).where(job_table.c.id == job_id).values(cursor=begun))

    await Worker(city.runtime, city.database).work_once()

    async with city.database.read() as session:
        status = await jobs.get(session, job_id)
    assert (status.state, status.error_code) == ("failed", "MERGE_UNBALANCED")
    assert [row.state for row in await city.rows("SELECT state FROM shikakeisan.fiscal_year")] == ["frozen"]
