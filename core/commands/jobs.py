"""`juminzei jobs`: start long work and follow it, work for others, look, cancel, resume."""

import asyncio
import signal
import sys
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from typing import TypeVar

import click

from core.access.actor import SYSTEM
from core.commands.terminal import PersonRequired, may_act_alone
from core.jobs import queries, service
from core.jobs.follow import follow
from core.jobs.report import as_json, one_line
from core.jobs.state import RESUMABLE, JobStatus
from core.jobs.types import collect, find
from core.jobs.worker import Worker
from core.runtime import Runtime
from core.storage.database import Database, WriteSession

T = TypeVar("T")
Change = Callable[[WriteSession], Awaitable[JobStatus]]
json_option = click.option(
    "--json", "json_lines", is_flag=True, help="プログラム向けに、1行に1つのJSONで出力"
)
detach_option = click.option("--detach", is_flag=True, help="登録だけする。実行は動いているワーカー")


@click.group("jobs")
def jobs() -> None:
    """ジョブの実行・一覧・中止・再開。"""


@jobs.command("run")
@click.argument("name", metavar="TYPE")
@click.option("--param", "given", multiple=True, metavar="KEY=VALUE", help="パラメーター（何度でも）")
@detach_option
@json_option
@click.pass_obj
def run(runtime: Runtime, name: str, given: Sequence[str], *, detach: bool, json_lines: bool) -> None:
    """ジョブを登録し、進み具合を表示します。Ctrl-Cで中止を依頼します。

    システムの名で実行します。本番では、設定 unattended のある定時処理だけが使えます。
    """
    if not may_act_alone(runtime):
        raise PersonRequired
    kind = find(collect(runtime.plugins.gather("jobs")), name)
    parameters = dict(_pair(text) for text in given)

    async def queue(session: WriteSession) -> JobStatus:
        return await service.get(session, await service.enqueue(session, kind, parameters, SYSTEM))

    _start(runtime, queue, detach=detach, json_lines=json_lines)


@jobs.command("resume")
@click.argument("job_id", type=int)
@detach_option
@json_option
@click.pass_obj
def resume(runtime: Runtime, job_id: int, *, detach: bool, json_lines: bool) -> None:
    """失敗・中止したジョブを、終わったところから再開します。"""
    _start(runtime, lambda session: service.resume(session, job_id), detach=detach, json_lines=json_lines)


@jobs.command("cancel")
@click.argument("job_id", type=int)
@json_option
@click.pass_obj
def cancel(runtime: Runtime, job_id: int, *, json_lines: bool) -> None:
    """ジョブの中止を依頼します(実行中なら次の区切りで止まります)。"""
    status = _ask(
        runtime, lambda database: _change(database, lambda session: service.cancel(session, job_id))
    )
    click.echo(as_json(status) if json_lines else one_line(status))


@jobs.command("show")
@click.argument("job_id", type=int)
@json_option
@click.pass_obj
def show(runtime: Runtime, job_id: int, *, json_lines: bool) -> None:
    """ジョブの状態を表示します。"""

    async def read(database: Database) -> JobStatus:
        async with database.read() as session:
            return await service.get(session, job_id)

    status = _ask(runtime, read)
    click.echo(as_json(status) if json_lines else one_line(status))


@jobs.command("list")
@click.option("--limit", type=click.IntRange(1, 1000), default=20, show_default=True, help="表示する件数")
@json_option
@click.pass_obj
def list_jobs(runtime: Runtime, limit: int, *, json_lines: bool) -> None:
    """ジョブの一覧を、新しい順に表示します。"""

    async def read(database: Database) -> Sequence[JobStatus]:
        async with database.read() as session:
            return await queries.newest(session, limit)

    for status in _ask(runtime, read):
        click.echo(as_json(status) if json_lines else one_line(status))


@jobs.command("work")
@click.pass_obj
def work(runtime: Runtime) -> None:
    """ジョブを処理し続けます(Ctrl-Cで、持っているジョブを返して終わります)。"""
    with suppress(KeyboardInterrupt, asyncio.CancelledError):
        _ask(runtime, lambda database: _work_until_told(Worker(runtime, database)))


async def _work_until_told(worker: Worker) -> None:
    working = asyncio.ensure_future(worker.run())
    # Not by way of SIGINT's handler: who is started in the background of a script has none.
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, working.cancel)
    await working


def _start(runtime: Runtime, change: Change, *, detach: bool, json_lines: bool) -> None:
    """Queue a job, follow it unless that is not wanted, and exit with 1 if it did not succeed."""

    async def start(database: Database) -> JobStatus:
        status = await _change(database, change)
        if detach:
            click.echo(as_json(status) if json_lines else one_line(status))
            return status
        return await follow(runtime, database, status.id, json_lines=json_lines)

    sys.exit(_ask(runtime, start).state in RESUMABLE)


def _ask(runtime: Runtime, question: Callable[[Database], Awaitable[T]]) -> T:
    async def ask() -> T:
        async with runtime.open_database() as database:
            return await question(database)

    return asyncio.run(ask())


async def _change(database: Database, change: Change) -> JobStatus:
    async with database.transaction() as session:
        return await change(session)


def _pair(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals:
        raise click.BadParameter("KEY=VALUE", param_hint="--param")
    return name, value
