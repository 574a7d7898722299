"""`juminzei year findings` and `juminzei year finding`: what the merge found, in the hands of officers."""

import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, Final, TypeAlias

import click
from sqlalchemy import Row

from core.access.permission import Permission
from core.clock import JAPAN
from core.runtime import Runtime
from plugins.atena.api import Moment, persons_by_id
from plugins.shikakeisan.merge import listing, settling
from plugins.shikakeisan.merge.book import finding_kinds
from plugins.shikakeisan.merge.labels import fact_label, finding_text
from plugins.shikakeisan.merge.listing import Wanted
from plugins.shikakeisan.merge.paths import outward, person_in, relative_of
from plugins.shikakeisan.merge.settling import FINDING_TYPE
from plugins.shikakeisan.permissions import MERGE_APPROVE, MERGE_PROPOSE, MERGE_READ
from plugins.shikakeisan.states import FindingState
from plugins.shiryo.api import Desk, Work, staff_option

NOBODY = "(担当なし)"
STATES: Final = {
    FindingState.OPEN: "未処理",
    FindingState.PROPOSED: "確認待ち",
    FindingState.CLOSED: "完了",
    FindingState.GONE: "解消",
}
Deed: TypeAlias = Callable[[Work, Row[Any]], Awaitable[None]]


@click.command("findings")
@click.argument("tax_year", type=int)
@click.option("--code", help="コード(TWO_CLAIMANTSなど)")
@click.option("--owner", metavar="STAFF", help="担当の職員番号")
@click.option("--all", "with_settled", is_flag=True, help="終わったもの・なくなったものも表示する")
@click.option("--summary", is_flag=True, help="コードごとの件数")
@click.option("--limit", type=click.IntRange(1, 100_000), default=100, show_default=True)
@click.option("--json", "as_json", is_flag=True, help="one JSON object per line, for programs")
@staff_option()
@click.pass_obj
def findings(
    runtime: Runtime,
    tax_year: int,
    code: str | None,
    owner: str | None,
    limit: int,
    staff: str | None,
    *,
    with_settled: bool,
    summary: bool,
    as_json: bool,
) -> None:
    """資料併合の確認事項（併合エラーリスト）を、古い順に表示します。個人番号・氏名は表示しません。"""
    wanted = Wanted(tax_year, code=code, owner=owner, is_open=None if with_settled else True)

    async def deed(work: Work) -> Sequence[Mapping[str, Any]]:
        if summary:
            return [_count(row) for row in await listing.counts(work.session, tax_year)]
        return await _shown(work, await listing.list_findings(work.session, wanted, after=0, limit=limit))

    items = Desk(runtime, staff, "year findings").act(MERGE_READ, deed)
    for item in items:
        click.echo(json.dumps(item, ensure_ascii=False) if as_json else "\t".join(map(_cell, item.values())))
    if not items and not as_json:
        click.echo("確認事項はありません。")


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


async def _shown(work: Work, rows: Sequence[Row[Any]]) -> Sequence[Mapping[str, Any]]:
    """Give what a line says of each finding, people by 宛名番号; everybody named enters the access log."""
    ids = {one for row in rows for one in (row.person_id, *row.others, *_about(row))}
    people = await persons_by_id(work.session, sorted(ids), Moment(work.now.astimezone(JAPAN).date()))
    numbers = {person_id: person.atena_number for person_id, person in people.items()}
    for row in rows:
        work.journal.saw(FINDING_TYPE, str(row.id))
    for person_id in sorted(people):
        work.journal.saw(people[person_id].journal_type, people[person_id].journal_id())
    return [_item(row, numbers) for row in rows]


def _about(row: Row[Any]) -> set[int]:
    """Return the relatives whom the details of a finding are about."""
    found = {person_in(str(row.details.get("relative", ""))), relative_of(_path(row))}
    return {one for one in found if one is not None}


def _path(row: Row[Any]) -> str:
    return str(row.details.get("path", "")) if "decision" in row.details else ""


def _item(row: Row[Any], numbers: Mapping[int, str]) -> dict[str, Any]:
    relative = person_in(str(row.details.get("relative", "")))
    return {
        "id": row.id,
        "code": row.code,
        "state": STATES[row.state],
        "blocking": "税額決定前に処理" if row.is_blocking else "確認のみ",
        "owner": row.owner or NOBODY,
        "atena_number": numbers.get(row.person_id, ""),
        "others": [numbers[one] for one in row.others if one in numbers],
        "relative": "" if relative is None else numbers.get(relative, ""),
        "documents": list(row.documents),
        "path": outward(_path(row), numbers),
        "fact": fact_label(_path(row)),
        "decision": row.details.get("decision", ""),
        "message": finding_text(row.code, row.details),
        "opened_at": row.opened_at.astimezone(JAPAN).isoformat(timespec="seconds"),
    }


def _count(row: Row[Any]) -> dict[str, Any]:
    said = {"code": row.code, "state": STATES[row.state], "findings": row.findings}
    return {**said, "message": finding_kinds()[row.code].text}


def _cell(value: object) -> str:
    return " ".join(map(str, value)) if isinstance(value, list) else str(value)
