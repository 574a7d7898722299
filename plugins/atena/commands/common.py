"""What the commands of 宛名 have in common: who records, and how a file's faults are told."""

import json
import sys
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

import click

from core.access.journal import AccessRecord
from core.runtime import Runtime
from core.storage.database import WriteSession
from plugins.atena.errors import FileRefused

Record = Callable[[WriteSession, Sequence[AccessRecord]], Awaitable[object]]
json_option = click.option("--json", "as_json", is_flag=True, help="one JSON object, for programs")
day_type = click.DateTime(["%Y-%m-%d"])


def recorder(runtime: Runtime) -> Record:
    """Return what writes lines of the access log."""

    async def record(session: WriteSession, records: Sequence[AccessRecord]) -> None:
        await runtime.plugins.run("record_access", session=session, records=records)

    return record


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
        click.echo(str(refused))
        for fault in refused.faults:
            click.echo(f"  {fault.line} 行目 {fault.field} {fault.rule}: {fault.message}")
    sys.exit(1)
