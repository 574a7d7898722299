"""The pool: no cancellation leaks a connection, a commit is never half-known, a lost server heals."""

import asyncio
import random
from typing import Any

import pytest
from sqlalchemy import func, select, text

from core.storage.address import ServerAddress
from core.storage.database import Database, finished
from core.storage.errors import DatabaseUnavailable

MINE = text(
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
)
BUSY = text(
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
    " AND pid <> pg_backend_pid() AND state <> 'idle'"
)
KILL_OTHERS = text(
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
    " WHERE datname = current_database() AND usename = current_user AND pid <> pg_backend_pid()"
)


async def eventually(database: Database, statement: Any, wanted: int) -> None:
    """Wait for the server to notice; fails by never ending well within the session's own limit."""
    for _ in range(200):
        async with database.read() as session:
            if (found := await session.scalar(statement)) <= wanted:
                return
        await asyncio.sleep(0.02)
    raise AssertionError(f"{found} connections, wanted at most {wanted}")


async def request(database: Database, account: Any, number: int) -> None:
    async with database.transaction() as session:
        await session.execute(text("SELECT pg_sleep(0.002)"))
        session.add(account(number=str(number), balance=number))
        await session.flush()
        await session.execute(text("SELECT pg_sleep(0.002)"))


async def test_cancelled_requests_leak_nothing(
    database: Database, owner_database: Database, account: Any
) -> None:
    chance = random.Random(2026)
    for _ in range(25):
        tasks = [asyncio.create_task(request(database, account, n)) for n in range(20)]
        for task in tasks:
            asyncio.get_running_loop().call_later(chance.random() * 0.03, task.cancel)
        await asyncio.gather(*tasks, return_exceptions=True)
        async with database.transaction() as session:
            await session.execute(text("DELETE FROM sample.account"))
    await eventually(owner_database, MINE, 10)
    await eventually(owner_database, BUSY, 0)
    # the pool is whole: as many at once as it has connections
    await asyncio.gather(*(request(database, account, n) for n in range(10)))


async def test_cancellation_never_hides_a_commit(database: Database, account: Any) -> None:
    """A request that was cancelled during its commit is committed; one cancelled before is not."""
    reached: set[int] = set()

    async def noted(number: int) -> None:
        async with database.transaction() as session:
            session.add(account(number=str(number), balance=number))
            await session.flush()
            reached.add(number)

    for number in range(100):
        task = asyncio.create_task(noted(number))
        asyncio.get_running_loop().call_later(number * 0.00005, task.cancel)
        await asyncio.gather(task, return_exceptions=True)
    async with database.read() as session:
        found = set((await session.scalars(select(account.balance))).all())
    assert found == reached


async def test_finished_work_is_done_before_the_cancellation_is_raised() -> None:
    steps: list[str] = []

    async def work() -> None:
        await asyncio.sleep(0.01)
        steps.append("work")

    async def caller() -> None:
        try:
            await finished(work())
        except asyncio.CancelledError:
            steps.append("cancelled")
            raise

    task = asyncio.create_task(caller())
    await asyncio.sleep(0)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert (steps, task.cancelled()) == (["work", "cancelled"], True)


async def test_killed_connections_heal_without_an_error(database: Database, url: str) -> None:
    killer = Database(url)
    await asyncio.gather(*(_ask(database) for _ in range(5)))
    async with killer.read() as session:
        await session.execute(KILL_OTHERS)
    await eventually(killer, MINE, 0)
    assert await asyncio.gather(*(_ask(database) for _ in range(5))) == [1] * 5
    await killer.close()


async def test_connection_killed_in_use_gives_unavailable(database: Database, url: str) -> None:
    killer = Database(url)
    with pytest.raises(DatabaseUnavailable):
        await asyncio.gather(_ask(database, "SELECT 1 FROM pg_sleep(5)"), _kill_sleepers(killer))
    assert await _ask(database) == 1
    await killer.close()


async def test_exhausted_pool_gives_unavailable(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.storage.database.POOL_WAIT_SECONDS", 0.05)
    small = Database(url, pool_size=1)
    async with small.read() as session:
        await session.scalar(select(1))
        with pytest.raises(DatabaseUnavailable):
            await _ask(small)
    assert await _ask(small) == 1
    await small.close()


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://juminzei_app@/juminzei?host=/nonexistent",
        "postgresql://juminzei_app@127.0.0.1:1/juminzei",
        "postgresql://juminzei_app:secret@localhost:1/juminzei",
    ],
)
async def test_no_server_gives_unavailable_without_the_url(url: str) -> None:
    database = Database(url)
    with pytest.raises(DatabaseUnavailable) as caught:
        await _ask(database)
    assert str(caught.value) == f"DATABASE_UNAVAILABLE: {DatabaseUnavailable.message}"
    await database.close()


async def test_unknown_database_gives_an_error_not_a_hang(server: ServerAddress) -> None:
    database = Database(server.at("absent").app_url)
    with pytest.raises(DatabaseUnavailable):
        await _ask(database)
    await database.close()


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("statement_timeout", "30s"),
        ("lock_timeout", "5s"),
        ("idle_in_transaction_session_timeout", "1min"),
        ("timezone", "Asia/Tokyo"),
        ("application_name", "juminzei"),
        ("default_transaction_isolation", "read committed"),
    ],
)
async def test_connection_settings(database: Database, setting: str, value: str) -> None:
    async with database.transaction() as session:
        assert await session.scalar(select(func.current_setting(setting))) == value


async def _ask(database: Database, statement: str = "SELECT 1") -> Any:
    async with database.read() as session:
        return await session.scalar(text(statement))


async def _kill_sleepers(killer: Database) -> None:
    sleepers = text(
        "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
        " WHERE wait_event = 'PgSleep' AND datname = current_database()"
    )
    for _ in range(200):
        if await _ask(killer, str(sleepers)):
            return
        await asyncio.sleep(0.01)
