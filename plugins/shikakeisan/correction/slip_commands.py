"""`juminzei year slips`: 資料連絡せん for the tax office, and which of them wait."""

from pathlib import Path

import click

from core.commands.desk import Desk, staff_option
from core.commands.terminal import write_private
from core.runtime import Runtime
from core.work import Work
from plugins.shikakeisan.correction.slips import SlipFile, print_again, print_slips
from plugins.shikakeisan.permissions import CORRECTION_PROPOSE


@click.command("slips")
@click.argument("tax_year", type=int)
@click.option(
    "--out", type=click.Path(file_okay=False, path_type=Path), required=True, help="書き出すフォルダー"
)
@click.option("--again", type=int, multiple=True, metavar="NUMBER", help="出力済みの番号（もう一度出力）")
@staff_option()
@click.pass_obj
def slips(runtime: Runtime, tax_year: int, out: Path, again: tuple[int, ...], staff: str | None) -> None:
    """資料連絡せん: 扶養否認などで税務署に知らせる者を、CSVと送付書（JSON）で書き出します。

    1度出力したものは次からは出ません。--again に番号を指定すると、もう一度出力できます。
    支援措置の対象者の住所は空欄です。
    """

    async def deed(work: Work) -> SlipFile | None:
        return await print_again(work, tax_year, again) if again else await print_slips(work, tax_year)

    file = Desk(runtime, staff, "year slips").act(CORRECTION_PROPOSE, deed)
    if file is None:
        click.echo("出力を待っている資料連絡せんはありません。")
        return
    write_private(out, f"{file.name}.csv", file.data)
    write_private(out, f"{file.name}.json", file.manifest)
    click.echo(f"{out / file.name}.csv\t{len(file.numbers):,}件\t住所を除いた者 {file.without_address:,}人")
