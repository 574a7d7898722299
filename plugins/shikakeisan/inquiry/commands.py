"""`juminzei year inquiry …`: relatives to look at, inquiries to other municipalities, their replies."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import click
from sqlalchemy import Row

from core.clock import JAPAN
from core.commands.desk import Desk, staff_option
from core.commands.terminal import asked, write_private
from core.errors import NotFound
from core.runtime import Runtime
from core.storage.database import Database
from core.work import Work
from plugins.atena.api import Moment, hidden_ids, person_id_of, persons_by_id
from plugins.shikakeisan.base.years import opened_year
from plugins.shikakeisan.inquiry import checks, queries, replies, service
from plugins.shikakeisan.inquiry.catalogue import reasons
from plugins.shikakeisan.inquiry.errors import InquiryPeople, InquiryProtected, NobodyToAsk
from plugins.shikakeisan.inquiry.letters import files_of, letter_again
from plugins.shikakeisan.inquiry.replies import RESULT_LABELS, Answer, Reply, Result
from plugins.shikakeisan.inquiry.service import Made
from plugins.shikakeisan.inquiry.settings import INQUIRY_DAYS
from plugins.shikakeisan.permissions import INQUIRY, INQUIRY_CONFIRM, INQUIRY_WRITE
from plugins.shikakeisan.states import InquiryState

DAY = click.DateTime(["%Y-%m-%d"])
STATES = {
    InquiryState.DRAFT: "作成済み",
    InquiryState.SENT: "送付済み",
    InquiryState.ANSWERED: "回答済み",
    InquiryState.CANCELLED: "取りやめ",
}
EVERYBODY = 1_000_000
HIDDEN = "(支援措置)"


@click.group("inquiry")
def inquiry() -> None:
    """扶養調査と、ほかの市区町村への所得照会（地方税法20条の11）。"""


@inquiry.command("checks")
@click.argument("tax_year", type=int)
@click.option("--reason", type=click.Choice(sorted(reasons())), help="この理由だけ")
@click.option("--summary", is_flag=True, help="理由ごとの人数")
@staff_option()
@click.pass_obj
def checks_command(
    runtime: Runtime, tax_year: int, reason: str | None, staff: str | None, *, summary: bool
) -> None:
    """扶養調査の対象の親族を、申し出ている全員の宛名番号とともに表示します。"""

    async def deed(work: Work) -> list[str]:
        await opened_year(work.session, tax_year)
        if summary:
            counts = await checks.count_checks(work.session, tax_year)
            return [f"{one.code}\t{one.label}\t{counts.get(one.code, 0):,}人" for one in reasons().values()]
        return await _checks(work, tax_year, reason or "")

    for line in Desk(runtime, staff, "year inquiry checks").act(INQUIRY, deed) or ["対象の親族はいません。"]:
        click.echo(line)


@inquiry.command("list")
@click.argument("tax_year", type=int)
@click.option("--overdue", is_flag=True, help="回答期限を過ぎたものだけ")
@click.pass_obj
def list_command(runtime: Runtime, tax_year: int, *, overdue: bool) -> None:
    """所得照会を、古い順に表示します。照会した人は表示しません。支援措置の対象者がいれば照会先も表示しません。"""
    today = runtime.clock.today()

    async def ask(database: Database) -> list[str]:
        async with database.read() as session:
            await opened_year(session, tax_year)
            rows = await queries.inquiries(
                session, tax_year, overdue_on=today if overdue else None, limit=EVERYBODY
            )
            people = await queries.people_of(session, [row.id for row in rows])
            ids = sorted({line.person_id for lines in people.values() for line in lines})
            hidden = await hidden_ids(session, ids, Moment(today))
        return [
            "\t".join(
                (
                    f"{row.id}",
                    service.number_of(row),
                    f"第{row.version}版",
                    "期限超過" if service.is_overdue(row, today) else STATES[row.state],
                    HIDDEN if hidden.intersection(line.person_id for line in people[row.id]) else _place(row),
                    f"{len(people[row.id]):,}人",
                    f"期限 {row.due_on}",
                )
            )
            for row in rows
        ]

    for line in asked(runtime, ask) or ["所得照会はありません。"]:
        click.echo(line)


@inquiry.command("make")
@click.argument("tax_year", type=int)
@click.option("--person", "numbers", multiple=True, metavar="NUMBER", help="宛名番号。省略すると待つ全員")
@click.option("--due", type=DAY, help="回答期限。省略すると設定の日数の後")
@staff_option()
@click.pass_obj
def make(
    runtime: Runtime, tax_year: int, numbers: tuple[str, ...], due: datetime | None, staff: str | None
) -> None:
    """所得照会を、照会先の市区町村ごとに作成します。"""
    days = timedelta(days=runtime.settings[INQUIRY_DAYS])

    async def deed(work: Work) -> Made | InquiryPeople | NobodyToAsk:
        due_on = work.today + days if due is None else due.date()
        try:
            return await service.make(work, tax_year, due_on, numbers or None)
        except (InquiryPeople, NobodyToAsk) as refusal:
            return refusal

    done = Desk(runtime, staff, "year inquiry make").act(INQUIRY_WRITE, deed)
    if isinstance(done, InquiryPeople | NobodyToAsk):
        raise click.ClickException(f"{done.text} ({done.code})\n{_told(done)}")
    click.echo(f"作成した所得照会\t{len(done.inquiries):,}件")
    for rule, people in done.left_out.items():
        click.echo(f"除いた者 {rule}\t{people:,}人")


@inquiry.command("send")
@click.argument("tax_year", type=int)
@click.option("--again", type=int, multiple=True, metavar="ID", help="送付済みの照会をもう一度出力")
@click.option(
    "--out", type=click.Path(file_okay=False, path_type=Path), required=True, help="書き出すフォルダー"
)
@staff_option()
@click.pass_obj
def send(runtime: Runtime, tax_year: int, again: tuple[int, ...], out: Path, staff: str | None) -> None:
    """作成済みの所得照会をすべて送付済みにし、CSVと送付書（JSON）を照会先ごとに書き出します。

    --again では、送付した後に支援措置の対象になった者とその同居者を除き、除いた人数を表示します。
    """

    async def deed(work: Work) -> tuple[dict[str, bytes], Mapping[int, int], Sequence[int]]:
        ids, held = (again, ()) if again else await _send_drafts(work, tax_year)
        return *await _files(work, tax_year, ids), held

    # marked before anything is written: what is lost between the two is made again, never sent twice
    files, left_out, held = Desk(runtime, staff, "year inquiry send").act(INQUIRY_WRITE, deed)
    for name, data in files.items():
        write_private(out, name, data)
        click.echo(str(out / name))
    for one, people in left_out.items():
        click.echo(f"#{one}\t送付した後に支援措置の対象になったため除いた者\t{people:,}人")
    for one in held:
        click.echo(f"#{one}\t送付していません。{InquiryProtected.message} ({InquiryProtected.code})")
    if not files and not left_out and not held:
        click.echo("送付を待つ所得照会はありません。")


@inquiry.command("cancel")
@click.argument("inquiry_id", type=int)
@click.option("--version", type=int, required=True, help="listに表示された版")
@staff_option()
@click.pass_obj
def cancel(runtime: Runtime, inquiry_id: int, version: int, staff: str | None) -> None:
    """送付していない所得照会を取りやめます。照会する人は、また照会を待つ者になります。"""

    async def deed(work: Work) -> None:
        await service.cancel(work, inquiry_id, version)

    Desk(runtime, staff, "year inquiry cancel").act(INQUIRY_WRITE, deed)
    click.echo(f"#{inquiry_id}\t取りやめました。")


@inquiry.command("reply")
@click.argument("inquiry_id", type=int)
@click.argument("number", metavar="NUMBER")
@click.option("--kind", type=click.Choice([one.value for one in Answer]), required=True, help="回答の種類")
@click.option("--income", type=int, metavar="YEN", help="合計所得金額。income のときだけ")
@click.option("--on", "replied_on", type=DAY, required=True, help="回答の日付")
@staff_option()
@click.pass_obj
def reply(
    runtime: Runtime,
    inquiry_id: int,
    number: str,
    kind: str,
    income: int | None,
    replied_on: datetime,
    staff: str | None,
) -> None:
    """照会した人（宛名番号 NUMBER）についての回答を入力します。ほかの職員が confirm すると確定します。"""

    async def deed(work: Work) -> int:
        person_id = await person_id_of(work.session, number)
        return await replies.enter(
            work, inquiry_id, person_id, Reply(Answer(kind), replied_on.date(), income)
        )

    done = Desk(runtime, staff, "year inquiry reply").act(INQUIRY_WRITE, deed)
    click.echo(f"回答 {done}: ほかの職員が confirm すると確定します。")


@inquiry.command("confirm")
@click.argument("reply_id", type=int)
@click.option("--version", type=int, default=1, show_default=True, help="確認した回答の版")
@click.option("--reject", is_flag=True, help="確認せずに差し戻す。自分の入力のときは取り下げる")
@staff_option()
@click.pass_obj
def confirm(runtime: Runtime, reply_id: int, version: int, staff: str | None, *, reject: bool) -> None:
    """ほかの職員が入力した回答を確認します。所得が限度を超えていれば、扶養否認が提案されます。"""

    async def deed(work: Work) -> Result | None:
        if reject:
            await replies.send_back(work, reply_id, version)
            return None
        return await replies.confirm(runtime, work, reply_id, version)

    permission = INQUIRY_WRITE if reject else INQUIRY_CONFIRM
    done = Desk(runtime, staff, "year inquiry confirm").act(permission, deed)
    click.echo("差し戻しました。" if done is None else RESULT_LABELS[done])


async def _checks(work: Work, tax_year: int, reason: str) -> list[str]:
    rows = await checks.list_checks(work.session, tax_year, reason, limit=EVERYBODY)
    ids = {one for row in rows for one in (row.relative_id, *row.claimants) if one is not None}
    people = await persons_by_id(work.session, sorted(ids), Moment(work.today))
    for person in people.values():
        work.journal.saw(person.journal_type, person.journal_id())
    numbers = {person_id: person.atena_number for person_id, person in people.items()}
    lines = []
    for row in rows:
        who = "(特定できない)" if row.relative_id is None else numbers.get(row.relative_id, "-")
        claimants = ",".join(numbers.get(one, "-") for one in row.claimants)
        lines.append(f"{row.reason}\t{who}\t申し出 {claimants}\t資料 {','.join(map(str, row.documents))}")
    return lines


async def _send_drafts(work: Work, tax_year: int) -> tuple[Sequence[int], Sequence[int]]:
    """Send every draft that may be sent; return these, and those held back for 支援措置."""
    sent, held = list[int](), list[int]()
    for row in await queries.inquiries(work.session, tax_year, state=InquiryState.DRAFT, limit=EVERYBODY):
        try:
            await service.send(work, row.id, row.version)
        except InquiryProtected:
            held.append(row.id)
        else:
            sent.append(row.id)
    return sent, held


async def _files(work: Work, tax_year: int, ids: Sequence[int]) -> tuple[dict[str, bytes], Mapping[int, int]]:
    """Return the files of sent inquiries of a year by name, and by inquiry who was left out of them.

    An inquiry of which nobody is left has no file. Raises NotFound.
    """
    files: dict[str, bytes] = {}
    left_out: dict[int, int] = {}
    sender = (await opened_year(work.session, tax_year)).municipality_code
    for one in ids:
        row = await queries.inquiry_row(work.session, one)
        if row.tax_year != tax_year:
            raise NotFound
        sheet, hidden = await letter_again(work.session, work.journal, row, work.today)
        if sheet.rows:
            files |= files_of(row, sheet, sender, _day(row.sent_at))
        if hidden:
            left_out[one] = hidden
    return files, left_out


def _place(row: Row[Any]) -> str:
    return f"{row.municipality_code} {row.municipality_name}"


def _day(moment: datetime) -> date:
    return moment.astimezone(JAPAN).date()


def _told(refusal: InquiryPeople | NobodyToAsk) -> str:
    """Tell lines with their rules, or counts by rule; never a number."""
    findings, left_out = refusal.details.get("findings"), refusal.details.get("leftOut")
    lines = [f"{one['line']}番目: {one['rule']}" for one in findings] if isinstance(findings, list) else []
    if isinstance(left_out, dict):
        lines += [f"除いた者 {rule}: {people:,}人" for rule, people in left_out.items()]
    return "\n".join(lines)
