"""Whether more deliveries are coming: whoever receives many of them says so, by a lock that dies with it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy import func, select

from core.storage.database import Database
from core.storage.errors import data_free_errors

LOCK = 0x53484952
"""Key of the advisory lock that everybody holds who is still receiving ("SHIR")."""


@asynccontextmanager
async def more_to_come(database: Database) -> AsyncIterator[None]:
    """Say that more is coming until the block ends, on a connection of its own; raises Unavailable."""
    with data_free_errors():
        connection = await database.connect()
    try:
        with data_free_errors():
            await connection.execute("SELECT pg_advisory_lock_shared($1)", LOCK)
        yield
        with data_free_errors():
            await connection.execute("SELECT pg_advisory_unlock_shared($1)", LOCK)
    finally:
        connection.terminate()  # never waits for a server that went away


async def is_more_to_come(database: Database) -> bool:
    """Tell whether somebody is still receiving; what was received before the answer no can be seen by now."""
    async with database.read() as session:
        return not await session.scalar(select(func.pg_try_advisory_xact_lock(LOCK)))
