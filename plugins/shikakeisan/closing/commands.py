"""`juminzei year close` and `juminzei year transfer`."""

from datetime import datetime
from pathlib import Path

import click

from core.runtime import Runtime
from core.storage.database import Database
from plugins.shikakeisan.closing import queries
from plugins.shikakeisan.closing import service as closing
from plugins.shikakeisan.closing.transferring import File, make_again, make_transfer
from plugins.shikakeisan.terminal import asked, recorded
from plugins.shiryo.api import Work

SHOWN = {
    "revisions": ("版", "件"),
    "people": ("対象者", "人"),
    "first_revisions": ("当初分", "件"),
    "increased": ("増額", "件"),
    "decreased": ("減額", "件"),
    "late": ("前回の締めより前の決定", "件"),
    "payable_before": ("納付する額（前）", "円"),
    "payable_after": ("納付する額（後）", "円"),
}


@click.command("close")
@click.option("--cut-off", metavar="ISO", help="締めの時刻（時差つきのISO 8601）。省略すると現在")
@click.pass_obj
def close(runtime: Runtime, cut_off: str | None) -> None:
    """異動締め: 前回の締めの後の賦課決定を、1つの締めにまとめます。"""
    moment = None if cut_off is None else _moment(cut_off)

    async def deed(work: Work) -> int:
        return await closing.close(runtime, work, moment)

    async def ask(database: Database) -> list[str]:
        closing_id = await recorded(runtime, database, "year close", deed)
        async with database.read() as session:
            row = await queries.last_close(session)
        counts = {} if row is None else row.counts
        return [
            f"締め {closing_id}",
            *(f"{label}\t{counts.get(name, 0):,}{unit}" for name, (label, unit) in SHOWN.items()),
        ]

    for line in asked(runtime, ask):
        click.echo(line)


@click.command("transfer")
@click.argument("recipient")
@click.option("--again", type=click.IntRange(1), metavar="SEQUENCE", help="送付済みのファイルを作り直す")
@click.option(
    "--out", type=click.Path(file_okay=False, path_type=Path), required=True, help="書き出すフォルダー"
)
@click.pass_obj
def transfer(runtime: Runtime, recipient: str, again: int | None, out: Path) -> None:
    """連携ファイル: 連携先に渡した前回のファイルの後の変更を、CSVと送付書（JSON）で書き出します。"""

    async def deed(work: Work) -> File:
        return await make_transfer(runtime, work, recipient)

    async def ask(database: Database) -> File:
        if again is None:
            return await recorded(runtime, database, "year transfer", deed)
        async with database.read() as session:
            return await make_again(session, recipient, again)

    file = asked(runtime, ask)
    out.mkdir(parents=True, exist_ok=True)
    (out / f"{file.name}.csv").write_bytes(file.data)
    (out / f"{file.name}.json").write_bytes(file.manifest)
    click.echo(f"{out / file.name}.csv\t{file.rows:,}件\t除外 {len(file.left_out):,}人")


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        moment = datetime.min  # noqa: DTZ901  # refused below, like any moment without an offset
    if moment.tzinfo is None:
        raise click.BadParameter("時差つきのISO 8601で指定してください。", param_hint="--cut-off")
    return moment
