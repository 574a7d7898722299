"""`juminzei year forms …`: counting by conditions, making return forms, and what was made."""

from collections.abc import Callable, Mapping
from pathlib import Path

import click

from core.commands.desk import Desk, staff_option
from core.commands.terminal import asked, write_private
from core.errors import NotFound
from core.runtime import Runtime
from core.storage.database import Database
from core.work import Work
from plugins.shikakeisan.base.years import opened_year
from plugins.shikakeisan.forms import queries, service
from plugins.shikakeisan.forms.catalogue import Chosen, choose, conditions
from plugins.shikakeisan.forms.printing import files_of, sheets_again
from plugins.shikakeisan.forms.service import Count
from plugins.shikakeisan.permissions import FORMS_MAKE

MOST_SHOWN = 1_000
Decorator = Callable[[Callable[..., None]], Callable[..., None]]


def condition_options(side: str) -> Decorator:
    """Return the option that chooses the conditions of a side."""
    codes = [one.code for one in conditions().values() if one.side == side]
    usual = " ".join(one.code for one in conditions().values() if one.side == side and one.default)
    what = "作成する者の条件" if side == "include" else "除く者の条件"
    return click.option(
        f"--{side}",
        type=click.Choice([*codes, "NONE"]),
        multiple=True,
        help=f"{what}(何度でも)。省略すると {usual}。NONE は条件なし",
    )


@click.group("forms")
def forms() -> None:
    """住民税申告書の作成（A-3）。作成の前に件数を示します。"""


@forms.command("count")
@click.argument("tax_year", type=int)
@condition_options("include")
@condition_options("exclude")
@click.pass_obj
def count(runtime: Runtime, tax_year: int, include: tuple[str, ...], exclude: tuple[str, ...]) -> None:
    """条件に当たる件数を示します。何も作成しません。"""
    chosen = _chosen(include, exclude)

    async def ask(database: Database) -> Count:
        async with database.read() as session:
            return await service.count(session, tax_year, chosen)

    found = asked(runtime, ask)
    for code, people in found.alone.items():
        one = conditions()[code]
        sign = "作成" if one.side == "include" else "除く"
        click.echo(f"{sign}\t{code}\t{one.label}\t{people:,}人")
    click.echo(f"条件に当たる者\t{found.people:,}人")
    click.echo(f"作成済み\t{found.already:,}人")
    click.echo(f"新しく作成する\t{found.new:,}件")


@forms.command("make")
@click.argument("tax_year", type=int)
@condition_options("include")
@condition_options("exclude")
@click.option("--expect", type=click.IntRange(0), metavar="N", help="countが示した「新しく作成する」件数")
@click.option("--again", type=int, metavar="RUN", help="作成済みの印刷ファイルをもう一度出力")
@click.option(
    "--out", type=click.Path(file_okay=False, path_type=Path), required=True, help="書き出すフォルダー"
)
@staff_option()
@click.pass_obj
def make(
    runtime: Runtime,
    tax_year: int,
    include: tuple[str, ...],
    exclude: tuple[str, ...],
    expect: int | None,
    again: int | None,
    out: Path,
    staff: str | None,
) -> None:
    """申告書を作成し、印刷ファイル（CSV）と送付書（JSON）を書き出します。

    件数が --expect と違えば1件も作成しません。支援措置の対象者は別のファイル（_private）になります。
    --again でも、今日の対象者（作成した後に対象になった者を含む）は別のファイルです。
    """
    if (expect is None) == (again is None):
        raise click.UsageError("--expect か --again のどちらか一方を指定してください。")

    async def deed(work: Work) -> tuple[Mapping[str, bytes], int]:
        chosen = _chosen(include, exclude)
        run_id = again if again is not None else await service.make(work, tax_year, chosen, expect or 0)
        run = await queries.run_row(work.session, run_id)
        if run.tax_year != tax_year:
            raise NotFound
        work.journal.saw(service.JOURNAL_TYPE, str(run_id))
        sheets, hidden = await sheets_again(work, run)
        return files_of(run, sheets, await service.municipality_of(work.session, run)), hidden

    # recorded before anything is written: what is lost between the two is made again, never printed twice
    files, hidden = Desk(runtime, staff, "year forms make").act(FORMS_MAKE, deed)
    for name, data in files.items():
        write_private(out, name, data)
        click.echo(str(out / name))
    if hidden:
        click.echo(f"作成後に支援措置の対象になったため _private に移した者\t{hidden:,}人")


@forms.command("list")
@click.argument("tax_year", type=int)
@click.pass_obj
def list_command(runtime: Runtime, tax_year: int) -> None:
    """作成した申告書を、新しい順に、件数と条件で示します。"""

    async def ask(database: Database) -> list[str]:
        async with database.read() as session:
            await opened_year(session, tax_year)
            rows = await queries.runs(session, tax_year, None, MOST_SHOWN)
        return [
            "\t".join(
                (
                    f"{row.id}",
                    f"{row.made_at:%Y-%m-%d}",
                    f"{row.counts[service.MADE]:,}件",
                    " ".join(row.included),
                    "除く " + " ".join(row.excluded),
                    row.made_by,
                )
            )
            for row in rows
        ]

    for line in asked(runtime, ask) or ["作成した申告書はありません。"]:
        click.echo(line)


def _chosen(include: tuple[str, ...], exclude: tuple[str, ...]) -> Chosen:
    return choose(_codes(include), _codes(exclude))


def _codes(given: tuple[str, ...]) -> tuple[str, ...] | None:
    """Return the codes that were named; None where nothing was, and the defaults hold."""
    return tuple(code for code in given if code != "NONE") if given else None
