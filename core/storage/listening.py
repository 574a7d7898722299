"""News between processes through PostgreSQL's LISTEN and NOTIFY."""

import asyncio
import contextlib
from collections.abc import AsyncGenerator

import asyncpg
from sqlalchemy import func, select

from core.storage.database import Database, WriteSession, finished

RECONNECTED = ""
"""Comes first and after each new connection: news may have been missed, so look at the state itself."""
CHECK_SECONDS = 15.0
RETRY_SECONDS = 0.5
CONNECTION_ERRORS = (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError)


async def notify(session: WriteSession, channel: str, payload: str) -> None:
    """Send news to all listeners, at the moment this transaction is committed; below 8,000 bytes, no data."""
    await session.execute(select(func.pg_notify(channel, payload)))


async def listen(database: Database, channel: str) -> AsyncGenerator[str, None]:
    """Yield each payload sent to `channel`, for ever, over a connection of its own that is renewed when lost.

    Use it under `contextlib.aclosing`, so that leaving the loop closes the connection at once.
    """
    while True:
        with contextlib.suppress(*CONNECTION_ERRORS):
            connection = await database.connect()
            try:
                async with contextlib.aclosing(_payloads(connection, channel)) as payloads:
                    async for payload in payloads:
                        yield payload
            finally:
                # Else a cancellation would become the time-out of this, which counts as a lost connection.
                with contextlib.suppress(*CONNECTION_ERRORS):
                    await finished(connection.close(timeout=RETRY_SECONDS))
        await asyncio.sleep(RETRY_SECONDS)


async def _payloads(connection: asyncpg.Connection, channel: str) -> AsyncGenerator[str, None]:
    """Yield what arrives until the connection is lost; look after it when nothing arrives."""
    news: asyncio.Queue[str | None] = asyncio.Queue()
    connection.add_termination_listener(lambda _: news.put_nowait(None))
    await connection.add_listener(channel, lambda *message: news.put_nowait(message[3]))
    payload: str | None = RECONNECTED
    while payload is not None:
        yield payload
        payload = await _next(connection, news)


async def _next(connection: asyncpg.Connection, news: asyncio.Queue[str | None]) -> str | None:
    while True:
        try:
            # not `wait_for`: in Python 3.11 that may swallow a cancellation
            async with asyncio.timeout(CHECK_SECONDS):
                return await news.get()
        except TimeoutError:
            await connection.execute("SELECT 1")
