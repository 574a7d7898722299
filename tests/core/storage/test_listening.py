"""LISTEN: what was committed arrives in order, a lost connection is renewed and announced."""

import asyncio
import contextlib

import asyncpg
import pytest
from sqlalchemy import text

from core.storage.database import Database
from core.storage.listening import RECONNECTED, listen, notify


async def send(database: Database, *payloads: str) -> None:
    async with database.transaction() as session:
        for payload in payloads:
            await notify(session, "news", payload)


async def test_payloads_arrive_in_order_after_the_first_look(database: Database) -> None:
    async with contextlib.aclosing(listen(database, "news")) as news:
        assert await anext(news) == RECONNECTED
        await send(database, "one", "二")
        assert [await anext(news), await anext(news)] == ["one", "二"]


async def test_rolled_back_news_is_not_sent(database: Database) -> None:
    async with contextlib.aclosing(listen(database, "news")) as news:
        await anext(news)
        with contextlib.suppress(LookupError):
            async with database.transaction() as session:
                await notify(session, "news", "never")
                raise LookupError
        await send(database, "next")
        assert await anext(news) == "next"


async def test_lost_connection_is_renewed_and_announced(database: Database) -> None:
    async with contextlib.aclosing(listen(database, "news")) as news:
        await anext(news)
        async with database.read() as session:
            await session.execute(
                text(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                    " WHERE datname = current_database() AND query LIKE 'LISTEN%'"
                )
            )
        assert await anext(news) == RECONNECTED
        await send(database, "again")
        assert await anext(news) == "again"


async def test_leaving_closes_the_connection(database: Database) -> None:
    async with contextlib.aclosing(listen(database, "news")) as news:
        await anext(news)
    for _ in range(100):
        async with database.read() as session:
            left = await session.scalar(
                text("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()")
            )
        if left == 1:
            break
    assert left == 1


async def test_who_is_told_to_end_ends_although_closing_takes_too_long(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    close, begun = asyncpg.Connection.close, asyncio.Event()

    async def too_long(connection: asyncpg.Connection, **limits: float) -> None:
        await close(connection, **limits)
        raise TimeoutError

    async def hear() -> None:
        async with contextlib.aclosing(listen(database, "news")) as news:
            async for _ in news:
                begun.set()

    hearing = asyncio.create_task(hear())
    await begun.wait()
    monkeypatch.setattr(asyncpg.Connection, "close", too_long)

    hearing.cancel()
    done, _ = await asyncio.wait({hearing}, timeout=20)

    monkeypatch.undo()
    assert done == {hearing}
    assert hearing.cancelled()
