"""What the commands of every room do alike: open the database, refuse in one line, enter the access log."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeVar
from uuid import uuid4

import click

from core.access.actor import SYSTEM
from core.access.journal import Journal
from core.errors import JuminzeiError
from core.graphql.records import Trace, records_of
from core.runtime import Runtime
from core.storage.database import Database
from plugins.shiryo.api import Work

T = TypeVar("T")
OWNER_ONLY = 0o600


def asked(runtime: Runtime, question: Callable[[Database], Awaitable[T]]) -> T:
    """Answer with the database open; a refusal becomes one line for the terminal."""

    async def ask() -> T:
        async with runtime.open_database() as database:
            return await question(database)

    try:
        return asyncio.run(ask())
    except JuminzeiError as refusal:
        raise click.ClickException(f"{refusal.text} ({refusal.code})") from None


async def recorded(
    runtime: Runtime, database: Database, operation: str, deed: Callable[[Work], Awaitable[T]]
) -> T:
    """Do one deed in one transaction, with its lines in the access log."""
    journal = Journal()
    trace = Trace(runtime.clock, SYSTEM, f"{operation.replace(' ', '-')}-{uuid4()}", origin="cli")
    async with database.transaction() as session:
        done = await deed(Work(session, journal, SYSTEM.number, runtime.clock.now()))
        records = list(records_of(trace, operation, {}, journal, is_query=False))
        await runtime.plugins.run("record_access", session=session, records=records)
    return done


def write_private(folder: Path, name: str, data: bytes) -> None:
    """Write a file with people's data, which nobody else on the machine may read."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.touch(OWNER_ONLY)
    path.chmod(OWNER_ONLY)
    path.write_bytes(data)
