"""`juminzei forward`: the documents for other municipalities leave (回送), once, and printable again."""

from pathlib import Path

import click

from core.commands.desk import Desk, staff_option
from core.commands.terminal import write_private
from core.errors import NotFound
from core.runtime import Runtime
from core.work import Work
from plugins.atena.api import open_keyring
from plugins.shiryo.permissions import FORWARDING_WRITE
from plugins.shiryo.service.forwarding import Outgoing, dispatch_all, outgoing

CAUTION = "送付先の市区町村に取扱いを確認してから送付してください。"


@click.command("forward")
@click.option("--year", type=int, required=True, help="課税年度(西暦)")
@click.option(
    "--out", type=click.Path(file_okay=False, path_type=Path), required=True, help="ファイルを書くフォルダー"
)
@click.option("--again", type=int, multiple=True, metavar="DISPATCH", help="送付済みの回送番号(もう一度出力)")
@staff_option()
@click.pass_obj
def forward(runtime: Runtime, year: int, out: Path, again: tuple[int, ...], staff: str | None) -> None:
    """回送する資料を市区町村ごとのファイルに出力し、送付日を記録します。

    1度出力した資料は次からは出ません。同じファイルは --again でもう一度出力できます。
    """
    keyring = open_keyring(runtime.settings)

    async def deed(work: Work) -> list[Outgoing]:
        ids = again or await dispatch_all(work, year)
        files = [await outgoing(work, keyring, dispatch_id) for dispatch_id in ids]
        if any(file.tax_year != year for file in files):
            raise NotFound
        return files

    # marked before anything is written: what is lost between the two is printed again, never sent twice
    files = Desk(runtime, staff, "forward").act(FORWARDING_WRITE, deed)
    for file in files:
        _write(out, file)
        click.echo(f"回送番号 {file.dispatch_id}\t{file.municipality_code}\t{file.records:,} 件")
        if file.hidden:
            click.echo(f"  支援措置の対象者の資料を {file.hidden:,} 件含みます。{CAUTION}", err=True)
    if not files:
        click.echo("回送を待っている資料はありません。")


def _write(out: Path, file: Outgoing) -> None:
    write_private(out / file.folder, "kaisou.csv", file.data)
    write_private(out / file.folder, "manifest.json", file.manifest)
