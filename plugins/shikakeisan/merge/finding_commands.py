"""`juminzei year finding`: what the merge found, in the hands of officers."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any, TypeAlias

import click
from sqlalchemy import Row

from core.access.permission import Permission
from core.commands.desk import Desk, staff_option
from core.runtime import Runtime
from core.work import Work
from plugins.shikakeisan.merge import settling
from plugins.shikakeisan.permissions import MERGE_APPROVE, MERGE_PROPOSE

NOBODY = "(担当なし)"
Deed: TypeAlias = Callable[[Work, Row[Any]], Awaitable[None]]


@click.group("finding")
def finding() -> None:
    """資料併合の確認事項を処理します。完了は、1人が提案し、ほかの1人が確認します。"""


@finding.command("assign")
@click.argument("ids", nargs=-1, required=True, type=int)
@click.option("--to", "owner", required=True, metavar="STAFF", help="担当の職員番号。空文字で担当なし")
@staff_option()
@click.pass_obj
def assign(runtime: Runtime, ids: Sequence[int], owner: str, staff: str | None) -> None:
    """担当を決めます。"""

    async def deed(work: Work, row: Row[Any]) -> None:
        await settling.assign_finding(work, row.id, row.version, owner)

    _each(Desk(runtime, staff, "year finding assign"), MERGE_PROPOSE, ids, deed)


@finding.command("propose")
@click.argument("ids", nargs=-1, required=True, type=int)
@click.option("--reason", required=True, help="理由。記録に残ります")
@staff_option()
@click.pass_obj
def propose(runtime: Runtime, ids: Sequence[int], reason: str, staff: str | None) -> None:
    """完了とすることを、理由を付けて提案します。"""

    async def deed(work: Work, row: Row[Any]) -> None:
        await settling.propose_closing(work, row.id, row.version, reason)

    _each(Desk(runtime, staff, "year finding propose"), MERGE_PROPOSE, ids, deed)


@finding.command("confirm")
@click.argument("ids", nargs=-1, required=True, type=int)
@staff_option()
@click.pass_obj
def confirm(runtime: Runtime, ids: Sequence[int], staff: str | None) -> None:
    """ほかの職員の提案を確認し、完了とします。"""

    async def deed(work: Work, row: Row[Any]) -> None:
        await settling.confirm_closing(work, row.id, row.version)

    _each(Desk(runtime, staff, "year finding confirm"), MERGE_APPROVE, ids, deed)


@finding.command("reject")
@click.argument("ids", nargs=-1, required=True, type=int)
@staff_option()
@click.pass_obj
def reject(runtime: Runtime, ids: Sequence[int], staff: str | None) -> None:
    """提案を差し戻します。"""

    async def deed(work: Work, row: Row[Any]) -> None:
        await settling.reject_closing(work, row.id, row.version)

    _each(Desk(runtime, staff, "year finding reject"), MERGE_APPROVE, ids, deed)


def _each(desk: Desk, permission: Permission, ids: Sequence[int], deed: Deed) -> None:
    """Do a deed for each finding, all of them or none."""

    async def all_of_them(work: Work) -> None:
        for each in ids:
            await deed(work, await settling.finding_of(work, each))

    desk.act(permission, all_of_them)
    click.echo(f"{len(ids)}件を処理しました。")
