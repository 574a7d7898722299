"""`juminzei year status | replay | people`: how far a year is, late news of the register, lists."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

import click

from core.clock import JAPAN
from core.commands.desk import Desk, staff_option
from core.commands.terminal import asked
from core.runtime import Runtime
from core.storage.database import Database
from core.work import Work
from plugins.atena.api import Moment, hidden_ids, persons_by_id
from plugins.shikakeisan.assessment.outcome import OUTCOME_LABELS, Outcome
from plugins.shikakeisan.base import queries
from plugins.shikakeisan.base.municipality import ward_names
from plugins.shikakeisan.base.service import PERSON_JOURNAL_TYPE
from plugins.shikakeisan.base.standing import REASON_LABELS, STANDING_LABELS, Reason, Standing
from plugins.shikakeisan.base.years import opened_year
from plugins.shikakeisan.overview.replay import replay_register
from plugins.shikakeisan.overview.status import STAGES, WAYS, Group, Status, read_status, status_of
from plugins.shikakeisan.permissions import BASE, BASE_MAKE

FINDING_STAGES = {
    "base": ("個人基本", "findings"),
    "merge": ("資料併合", "findings"),
    "assessment": ("賦課計算", "undecided"),
}
"""What each stage is called, and the command that lists its findings."""
HIDDEN = "(支援措置)"
Row = tuple[str, str, str]


@click.command("status")
@click.argument("tax_year", type=int, required=False)
@click.option("--json", "as_json", is_flag=True, help="プログラム向けに、1年度1行のJSONで出力")
@click.pass_obj
def status(runtime: Runtime, tax_year: int | None, *, as_json: bool) -> None:
    """年度がどの段階にあるか、人数と残っている確認事項を表示します。年度を省略するとすべての年度。"""
    found = asked(runtime, lambda database: _read(database, tax_year))
    for one in found:
        click.echo(json.dumps(_plain(one), ensure_ascii=False) if as_json else _table(one))
    if not found and not as_json:
        click.echo("開始した課税年度はありません。")


@click.command("replay")
@click.argument("tax_year", type=int)
@click.option(
    "--since", type=click.DateTime(), help="この日時(日本時間)より後の異動。省略すると前回の反映から"
)
@staff_option()
@click.pass_obj
def replay(runtime: Runtime, tax_year: int, since: datetime | None, staff: str | None) -> None:
    """個人基本を確定した後に届いた住民記録の異動を、1月1日現在の個人基本に反映します。"""
    begin = None if since is None else since.replace(tzinfo=JAPAN)
    desk = Desk(runtime, staff, "year replay", is_machines_too=True)
    done = desk.act(BASE_MAKE, lambda work: replay_register(work, tax_year, begin))
    click.echo(f"異動のあった者\t{done.looked_at:,}人")
    click.echo(f"個人基本の変わった者\t{len(done.changed):,}人")
    click.echo(f"確認事項\t{done.findings:,}件")


@click.command("people")
@click.argument("tax_year", type=int)
@click.option("--standing", type=click.Choice([one.value for one in Standing]), help="課税の区分")
@click.option("--reason", type=click.Choice([one.value for one in Reason]), help="対象外の理由")
@click.option("--ward", metavar="CODE", help="区のコード")
@click.option("--after", default=0, metavar="ID", help="この番号より後")
@click.option("--limit", type=click.IntRange(1, 10_000), default=100, show_default=True, help="表示する件数")
@staff_option()
@click.pass_obj
def people(
    runtime: Runtime,
    tax_year: int,
    standing: str | None,
    reason: str | None,
    ward: str | None,
    after: int,
    limit: int,
    staff: str | None,
) -> None:
    """新年度個人基本の一覧を、JSON Linesで表示します。支援措置の対象者の区は表示しません。"""
    wanted = {"standing": standing, "reason": reason, "ward_code": ward}

    async def deed(work: Work) -> Sequence[Mapping[str, Any]]:
        await opened_year(work.session, tax_year)
        rows = await queries.list_base(work.session, tax_year, **wanted, after=after, limit=limit)
        return await _people(work, rows)

    for person in Desk(runtime, staff, "year people").act(BASE, deed):
        if ward is None or person["ward"] != HIDDEN:
            click.echo(json.dumps(person, ensure_ascii=False))


async def _people(work: Work, rows: Sequence[Any]) -> Sequence[Mapping[str, Any]]:
    """Give what a line says of each person; each enters the access log."""
    today, ids = Moment(work.now.astimezone(JAPAN).date()), [row.person_id for row in rows]
    named = await persons_by_id(work.session, ids, today)
    hidden = await hidden_ids(work.session, ids, today)
    for row in rows:
        work.journal.saw(PERSON_JOURNAL_TYPE, f"{row.tax_year}:{row.person_id}")
    return [
        {
            "id": row.person_id,
            "atena_number": named[row.person_id].atena_number if row.person_id in named else None,
            "standing": row.standing,
            "reason": row.reason,
            "ward": HIDDEN if row.person_id in hidden else row.ward_code,
            "house_wards": row.house_wards,
            "welfare": row.is_welfare,
        }
        for row in rows
    ]


async def _read(database: Database, tax_year: int | None) -> Sequence[Status]:
    async with database.read() as session:
        if tax_year is not None:
            return [await status_of(session, tax_year)]
        return [await read_status(session, row) for row in await queries.year_rows(session)]


def _plain(found: Status) -> dict[str, Any]:
    stages = {name: None if at is None else at.isoformat() for name, at in found.stages.items()}
    return {**asdict(found), "stages": stages, "taxed_here": found.taxed_here}


def _table(found: Status) -> str:
    names = ward_names(found.municipality_code)
    title = f"{found.tax_year}年度（令和{found.tax_year - 2018}年度）{names[found.municipality_code]}"
    rows = [*_stages(found), *_groups(found, names), *_decided(found), *_waiting(found)]
    return "\n".join([title, *("\t".join(row).rstrip() for row in rows)])


def _stages(found: Status) -> Iterator[Row]:
    for name, label in STAGES.items():
        at = found.stages[name]
        yield label, "" if at is None else f"{at.astimezone(JAPAN):%Y-%m-%d %H:%M}", "済" if at else "未"


def _groups(found: Status, names: Mapping[str, str]) -> Iterator[Row]:
    for group in found.groups:
        yield STANDING_LABELS[Standing(group.standing)], _which(group, names), f"{group.people:,}人"
    yield "対象者の合計", "", f"{found.taxed_here:,}人"


def _which(group: Group, names: Mapping[str, str]) -> str:
    return REASON_LABELS[Reason(group.reason)] if group.reason else names.get(group.ward_code, "")


def _decided(found: Status) -> Iterator[Row]:
    yield "資料を併合した者", "", f"{found.merged:,}人"
    for outcome, people in found.outcomes.items():
        yield "賦課決定", OUTCOME_LABELS[Outcome(outcome)], f"{people:,}人"
    for way, people in found.notices.items():
        yield "税額を通知する者", WAYS[way], f"{people:,}人"


def _waiting(found: Status) -> Iterator[Row]:
    yield "併合を止める資料の作業項目", _see("worklist", found.blocking_items), f"{found.blocking_items:,}件"
    for one in found.findings:
        label, command = FINDING_STAGES[one.stage]
        blocking = f"（うち決定を止めるもの {one.blocking:,}件）" if one.blocking else ""
        see = _see(f"year {command} {found.tax_year}", one.findings if command else 0)
        yield f"確認事項（{label}）", see, f"{one.findings:,}件{blocking}"
    yield "承認待ちの事情（生活扶助・家屋敷など）", "", f"{found.circumstance_proposals:,}件"
    yield "承認待ちの更正", "", f"{found.correction_proposals:,}件"


def _see(command: str, items: int) -> str:
    """Name the command that lists what waits."""
    return f"juminzei {command}" if items else ""
