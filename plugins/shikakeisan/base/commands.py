"""`juminzei year open` and `juminzei year freeze`."""

import click

from core.commands.terminal import asked
from core.runtime import Runtime
from core.storage.database import Database
from plugins.shikakeisan.base.municipality import MUNICIPALITY
from plugins.shikakeisan.base.service import Counts, freeze_base, open_year
from plugins.shikakeisan.base.standing import STANDING_LABELS
from plugins.shikakeisan.terminal import recorded


@click.command("open")
@click.argument("tax_year", type=int)
@click.option("--municipality", metavar="CODE", help="団体コード(6桁)。省略すると設定の団体")
@click.pass_obj
def open_command(runtime: Runtime, tax_year: int, municipality: str | None) -> None:
    """課税年度を開始します。"""
    code = municipality or runtime.settings[MUNICIPALITY]

    async def ask(database: Database) -> bool:
        return await recorded(runtime, database, "year open", lambda work: open_year(work, tax_year, code))

    opened = asked(runtime, ask)
    click.echo(f"{tax_year}年度を{'開始しました' if opened else 'すでに開始しています'}。")


@click.command("freeze")
@click.argument("tax_year", type=int)
@click.pass_obj
def freeze(runtime: Runtime, tax_year: int) -> None:
    """新年度個人基本: 1月1日現在の個人基本を作り、確定します。もう一度実行すると違いだけを反映します。"""

    async def ask(database: Database) -> Counts:
        return await recorded(
            runtime, database, "year freeze", lambda work: freeze_base(runtime, work, tax_year)
        )

    counts = asked(runtime, ask)
    for standing, people in counts.by_standing.items():
        click.echo(f"{STANDING_LABELS[standing]}\t{people:,}人")
    click.echo(f"今回変わった者\t{counts.changed:,}人")
