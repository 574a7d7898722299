"""What commands do alike: open the database, refuse in one line, enter the access log, write files."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar
from uuid import uuid4

import click

from core.access.actor import SYSTEM, Actor
from core.access.journal import Journal
from core.commands.refusals import refusal_line
from core.errors import Forbidden, JuminzeiError
from core.graphql.records import Trace, records_of
from core.identity.settings import UNATTENDED
from core.runtime import Runtime
from core.storage.database import Database, WriteSession

T = TypeVar("T")
ORIGIN = "cli"
OWNER_ONLY = 0o600


class PersonRequired(Forbidden):
    """Nobody signed in, and here the system does not act for nobody."""

    code = "PERSON_REQUIRED"
    message = "職員が操作するコマンドを使ってください。定時処理には設定 unattended が要ります。"


def may_act_alone(runtime: Runtime) -> bool:
    """Tell whether the system may act where nobody signs in: a trial, or a timetable that was set up."""
    return runtime.settings[UNATTENDED] or not runtime.is_production


@contextmanager
def refusing() -> Iterator[None]:
    """Make a refusal one line on standard error, with exit code 1."""
    try:
        yield
    except JuminzeiError as refusal:
        raise click.ClickException(refusal_line(refusal)) from None


def asked(runtime: Runtime, question: Callable[[Database], Awaitable[T]]) -> T:
    """Answer with the database open; a refusal becomes one line."""

    async def ask() -> T:
        async with runtime.open_database() as database:
            return await question(database)

    with refusing():
        return asyncio.run(ask())


def new_trace_id(operation: str) -> str:
    """Make the correlation id of one command."""
    return f"{operation.replace(' ', '-')}-{uuid4()}"


async def recorded(
    runtime: Runtime,
    database: Database,
    operation: str,
    deed: Callable[[WriteSession, Journal], Awaitable[T]],
    actor: Actor = SYSTEM,
    trace_id: str = "",
) -> T:
    """Do one deed of `actor` in one transaction, with its lines in the access log."""
    journal = Journal()
    trace = Trace(runtime.clock, actor, trace_id or new_trace_id(operation), origin=ORIGIN)
    async with database.transaction() as session:
        done = await deed(session, journal)
        records = list(records_of(trace, operation, {}, journal, is_query=False))
        if records:
            await runtime.plugins.run("record_access", session=session, records=records)
    return done


def make_private(path: Path) -> Path:
    """Make an empty file, or take one that is there, which nobody else on the machine may read."""
    path.touch(OWNER_ONLY)
    path.chmod(OWNER_ONLY)
    return path


def write_private(folder: Path, name: str, data: bytes) -> None:
    """Write a file with people's data, which nobody else on the machine may read."""
    folder.mkdir(parents=True, exist_ok=True)
    make_private(folder / name).write_bytes(data)
