"""`juminzei year batch …`: 一括更正 from the dry run over the sample to the signature of another person."""

import sys
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

import click
import orjson
from sqlalchemy import Row

from core.clock import JAPAN
from core.commands.desk import Desk, staff_option
from core.commands.terminal import asked
from core.runtime import Runtime
from core.storage.database import Database
from core.work import Work
from plugins.atena.api import Moment, persons_by_id
from plugins.shikakeisan.base.years import opened_year
from plugins.shikakeisan.correction import batch_queries, batches, queries
from plugins.shikakeisan.correction.batches import Plan, Selection
from plugins.shikakeisan.correction.catalogue import kinds
from plugins.shikakeisan.correction.commands import finish, queue
from plugins.shikakeisan.correction.effects import difference_of
from plugins.shikakeisan.correction.jobs import DRY, WRITE
from plugins.shikakeisan.correction.service import JOURNAL_TYPE
from plugins.shikakeisan.merge.paths import changes_inward
from plugins.shikakeisan.permissions import CORRECTION_APPROVE, CORRECTION_PROPOSE
from plugins.shikakeisan.rules import RULES
from plugins.shikakeisan.states import BATCH_LABELS

COUNTS = {
    "selected": ("対象者", "人"),
    "changed": ("税額等の変わる者", "人"),
    "unchanged": ("変わらない者", "人"),
    "increased": ("増額", "人"),
    "decreased": ("減額", "人"),
    "payable_before": ("納付する額（前）", "円"),
    "payable_after": ("納付する額（後）", "円"),
    "written": ("反映した者", "人"),
    "skipped": ("内容が変わったため反映しなかった者", "人"),
}
MOST = 1_000


@click.group("batch")
def batch() -> None:
    """一括更正: 試行・抽出確認・承認を経て、多くの者を同じ理由で更正します。"""


@batch.command("plan")
@click.argument("tax_year", type=int)
@click.option("--kind", type=click.Choice(list(kinds())), required=True, help="更正の種類")
@click.option("--reason", required=True, help="理由。記録に残ります")
@click.option("--received-on", type=click.DateTime(["%Y-%m-%d"]), required=True, help="受付の日")
@click.option("--numbers", type=click.File(encoding="utf-8"), help="宛名番号を1行に1つ書いたファイル")
@click.option("--finding", default="", metavar="CODE", help="この確認事項が残っている者")
@click.option("--by-rules", is_flag=True, help="今と違う規則の版で決定された者のすべて")
@click.option("--changes", default="{}", metavar="JSON", help='変える事実。例 {"social_insurance": 800000}')
@staff_option()
@click.pass_obj
def plan(
    runtime: Runtime,
    tax_year: int,
    kind: str,
    reason: str,
    received_on: datetime,
    numbers: Any,
    finding: str,
    changes: str,
    staff: str | None,
    *,
    by_rules: bool,
) -> None:
    """試行: 対象者を選び、全員の税額がどう変わるかを計算します。何も変わりません。"""
    chosen = [] if numbers is None else numbers.read().split()
    selection = Selection(chosen, finding, by_rules)
    wanted = _changes(changes)

    async def deed(work: Work) -> tuple[int, int]:
        inside = await changes_inward(work.session, wanted)
        given = Plan(tax_year, kind, reason, received_on.date(), selection, inside)
        batch_id = await batches.plan_batch(work, given)
        return batch_id, await queue(work, DRY, {"batch": batch_id})

    batch_id, job_id = Desk(runtime, staff, "year batch plan").act(CORRECTION_PROPOSE, deed)
    status = finish(runtime, job_id)
    _tell(runtime, batch_id)
    sys.exit(status)


@batch.command("list")
@click.argument("tax_year", type=int)
@click.pass_obj
def list_command(runtime: Runtime, tax_year: int) -> None:
    """一括更正を、新しい順に表示します。"""

    async def ask(database: Database) -> Sequence[Row[Any]]:
        async with database.read() as session:
            await opened_year(session, tax_year)
            return await batch_queries.batches(session, tax_year, None, MOST)

    rows = asked(runtime, ask)
    for row in rows:
        click.echo(_head(row))
    if not rows:
        click.echo("一括更正はありません。")


@batch.command("show")
@click.argument("batch_id", type=int)
@click.pass_obj
def show(runtime: Runtime, batch_id: int) -> None:
    """状態・件数・金額を表示します。対象者は表示しません。"""
    _tell(runtime, batch_id)


@batch.command("propose")
@click.argument("batch_id", type=int)
@click.option("--version", type=int, required=True, help="showに表示された版")
@staff_option()
@click.pass_obj
def propose(runtime: Runtime, batch_id: int, version: int, staff: str | None) -> None:
    """試行の結果のとおりに提案します。承認はほかの職員がします。"""

    async def deed(work: Work) -> None:
        await batches.propose_batch(work, batch_id, version)

    Desk(runtime, staff, "year batch propose").act(CORRECTION_PROPOSE, deed)
    _tell(runtime, batch_id)


@batch.command("sample")
@click.argument("batch_id", type=int)
@staff_option()
@click.pass_obj
def sample(runtime: Runtime, batch_id: int, staff: str | None) -> None:
    """抽出された対象者の更正前後を表示し、確認したことを記録します。承認の前に必要です。"""

    async def deed(work: Work) -> list[str]:
        row = await batch_queries.batch_row(work.session, batch_id)
        chosen = await queries.proposals_by_id(work.session, row.sample)
        day = work.now.astimezone(JAPAN).date()
        people = await persons_by_id(work.session, [one.person_id for one in chosen], Moment(day))
        for one in chosen:
            await batches.look_at(work, one.id)
            work.journal.saw(JOURNAL_TYPE, str(one.id))
        return [line for one in chosen for line in _proposal(one, people[one.person_id].atena_number)]

    for line in Desk(runtime, staff, "year batch sample").act(CORRECTION_APPROVE, deed):
        click.echo(line)


@batch.command("sign")
@click.argument("batch_id", type=int)
@click.option("--version", type=int, required=True, help="showに表示された版")
@staff_option()
@click.pass_obj
def sign(runtime: Runtime, batch_id: int, version: int, staff: str | None) -> None:
    """ほかの職員の一括更正を承認し、1人ずつ反映します。抽出された者をすべて確認していること。"""

    async def deed(work: Work) -> int:
        await batches.sign_off(work, batch_id, version)
        return await queue(work, WRITE, {"batch": batch_id})

    job_id = Desk(runtime, staff, "year batch sign").act(CORRECTION_APPROVE, deed)
    status = finish(runtime, job_id)
    _tell(runtime, batch_id)
    sys.exit(status)


@batch.command("reject")
@click.argument("batch_id", type=int)
@click.option("--version", type=int, required=True, help="showに表示された版")
@click.option("--others", is_flag=True, help="ほかの職員の一括更正（承認できる職員だけ）")
@staff_option()
@click.pass_obj
def reject(runtime: Runtime, batch_id: int, version: int, staff: str | None, *, others: bool) -> None:
    """一括更正を取りやめます。"""

    async def deed(work: Work) -> None:
        await batches.reject_batch(work, batch_id, version, may_approve=others)

    permission = CORRECTION_APPROVE if others else CORRECTION_PROPOSE
    Desk(runtime, staff, "year batch reject").act(permission, deed)
    _tell(runtime, batch_id)


def _changes(text: str) -> Mapping[str, Any]:
    try:
        changes = orjson.loads(text)
    except ValueError:
        changes = None
    if not isinstance(changes, dict):
        raise click.BadParameter("JSONのオブジェクトで指定してください。", param_hint="--changes")
    return changes


def _tell(runtime: Runtime, batch_id: int) -> None:
    async def ask(database: Database) -> Row[Any]:
        async with database.read() as session:
            return await batch_queries.batch_row(session, batch_id)

    row = asked(runtime, ask)
    click.echo(_head(row))
    for name, number in row.counts.items():
        label, unit = COUNTS.get(name, (name, "人"))
        click.echo(f"{label}\t{number:,}{unit}")
    click.echo(f"抽出された者\t{len(row.sample):,}人")


def _head(row: Row[Any]) -> str:
    said = (
        f"一括更正 {row.id}",
        f"第{row.version}版",
        BATCH_LABELS[row.state],
        kinds()[row.kind].label,
        row.reason,
    )
    return "\t".join((*said, f"提案 {row.proposed_by}", *([f"承認 {row.decided_by}"] * bool(row.decided_by))))


def _proposal(row: Row[Any], atena_number: str) -> Iterator[str]:
    yield f"提案 {row.id}\t宛名番号 {atena_number}"
    old, new = row.before["figures"], row.after["figures"]
    for name, difference in difference_of(row.before, row.after).items():
        yield f"  {RULES[name].label}\t{old[name]:,}円 → {new[name]:,}円\t{difference:+,}円"
    for effect in row.effects:
        yield f"  {effect}"
