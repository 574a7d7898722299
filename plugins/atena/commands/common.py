"""What the commands of 宛名 have in common: who acts and records, and how a file's faults are told."""

import asyncio
import json
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any, NoReturn, TypeVar

import click

from core.access.journal import AccessRecord
from core.access.permission import Permission
from core.commands.desk import Desk
from core.commands.refusals import refusal_line, tell
from core.commands.terminal import ORIGIN, new_trace_id, refusing
from core.graphql.records import Trace
from core.runtime import Runtime
from core.storage.database import Database, WriteSession
from core.work import Work
from plugins.atena.errors import FileRefused

T = TypeVar("T")
Record = Callable[[WriteSession, Sequence[AccessRecord]], Awaitable[object]]
json_option = click.option("--json", "as_json", is_flag=True, help="プログラム向けに、1つのJSONで出力")
MOST_FAULTS = 20
"""Faults of a file that are told: more of them say that it is another file."""
day_type = click.DateTime(["%Y-%m-%d"])


def recorder(runtime: Runtime) -> Record:
    """Return what writes lines of the access log."""

    async def record(session: WriteSession, records: Sequence[AccessRecord]) -> None:
        await runtime.plugins.run("record_access", session=session, records=records)

    return record


@asynccontextmanager
async def acting(desk: Desk, permission: Permission) -> AsyncIterator[tuple[Database, Trace]]:
    """Open the database for whoever acts with `permission`; the trace names them."""
    async with desk.runtime.open_database() as database:
        trace_id = new_trace_id(desk.operation)
        actor = await desk.actor(database, permission, trace_id)
        yield database, Trace(desk.runtime.clock, actor, trace_id, ORIGIN)


def take_whole(
    desk: Desk, permission: Permission, take: Callable[[Work], Awaitable[T]], *, as_json: bool
) -> T:
    """Take a file in one transaction, with its lines in the access log; its faults end the command."""

    async def act() -> T:
        async with acting(desk, permission) as (database, trace):
            return await desk.recorded(database, trace.actor, take, trace.correlation_id)

    with refusing():
        try:
            return asyncio.run(act())
        except FileRefused as refused:
            refuse(refused, as_json=as_json)


def report(counts: Mapping[str, Any], labels: Mapping[str, str], *, as_json: bool) -> None:
    """Say what a file brought."""
    if as_json:
        click.echo(json.dumps(counts, ensure_ascii=False))
    else:
        click.echo("、".join(f"{label} {counts[name]:,} 件" for name, label in labels.items()))


def refuse(refused: FileRefused, *, as_json: bool) -> NoReturn:
    """Tell the first faults with their lines (as JSON all), and end with exit code 1."""
    if as_json:
        click.echo(json.dumps({"code": refused.code, **refused.details}, ensure_ascii=False))
    else:
        tell(refusal_line(refused))
        for fault in refused.faults[:MOST_FAULTS]:
            click.echo(f"  {fault.line} 行目 {fault.field} {fault.rule}: {fault.message}", err=True)
        if len(refused.faults) > MOST_FAULTS:
            click.echo(f"  ほか {len(refused.faults) - MOST_FAULTS:,} 件（すべては --json）", err=True)
    sys.exit(1)
