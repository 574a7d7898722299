"""The city of the base's tests with its year merged and decided, and the house above it to ask over HTTP."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from core.access.actor import SYSTEM
from core.identity import demo
from core.identity.opening import open_identity
from core.jobs import service as jobs
from core.jobs.types import JobType
from core.jobs.worker import Worker
from core.storage.address import ServerAddress
from core.storage.database import Database
from plugins.shikakeisan.assessment.run import ASSESS
from plugins.shikakeisan.merge.job import MERGE
from schema.testing import House, open_house
from tests.plugins.shikakeisan.base.conftest import TAX_YEAR, City, city

__all__ = ["city", "code_of", "data", "decide", "desk", "edges", "merge"]


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


@pytest.fixture
async def desk(
    city: City, tmp_path: Path, address: ServerAddress, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[House]:
    """The house above the city, with people to sign in as; a chief and an auditor too."""
    more = [
        ("100201", "試験　係長", demo.PEOPLE[0][2], "tax_chief"),
        ("100202", "試験　監査", demo.PEOPLE[0][2], "auditor"),
    ]
    monkeypatch.setattr(demo, "PEOPLE", (*demo.PEOPLE, *more))
    async with open_house(tmp_path, address) as desk:
        async with desk.database.transaction() as session:
            sign_ins = await demo.create_demo_staff(session, open_identity(desk.runtime, desk.database))
        desk.people = {person.role: person for person in sign_ins}
        yield desk


async def data(desk: House, query: str, role: str = "tax_clerk", reason: str = "", **variables: Any) -> Any:
    answer = (await desk.ask(query, role, reason=reason, **variables)).json()
    assert "errors" not in answer, answer
    return answer["data"]


async def code_of(desk: House, query: str, role: str = "tax_clerk", **variables: Any) -> str:
    answer = (await desk.ask(query, role, **variables)).json()
    code: str = answer["errors"][0]["extensions"]["code"]
    return code


def edges(connection: Any) -> list[Any]:
    return [edge["node"] for edge in connection["edges"]]
