"""`juminzei worklist show`: one item with its document, its faults and its candidates, for who decides it."""

from collections.abc import Iterator, Mapping
from typing import Any

import click
from sqlalchemy import Row

from core.commands.desk import Desk, staff_option
from core.runtime import Runtime
from core.work import Work
from plugins.atena.api import Moment, persons_by_id
from plugins.shiryo.permissions import DOCUMENT
from plugins.shiryo.queries import documents, work_items
from plugins.shiryo.service.guidance import guide_of
from plugins.shiryo.service.showing import masked

DOCUMENT_JOURNAL, PERSON_JOURNAL = "shiryo.document", "atena.person"
MOST_SHOWN = 20
STATES = {"open": "未処理", "proposed": "確認待ち", "closed": "処理済み"}


@click.command("show")
@click.argument("ids", nargs=-1, type=int, required=True)
@staff_option()
@click.pass_obj
def show(runtime: Runtime, ids: tuple[int, ...], staff: str | None) -> None:
    """作業項目の内容(資料、見つかった誤り、候補者、提案)を表示します。表示した資料と人はアクセス記録に残ります。"""

    async def deed(work: Work) -> list[str]:
        found = await work_items.items_by_id(work.session, ids[:MOST_SHOWN])
        return [line for item_id in ids if item_id in found for line in await _told(work, found[item_id])]

    lines = Desk(runtime, staff, "worklist show").act(DOCUMENT, deed)
    if not lines:
        raise click.ClickException(
            "該当する作業項目はありません。番号は juminzei worklist で見られます。 (NOT_FOUND)"
        )
    click.echo("\n".join(lines))


async def _told(work: Work, item: Row[Any]) -> list[str]:
    guide = guide_of(item.code)
    lines = [
        f"作業 {item.id}  {item.code}  {guide.meaning}",
        f"  次にすること: {guide.next_step}",
        f"  状態: {STATES[item.state]}  担当: {item.owner or '(なし)'}  台帳の差: {item.difference}",
        f"  送付元: {item.sender_code}  受付: {item.delivery_id or '-'}  ファイル: {item.file_name or '-'}",
    ]
    if item.proposal is not None:
        people = f"{item.proposed_by} → {item.closed_by or '(確認待ち)'}"
        aim = await _aim(work, item.proposal)
        lines.append(f"  提案: {aim}  理由: {item.reason}  提案者 → 確認者: {people}")
    rows = await documents.documents_by_id(work.session, [item.document_id] if item.document_id else [])
    for row in rows.values():
        work.journal.saw(DOCUMENT_JOURNAL, str(row.id))
        lines += _document(row)
        lines += [
            f"  誤り: {each.column_number or '-'}列 {each.item} {each.code} {each.message}"
            for each in await documents.findings_at(work.session, [(row.file_id, row.line)])
        ]
        lines += [line async for line in _candidates(work, row.id)]
    return lines


def aim_of(proposal: Mapping[str, Any]) -> str:
    """Return what is proposed, and the municipality if there is one; a person is not named."""
    return " → ".join(filter(None, (proposal["action"], proposal.get("municipality_code"))))


async def _aim(work: Work, proposal: Mapping[str, Any]) -> str:
    """Return what is proposed, and to whom or where: nobody confirms what they were not shown."""
    aim, person_id = aim_of(proposal), proposal.get("person_id")
    if person_id is None:
        return aim
    people = await persons_by_id(work.session, [person_id], Moment(work.today))
    if person_id not in people:
        return aim
    person = people[person_id]
    work.journal.saw(PERSON_JOURNAL, person.atena_number)
    return f"{aim} → {person.atena_number} {person.name}（{person.kana}） {person.birth_date or '-'}"


def _document(row: Row[Any]) -> Iterator[str]:
    born = row.birth_date or "-"
    yield f"  資料: {row.id} {row.kind} {row.line}行目  氏名: {masked(row.name)}（{masked(row.kana)}） {born}"
    amounts = "、".join(f"{name} {yen:,}" for name, yen in row.amounts.items() if yen)
    yield f"  金額: {amounts or '-'}"


async def _candidates(work: Work, document_id: int) -> Any:
    rows = await documents.candidates_of(work.session, [document_id])
    people = await persons_by_id(work.session, [row.person_id for row in rows], Moment(work.today))
    for row in rows:
        person = people.get(row.person_id)
        if person is not None:
            work.journal.saw(PERSON_JOURNAL, person.atena_number)
            said = f"{person.atena_number} {person.name}（{person.kana}） {person.birth_date or '-'}"
            yield f"  候補: {said}  {row.score}点 {' '.join(row.reasons)}"
