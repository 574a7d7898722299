"""`juminzei year circumstance …`: lists of other offices proposed whole, approved whole by another person."""

from pathlib import Path
from typing import Any

import click
from sqlalchemy import Row

from core.commands.desk import Desk, staff_option
from core.commands.terminal import asked
from core.errors import JuminzeiError
from core.runtime import Runtime
from core.storage.database import Database
from core.work import Work
from plugins.shikakeisan.base import circumstance_queries, circumstances
from plugins.shikakeisan.base.circumstances import ADD, END, Proposed
from plugins.shikakeisan.base.errors import ListRefused
from plugins.shikakeisan.base.lists import read_list
from plugins.shikakeisan.base.standing import CIRCUMSTANCE_LABELS, Circumstance
from plugins.shikakeisan.base.years import opened_year
from plugins.shikakeisan.overview.replay import approve_circumstances
from plugins.shikakeisan.permissions import CIRCUMSTANCE_APPROVE, CIRCUMSTANCE_PROPOSE
from plugins.shikakeisan.states import ProposalState

MOST_SHOWN = 20


@click.group("circumstance")
def circumstance() -> None:
    """住民記録からは分からない事情（生活扶助、家屋敷、居住の認定、ほかの市区町村の課税）。"""


@circumstance.command("propose")
@click.argument("tax_year", type=int)
@click.argument("path", metavar="FILE", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--kind", type=click.Choice([one.value for one in Circumstance]), required=True, help="種類")
@click.option("--source", required=True, help="根拠(通知や一覧の名称)。記録に残ります")
@click.option("--take-back", is_flag=True, help="登録ではなく取消しを提案する")
@staff_option()
@click.pass_obj
def propose(
    runtime: Runtime, tax_year: int, path: Path, kind: str, source: str, staff: str | None, *, take_back: bool
) -> None:
    """一覧(CSV: atena_number,ward_code)を1件の提案にします。1行でも誤りがあれば何も登録しません。"""
    try:
        lines = read_list(path.read_bytes())
    except ListRefused as refusal:
        raise _refused(refusal) from None
    given = Proposed(tax_year, Circumstance(kind), END if take_back else ADD, source, lines)

    async def deed(work: Work) -> int | ListRefused:
        try:
            return await circumstances.propose(work, given)
        except ListRefused as refusal:
            return refusal

    done = Desk(runtime, staff, "year circumstance propose").act(CIRCUMSTANCE_PROPOSE, deed)
    if isinstance(done, ListRefused):
        raise _refused(done)
    click.echo(f"提案 {done}: {len(lines):,} 行。ほかの職員が approve すると確定します。")


@circumstance.command("list")
@click.argument("tax_year", type=int)
@click.option("--all", "show_all", is_flag=True, help="承認・差戻しの済んだものも表示する")
@click.pass_obj
def list_command(runtime: Runtime, tax_year: int, *, show_all: bool) -> None:
    """提案を、古い順に表示します。対象者は表示しません。"""

    async def ask(database: Database) -> list[str]:
        state = None if show_all else ProposalState.PROPOSED
        async with database.read() as session:
            await opened_year(session, tax_year)
            rows = await circumstance_queries.list_proposals(session, tax_year, state=state, limit=10_000)
        return ["\t".join(_cells(row)) for row in rows]

    for line in asked(runtime, ask) or ["承認を待つ提案はありません。"]:
        click.echo(line)


@circumstance.command("approve")
@click.argument("proposal_id", type=int)
@click.option("--version", type=int, required=True, help="listに表示された版")
@staff_option()
@click.pass_obj
def approve(runtime: Runtime, proposal_id: int, version: int, staff: str | None) -> None:
    """ほかの職員の提案を、全体として承認します。個人基本の確定後は、対象者の個人基本が変わります。"""

    async def deed(work: Work) -> int:
        return len(await approve_circumstances(work, proposal_id, version))

    changed = Desk(runtime, staff, "year circumstance approve").act(CIRCUMSTANCE_APPROVE, deed)
    click.echo(f"承認しました。個人基本の変わった者 {changed:,}人")


@circumstance.command("reject")
@click.argument("proposal_id", type=int)
@click.option("--version", type=int, required=True, help="listに表示された版")
@staff_option()
@click.pass_obj
def reject(runtime: Runtime, proposal_id: int, version: int, staff: str | None) -> None:
    """提案を差し戻します。自分の提案のときは取り下げます。"""

    async def deed(work: Work) -> None:
        await circumstances.reject(work, proposal_id, version)

    Desk(runtime, staff, "year circumstance reject").act(CIRCUMSTANCE_PROPOSE, deed)
    click.echo("差し戻しました。")


def _cells(row: Row[Any]) -> tuple[str, ...]:
    kind, action = CIRCUMSTANCE_LABELS[Circumstance(row.kind)], "登録" if row.action == ADD else "取消し"
    said = (f"{row.id}", f"第{row.version}版", row.state, kind, action)
    return (*said, f"{row.people:,}人", row.proposed_by, row.source)


def _refused(refusal: JuminzeiError) -> click.ClickException:
    """Make a refusal of a list: its lines with their rules, never what stands there."""
    found = refusal.details["findings"]
    lines = [f"{one['line']}行目: {one['rule']}" for one in found] if isinstance(found, list) else []
    rest = [f"ほか {len(lines) - MOST_SHOWN:,} 件"] if len(lines) > MOST_SHOWN else []
    return click.ClickException("\n".join([f"{refusal.text} ({refusal.code})", *lines[:MOST_SHOWN], *rest]))
