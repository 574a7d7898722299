"""`juminzei year decide`: officers' decisions on facts, before the tax of the year is decided."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

import click
from sqlalchemy import Row

from core.clock import JAPAN
from core.commands.desk import Desk, staff_option
from core.runtime import Runtime
from core.work import Work
from plugins.atena.api import Moment, person_id_of, persons_by_id
from plugins.shikakeisan.base.years import opened_year
from plugins.shikakeisan.merge import decisions, listing
from plugins.shikakeisan.merge.decisions import DECISION_TYPE, Proposal
from plugins.shikakeisan.merge.labels import fact_label
from plugins.shikakeisan.merge.paths import inward, outward, relative_of
from plugins.shikakeisan.permissions import MERGE_APPROVE, MERGE_PROPOSE, MERGE_READ


class Value(click.ParamType[Any]):
    """A value of a fact as JSON: yen as a number, text in quotes, null to take the fact away."""

    name = "json"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Read the value."""
        try:
            return json.loads(value)
        except ValueError:
            return self.fail("値はJSONで書いてください(例: 800000、null)。", param, ctx)


@click.group("decide")
def decide() -> None:
    """併合した事実についての職員の決定。1人が提案し、ほかの1人が承認します。"""


@decide.command("list")
@click.argument("tax_year", type=int)
@click.argument("atena_number")
@click.option("--all", "with_ended", is_flag=True, help="終わったものも表示する")
@staff_option()
@click.pass_obj
def list_command(
    runtime: Runtime, tax_year: int, atena_number: str, staff: str | None, *, with_ended: bool
) -> None:
    """1人についての決定と提案を、JSON Linesで表示します。"""

    async def deed(work: Work) -> Sequence[Mapping[str, Any]]:
        await opened_year(work.session, tax_year)
        person_id = await person_id_of(work.session, atena_number)
        rows = await listing.decisions_of(work.session, tax_year, person_id, with_ended=with_ended)
        return await _shown(work, rows)

    for item in Desk(runtime, staff, "year decide list").act(MERGE_READ, deed):
        click.echo(json.dumps(item, ensure_ascii=False))


@decide.command("propose")
@click.argument("tax_year", type=int)
@click.argument("atena_number")
@click.argument("path")
@click.argument("value", type=Value())
@click.option("--reason", required=True, help="理由。記録に残ります")
@click.option("--document", "document_id", type=int, help="根拠の資料番号")
@staff_option()
@click.pass_obj
def propose(
    runtime: Runtime,
    tax_year: int,
    atena_number: str,
    path: str,
    value: Any,
    reason: str,
    document_id: int | None,
    staff: str | None,
) -> None:
    """事実の値を提案します。PATHは社会保険料ならsocial_insurance、扶養親族ならdependants[宛名番号]です。

    VALUEはJSONです。nullは事実をなくします(扶養否認など)。
    """

    async def deed(work: Work) -> int:
        person_id = await person_id_of(work.session, atena_number)
        at = await inward(work.session, path)
        return await decisions.propose_decision(
            work, Proposal(tax_year, person_id, at, value, reason, document_id)
        )

    _say(Desk(runtime, staff, "year decide propose").act(MERGE_PROPOSE, deed), "提案しました。")


@decide.command("end")
@click.argument("decision_id", type=int)
@click.option("--reason", required=True, help="理由。記録に残ります")
@staff_option()
@click.pass_obj
def end(runtime: Runtime, decision_id: int, reason: str, staff: str | None) -> None:
    """承認された決定を取り消すことを提案します。"""

    async def deed(work: Work) -> int:
        return await decisions.propose_ending(work, decision_id, reason)

    _say(Desk(runtime, staff, "year decide end").act(MERGE_PROPOSE, deed), "取消しを提案しました。")


@decide.command("approve")
@click.argument("decision_id", type=int)
@staff_option()
@click.pass_obj
def approve(runtime: Runtime, decision_id: int, staff: str | None) -> None:
    """ほかの職員の提案を承認し、その人の資料を併合し直します。"""

    async def deed(work: Work) -> int:
        return await decisions.approve_decision(work, decision_id)

    _say(Desk(runtime, staff, "year decide approve").act(MERGE_APPROVE, deed), "承認しました。")


@decide.command("withdraw")
@click.argument("decision_id", type=int)
@staff_option()
@click.pass_obj
def withdraw(runtime: Runtime, decision_id: int, staff: str | None) -> None:
    """提案を取り下げる、又は差し戻します。"""

    async def deed(work: Work) -> int:
        await decisions.withdraw_decision(work, decision_id)
        return decision_id

    _say(Desk(runtime, staff, "year decide withdraw").act(MERGE_PROPOSE, deed), "取り下げました。")


def _say(decision_id: int, done: str) -> None:
    click.echo(f"#{decision_id}\t{done}")


async def _shown(work: Work, rows: Sequence[Row[Any]]) -> Sequence[Mapping[str, Any]]:
    """Give what a line says of each decision; relatives whose 宛名番号 it shows enter the access log, too."""
    ids = {found for row in rows if (found := relative_of(row.path)) is not None}
    people = await persons_by_id(work.session, sorted(ids), Moment(work.now.astimezone(JAPAN).date()))
    numbers = {person_id: person.atena_number for person_id, person in people.items()}
    for row in rows:
        work.journal.saw(DECISION_TYPE, str(row.id))
    for person in people.values():
        work.journal.saw(person.journal_type, person.journal_id())
    plain = ("id", "value", "seen", "reason", "document_id", "ends_id", "proposed_by", "approved_by")
    return [
        {
            **{name: getattr(row, name) for name in plain},
            "path": outward(row.path, numbers),
            "fact": fact_label(row.path),
        }
        for row in rows
    ]
