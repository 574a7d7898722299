"""`juminzei atena feed`, `feed-status`: the register feed."""

import asyncio
import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from core.commands.desk import Desk, staff_option
from core.commands.terminal import refusing
from core.runtime import Runtime
from plugins.atena.commands.common import acting, json_option, recorder
from plugins.atena.permissions import FEED_RECEIVE
from plugins.atena.service.feed import OPERATION, Feed, Run
from plugins.atena.service.feed_status import FeedStatus, Rhythm, feed_rhythm, feed_status, off_schedule
from plugins.atena.vault.keyring import open_keyring


@click.command("feed")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@json_option
@staff_option()
@click.pass_obj
def feed(runtime: Runtime, file: Path, staff: str | None, *, as_json: bool) -> None:
    """住民記録のメッセージを通番の順に適用します。欠番などで止まると終了コード 1。"""
    with refusing():
        run = asyncio.run(_feed(Desk(runtime, staff, OPERATION, is_machines_too=True), file))
    report = _report(run)
    click.echo(json.dumps(report, ensure_ascii=False) if as_json else _lines(run))
    sys.exit(run.stop is not None)


@click.command("feed-status")
@json_option
@click.pass_obj
def feed_status_command(runtime: Runtime, *, as_json: bool) -> None:
    """住記連携がどこまで進んだかを表示します。止まっていると終了コード 1。"""
    status, rhythm = asyncio.run(_feed_status(runtime))
    if as_json:
        click.echo(json.dumps({**asdict(status), **asdict(rhythm)}, default=str, ensure_ascii=False))
    else:
        click.echo(f"適用済み {status.applied_to:,} まで、適用待ち {status.waiting:,} 件")
    if status.stop_code and not as_json:
        click.echo(f"{status.stop_code}: 通番 {status.stop_sequence or '-'} で止まっています。")
    if off_schedule(rhythm) and not as_json:
        click.echo(off_schedule(rhythm))
    sys.exit(bool(status.stop_code))


async def _feed(desk: Desk, file: Path) -> Run:
    async with acting(desk, FEED_RECEIVE) as (database, trace):
        keyring = open_keyring(desk.runtime.settings)
        return await Feed(database, keyring, trace, recorder(desk.runtime)).run(file)


async def _feed_status(runtime: Runtime) -> tuple[FeedStatus, Rhythm]:
    async with runtime.open_database() as database, database.read() as session:
        now = runtime.clock.now()
        return await feed_status(session), await feed_rhythm(session, runtime.settings, now)


def _report(run: Run) -> dict[str, Any]:
    stop = {"code": run.stop.code, **run.stop.details} if run.stop is not None else None
    return {"read": run.read, "applied": run.applied, "doubled": run.doubled, "stop": stop}


def _lines(run: Run) -> str:
    counts = f"読込 {run.read:,} 件、適用 {run.applied:,} 件、適用済み {run.doubled:,} 件"
    if run.stop is None:
        return counts
    details = run.stop.details
    places = (("欠番", "missing"), ("通番", "sequence"), ("行", "line"), ("規則", "rule"))
    where = " ".join(f"{label} {details[name]}" for label, name in places if name in details)
    faults = [
        f"  {finding.field} {finding.rule}: {finding.message}"
        for finding in getattr(run.stop, "findings", ())
    ]
    return "\n".join([counts, f"{run.stop} ({where})", *faults])
