"""`juminzei year findings`: what base and merge found, in one list; the base's findings are closed here."""

import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

import click
from sqlalchemy import Row

from core.access.permission import Permission
from core.clock import JAPAN
from core.commands.desk import Desk, staff_option
from core.runtime import Runtime
from core.work import Work
from plugins.atena.api import Moment, persons_by_id
from plugins.shikakeisan.base.years import opened_year
from plugins.shikakeisan.merge import listing
from plugins.shikakeisan.merge.labels import fact_label, finding_text
from plugins.shikakeisan.merge.listing import Wanted
from plugins.shikakeisan.merge.paths import outward, person_in, relative_of
from plugins.shikakeisan.merge.settling import FINDING_TYPE
from plugins.shikakeisan.overview import findings as base_findings
from plugins.shikakeisan.permissions import BASE, BASE_SETTLE, MERGE_READ
from plugins.shikakeisan.states import FINDING_LABELS, FindingStage

NOBODY = "(担当なし)"
STAGES: Mapping[str, tuple[str, Permission]] = {
    FindingStage.BASE: ("個人基本", BASE),
    FindingStage.MERGE: ("資料併合", MERGE_READ),
}
"""What is listed here, with what it asks for; what the calculation found is in `year undecided`."""


@click.command("findings")
@click.argument("tax_year", type=int)
@click.option("--stage", type=click.Choice([*map(str, STAGES)]), help="段階(base 個人基本、merge 資料併合)")
@click.option("--code", help="コード(TWO_CLAIMANTSなど)")
@click.option("--owner", metavar="STAFF", help="担当の職員番号")
@click.option("--all", "with_settled", is_flag=True, help="終わったもの・なくなったものも表示する")
@click.option("--summary", is_flag=True, help="コードごとの件数")
@click.option("--limit", type=click.IntRange(1, 100_000), default=100, show_default=True, help="表示する件数")
@click.option("--json", "as_json", is_flag=True, help="プログラム向けに、1行に1つのJSONで出力")
@staff_option()
@click.pass_obj
def findings(
    runtime: Runtime,
    tax_year: int,
    stage: str | None,
    code: str | None,
    owner: str | None,
    limit: int,
    staff: str | None,
    *,
    with_settled: bool,
    summary: bool,
    as_json: bool,
) -> None:
    """個人基本と資料併合の確認事項（併合エラーリスト）を、段階ごとに古い順に表示します。

    個人番号・氏名は表示しません。賦課計算の確認事項は year undecided で表示します。
    """
    desk = Desk(runtime, staff, "year findings")
    items: list[Mapping[str, Any]] = []
    for each in STAGES if stage is None else [stage]:
        wanted = Wanted(tax_year, each, code, owner, is_open=None if with_settled else True)
        listed = _counted(wanted) if summary else _listed(wanted, limit - len(items))
        items += desk.act(STAGES[each][1], listed)
    for item in items:
        click.echo(json.dumps(item, ensure_ascii=False) if as_json else "\t".join(map(_cell, item.values())))
    if not items and not as_json:
        click.echo("確認事項はありません。")


@click.command("close")
@click.argument("ids", nargs=-1, required=True, type=int)
@click.option("--reason", required=True, help="理由。記録に残ります")
@staff_option()
@click.pass_obj
def close_finding(runtime: Runtime, ids: Sequence[int], reason: str, staff: str | None) -> None:
    """個人基本の確認事項を、更正の要らないものとして完了にします。税額は変わりません。"""

    async def deed(work: Work) -> None:
        for each in ids:
            row = await base_findings.finding_row(work.session, each)
            await base_findings.close(work, each, row.version, reason)

    Desk(runtime, staff, "year finding close").act(BASE_SETTLE, deed)
    click.echo(f"{len(ids)}件を処理しました。")


Listed = Callable[[Work], Awaitable[Sequence[Mapping[str, Any]]]]


def _counted(wanted: Wanted) -> Listed:
    async def deed(work: Work) -> Sequence[Mapping[str, Any]]:
        await opened_year(work.session, wanted.tax_year)
        return [_count(row) for row in await listing.counts(work.session, wanted.tax_year, wanted.stage)]

    return deed


def _listed(wanted: Wanted, limit: int) -> Listed:
    async def deed(work: Work) -> Sequence[Mapping[str, Any]]:
        await opened_year(work.session, wanted.tax_year)
        return await _shown(work, await listing.list_findings(work.session, wanted, after=0, limit=limit))

    return deed


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
        "stage": STAGES[row.stage][0],
        "code": row.code,
        "state": FINDING_LABELS[row.state],
        "blocking": "税額決定前に処理" if row.is_blocking else "確認のみ",
        "owner": row.owner or NOBODY,
        "atena_number": numbers.get(row.person_id, ""),
        "others": [numbers[one] for one in row.others if one in numbers],
        "relative": "" if relative is None else numbers.get(relative, ""),
        "documents": list(row.documents),
        "path": outward(_path(row), numbers),
        "fact": fact_label(_path(row)),
        "decision": row.details.get("decision", ""),
        "message": _text(row.stage, row.code, row.details),
        "opened_at": row.opened_at.astimezone(JAPAN).isoformat(timespec="seconds"),
    }


def _count(row: Row[Any]) -> dict[str, Any]:
    said = {
        "stage": STAGES[row.stage][0],
        "code": row.code,
        "state": FINDING_LABELS[row.state],
        "findings": row.findings,
    }
    return {**said, "message": _text(row.stage, row.code, {})}


def _text(stage: str, code: str, details: Mapping[str, Any]) -> str:
    return base_findings.text_of(code) if stage == FindingStage.BASE else finding_text(code, details)


def _cell(value: object) -> str:
    return " ".join(map(str, value)) if isinstance(value, list) else str(value)
