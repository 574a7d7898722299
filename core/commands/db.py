"""`juminzei db migrate | status | stop | reset`: the database's own commands."""

import asyncio
import sys
from collections.abc import Sequence

import click

from core.errors import StartError
from core.runtime import Runtime
from core.settings import DATA_DIR
from core.storage.address import ServerAddress, external_address
from core.storage.database import Database
from core.storage.embedded import ServerState, erase, status, stop
from core.storage.migrations import Migrations, migrate
from core.storage.readiness import check_ready

STATES = {
    ServerState.ABSENT: "組み込みデータベースはまだ作られていません。",
    ServerState.STOPPED: "組み込みデータベースは停止しています。",
    ServerState.RUNNING: "組み込みデータベースは動いています。",
}


@click.group("db")
def db_group() -> None:
    """データベースの更新・状態・停止。"""


@db_group.command("migrate")
@click.pass_obj
def migrate_command(runtime: Runtime) -> None:
    """表を最新の版にします(所有者の権限で実行します)。"""
    with runtime.database_address() as address:
        done = asyncio.run(migrate(address, runtime.plugins.answers("migrations")))
    for step in done:
        click.echo(step)
    click.echo("データベースは最新です。")


@db_group.command("status")
@click.pass_obj
def status_command(runtime: Runtime) -> None:
    """データベースの状態を表示します。起動はしません。問題があれば終了コード 1。"""
    if external_address(runtime.settings) is None:
        state = status(runtime.settings[DATA_DIR])
        click.echo(STATES[state])
        if state is not ServerState.RUNNING:
            return
    with runtime.database_address() as address:
        problems = asyncio.run(_problems(address, runtime.plugins.answers("migrations")))
    for problem in problems or ["問題はありません。"]:
        click.echo(problem)
    sys.exit(bool(problems))


@db_group.command("stop")
@click.pass_obj
def stop_command(runtime: Runtime) -> None:
    """組み込みデータベースを、使用中でも止めます。"""
    _embedded_only(runtime)
    was_running = stop(runtime.settings[DATA_DIR])
    click.echo("止めました。" if was_running else "動いていません。")


@db_group.command("reset")
@click.option("--yes", is_flag=True, help="確認なしで消す")
@click.pass_obj
def reset_command(runtime: Runtime, *, yes: bool) -> None:
    """組み込みデータベースのデータをすべて消します。本番では使えません。"""
    _embedded_only(runtime)
    if runtime.is_production:
        raise StartError("db reset is refused: profile is production")
    if not yes:
        click.confirm("すべてのデータを消します。よろしいですか", abort=True)
    erase(runtime.settings[DATA_DIR])
    click.echo("消しました。")


def _embedded_only(runtime: Runtime) -> None:
    if external_address(runtime.settings) is not None:
        raise StartError("DATABASE_URL names a server of your own: it is not ours to stop or to erase")


async def _problems(address: ServerAddress, branches: Sequence[Migrations]) -> list[str]:
    database = Database(address.app_url)
    try:
        return await check_ready(database, branches)
    finally:
        await database.close()
