"""Event streams of a real server: they end with the session, and do not hold the server up when it stops."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest
from sqlalchemy import text

from core.jobs.news import announce
from core.storage.address import DATABASE_URL, ServerAddress
from core.storage.database import Database
from schema.testing import House, environ_of
from tests.schema.server import Server, served

WATCH = "subscription($id: ID!) { jobProgress(id: $id) { done } }"
JOB = """
INSERT INTO core.job (type, parameters, requester, requester_kind, department)
VALUES ('nobody.works.on.this', '{}', '900001', 'staff', '0101') RETURNING id
"""


@pytest.fixture
async def live(house: House, tmp_path: Path, address: ServerAddress) -> AsyncIterator[Server]:
    async with served(tmp_path, environ_of(tmp_path, **{DATABASE_URL.variable: address.app_url})) as live:
        yield live


@pytest.fixture
async def job(database: Database) -> int:
    async with database.transaction() as session:
        return int(await session.scalar(text(JOB)))


async def finish_a_step(database: Database, job: int) -> None:
    async with database.transaction() as session:
        await session.execute(text("UPDATE core.job SET done = 77 WHERE id = :id"), {"id": job})
        await announce(session, job)


@asynccontextmanager
async def watching(live: Server, token: str, job: int) -> AsyncIterator[AsyncIterator[str]]:
    """Lend the events of a job, the first of them read."""
    headers = {"authorization": f"Bearer {token}", "accept": "text/event-stream"}
    body = {"query": WATCH, "variables": {"id": str(job)}}
    async with live.client.stream("POST", live.url, json=body, headers=headers) as answer:
        assert answer.status_code == 200
        lines = answer.aiter_lines()
        async for line in lines:
            if line.startswith("data: "):
                assert line == 'data: {"data":{"jobProgress":{"done":0}}}'
                break
        yield lines


async def test_no_event_is_sent_after_the_session_ended(
    house: House, live: Server, job: int, database: Database
) -> None:
    token = house.people["tax_clerk"].token
    async with watching(live, token, job) as lines:
        assert "errors" not in (await live.ask("mutation { signOut }", token)).json()
        await asyncio.sleep(1)
        await finish_a_step(database, job)
        rest = [line async for line in lines]
    assert '"done":77' not in "".join(rest)
    assert '"UNAUTHENTICATED"' in "".join(rest)


async def test_an_open_stream_does_not_hold_the_server_up(house: House, live: Server, job: int) -> None:
    async with watching(live, house.people["tax_clerk"].token, job) as lines:
        assert await asyncio.to_thread(live.stop) == 0
        with pytest.raises(httpx.RemoteProtocolError):
            [line async for line in lines]
    assert live.log.read_text() == ""  # uvicorn would complain that it waited for the stream in vain
