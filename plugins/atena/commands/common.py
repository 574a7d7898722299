"""What the commands of 宛名 have in common: who records, and how a file's faults are told."""

import json
import sys
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, TypeVar
from uuid import uuid4

import click

from core.access.actor import SYSTEM
from core.access.journal import AccessRecord, Journal
from core.commands.refusals import refusal_line, tell
from core.graphql.records import Trace, records_of
from core.runtime import Runtime
from core.storage.database import WriteSession
from core.work import Work
from plugins.atena.errors import FileRefused

T = TypeVar("T")
Record = Callable[[WriteSession, Sequence[AccessRecord]], Awaitable[object]]
json_option = click.option("--json", "as_json", is_flag=True, help="one JSON object, for programs")
day_type = click.DateTime(["%Y-%m-%d"])


def recorder(runtime: Runtime) -> Record:
    """Return what writes lines of the access log."""

    async def record(session: WriteSession, records: Sequence[AccessRecord]) -> None:
        await runtime.plugins.run("record_access", session=session, records=records)

    return record


async def working(runtime: Runtime, operation: str, do: Callable[[Work], Awaitable[T]]) -> T:
    """Do one change in a transaction of its own, and enter it in the access log."""
    async with runtime.open_database() as database, database.transaction() as session:
        work = Work(session, Journal(), SYSTEM.number, runtime.clock.now())
        done = await do(work)
        trace = Trace(runtime.clock, SYSTEM, str(uuid4()))
        lines = list(records_of(trace, operation, {}, work.journal, is_query=False))
        await recorder(runtime)(session, lines)
    return done


def report(counts: Mapping[str, Any], labels: Mapping[str, str], *, as_json: bool) -> None:
    """Say what a file brought."""
    if as_json:
        click.echo(json.dumps(counts, ensure_ascii=False))
    else:
        click.echo("、".join(f"{label} {counts[name]:,} 件" for name, label in labels.items()))


def refuse(refused: FileRefused, *, as_json: bool) -> None:
    """Tell every fault with its line, and end with exit code 1."""
    if as_json:
        click.echo(json.dumps({"code": refused.code, **refused.details}, ensure_ascii=False))
    else:
        tell(refusal_line(refused))
        for fault in refused.faults:
            click.echo(f"  {fault.line} 行目 {fault.field} {fault.rule}: {fault.message}", err=True)
    sys.exit(1)
