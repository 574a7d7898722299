"""`juminzei year open` and `juminzei year freeze`."""

import click

from core.commands.desk import Desk, staff_option
from core.runtime import Runtime
from plugins.shikakeisan.base.municipality import MUNICIPALITY
from plugins.shikakeisan.base.service import freeze_base, open_year
from plugins.shikakeisan.base.standing import STANDING_LABELS
from plugins.shikakeisan.permissions import BASE_MAKE


@click.command("open")
@click.argument("tax_year", type=int)
@click.option("--municipality", metavar="CODE", help="団体コード(6桁)。省略すると設定の団体")
@staff_option()
@click.pass_obj
def open_command(runtime: Runtime, tax_year: int, municipality: str | None, staff: str | None) -> None:
    """課税年度を開始します。"""
    code = municipality or runtime.settings[MUNICIPALITY]
    desk = Desk(runtime, staff, "year open", is_machines_too=True)
    opened = desk.act(BASE_MAKE, lambda work: open_year(work, tax_year, code))
    click.echo(f"{tax_year}年度を{'開始しました' if opened else 'すでに開始しています'}。")


@click.command("freeze")
@click.argument("tax_year", type=int)
@staff_option()
@click.pass_obj
def freeze(runtime: Runtime, tax_year: int, staff: str | None) -> None:
    """新年度個人基本: 1月1日現在の個人基本を作り、確定します。もう一度実行すると違いだけを反映します。"""
    desk = Desk(runtime, staff, "year freeze", is_machines_too=True)
    counts = desk.act(BASE_MAKE, lambda work: freeze_base(runtime, work, tax_year))
    for standing, people in counts.by_standing.items():
        click.echo(f"{STANDING_LABELS[standing]}\t{people:,}人")
    click.echo(f"今回変わった者\t{counts.changed:,}人")
