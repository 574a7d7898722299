"""`juminzei year summaries`: who gets a 総括表, and its print file."""

from collections.abc import Mapping
from pathlib import Path

import click

from core.commands.desk import Desk, staff_option
from core.commands.terminal import asked, write_private
from core.runtime import Runtime
from core.storage.database import Database
from core.work import Work
from plugins.shikakeisan.permissions import FORMS_MAKE
from plugins.shikakeisan.summary import service
from plugins.shikakeisan.summary.service import Payers

SHOWN = {
    "made": "新しく作成する",
    "already": "作成済み",
    "electronic": "電子で提出するため作成しない",
    "unknown": "宛名に所在地がないため作成できない",
}


@click.command("summaries")
@click.argument("tax_year", type=click.IntRange(2000, 2099))
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), help="作成して書き出すフォルダー")
@click.option("--again", type=int, metavar="RUN", help="作成済みの印刷ファイルをもう一度出力")
@staff_option()
@click.pass_obj
def summaries(
    runtime: Runtime, tax_year: int, out: Path | None, again: int | None, staff: str | None
) -> None:
    """総括表の作成（A-1）: 前年度に提出した給与支払者と、今年度に登録した給与支払者に1枚ずつ。

    --out がなければ件数を示すだけで、何も作成しません。
    """
    if out is not None:
        _make(Desk(runtime, staff, "year summaries"), tax_year, again, out)
    elif again is not None:
        raise click.UsageError("--out が必要です。")
    else:
        _show(asked(runtime, lambda database: _count(runtime, database, tax_year)))


def _make(desk: Desk, tax_year: int, again: int | None, out: Path) -> None:
    async def deed(work: Work) -> Mapping[str, bytes]:
        run_id = await service.make(work, tax_year) if again is None else again
        return await service.files(work, tax_year, run_id)

    # recorded before anything is written: what is lost between the two is made again, never printed twice
    for name, data in desk.act(FORMS_MAKE, deed).items():
        write_private(out, name, data)
        click.echo(str(out / name))


async def _count(runtime: Runtime, database: Database, tax_year: int) -> Payers:
    async with database.read() as session:
        return await service.payers(session, tax_year, runtime.clock.now())


def _show(found: Payers) -> None:
    for name, count in found.counts.items():
        click.echo(f"{SHOWN[name]}\t{count:,}件")
    for number in found.unknown:
        click.echo(f"{SHOWN['unknown']}\t{number}")
