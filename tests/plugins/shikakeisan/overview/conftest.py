"""The city of the base's tests, with its year merged and decided."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import pytest
from sqlalchemy import text

from core.access.actor import SYSTEM
from core.jobs import service as jobs
from core.jobs.types import JobType
from core.jobs.worker import Worker
from core.storage.database import Database
from plugins.shikakeisan.assessment.run import ASSESS
from plugins.shikakeisan.merge.job import MERGE
from tests.plugins.shikakeisan.base.conftest import TAX_YEAR, City, city

__all__ = ["city", "decide", "merge"]


async def merge(city: City) -> None:
    """Merge the documents of the year."""
    await _work(city, MERGE, {"tax_year": TAX_YEAR, "workers": 1})


async def decide(city: City) -> None:
    """Merge, and decide everybody's tax."""
    await merge(city)
    await _work(city, ASSESS, {"tax_year": TAX_YEAR})


async def _work(city: City, kind: JobType, given: Mapping[str, Any]) -> None:
    async with city.database.transaction() as session:
        job_id = await jobs.enqueue(session, kind, given, SYSTEM)
    await Worker(city.runtime, city.database).work_once()
    async with city.database.read() as session:
        status = await jobs.get(session, job_id)
    assert status.error_code is None, status


@pytest.fixture
async def owner_rows(owner_database: Database) -> Callable[[str], Awaitable[None]]:
    """Change what the application never could, to see what follows."""

    async def change(statement: str) -> None:
        async with owner_database.transaction() as session:
            await session.execute(text(statement))

    return change
