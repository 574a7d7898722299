"""`juminzei handover`: what a vendor who punches holds, what came back, and its erasure."""

import hashlib
import sys
from datetime import date, datetime
from pathlib import Path
from typing import Any

import click
from sqlalchemy import Row

from core.commands.desk import Desk, staff_option
from core.runtime import Runtime
from core.work import Work
from plugins.shiryo.commands.asking import ask
from plugins.shiryo.permissions import DELIVERY_RECEIVE
from plugins.shiryo.queries import handovers as queries
from plugins.shiryo.service import handovers
from plugins.shiryo.service.handovers import Batch, Came, Event

MOST = 10_000
HEAD = "受渡番号\t課税年度\t委託先\t渡した日\t件数\t納品\t返却\t消去報告\t内容"
DAY = click.DateTime(["%Y-%m-%d"])


@click.group("handover", invoke_without_command=True)
@click.option("--year", type=int, help="課税年度(西暦)")
@click.option("--all", "show_all", is_flag=True, help="委託先に残っていないものも表示する")
@click.pass_context
def handover(context: click.Context, year: int | None, *, show_all: bool) -> None:
    """データパンチの委託先に残っている資料を表示します。残っている間は終了コード 1。

    件数が合い、消去・返却の報告があるものは残っていません。
    """
    if context.invoked_subcommand is not None:
        return
    rows = ask(
        context.obj, lambda session: queries.handovers(session, year, None, MOST, only_out=not show_all)
    )
    for line in (HEAD, *map(_line, rows)):
        click.echo(line)
    sys.exit(any(row.is_out for row in rows))


@handover.command("out")
@click.argument("path", metavar="LIST", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--year", "tax_year", type=int, required=True, help="課税年度(西暦)")
@click.option(
    "--vendor", "vendor_code", metavar="CODE", required=True, help="委託先のコード(納品の送付元と同じ)"
)
@click.option("--vendor-name", metavar="NAME", required=True, help="委託先の名称")
@click.option("--contents", metavar="TEXT", required=True, help="資料の内容。個人の氏名・番号は書かない")
@click.option("--documents", type=int, required=True, help="渡す件数")
@click.option("--on", "day", type=DAY, required=True, help="渡した日(YYYY-MM-DD)")
@staff_option()
@click.pass_obj
def out(runtime: Runtime, /, path: Path, day: datetime, staff: str | None, **said: Any) -> None:
    """委託先に資料を渡したことを記録します。LIST は添えた一覧で、SHA-256 だけを残します。"""
    digest = hashlib.sha256(path.read_bytes()).digest()
    batch = Batch(**said, list_sha256=digest, handed_on=day.date())
    desk = Desk(runtime, staff, "handover out")
    number = desk.act(DELIVERY_RECEIVE, lambda work: handovers.hand_over(work, batch))
    click.echo(f"受渡番号 {number}\t{batch.documents:,} 件\t一覧のSHA-256 {digest.hex()}")


@handover.command("back")
@click.argument("number", type=int)
@click.option("--on", "day", type=DAY, required=True, help="納品または返却の日(YYYY-MM-DD)")
@click.option("--delivery", "delivery_id", type=int, help="納品の受付番号(juminzei intake が示すもの)")
@click.option("--documents", type=int, help="データにせずに返却された件数")
@click.option("--reference", metavar="TEXT", default="", help="返却書の文書番号など")
@staff_option()
@click.pass_obj
def back(
    runtime: Runtime,
    number: int,
    day: datetime,
    delivery_id: int | None,
    documents: int | None,
    reference: str,
    staff: str | None,
) -> None:
    """納品(--delivery)か、データにせずに返却された資料(--documents)を記録します。"""
    kind = Came.RETURNED if delivery_id is None else Came.DELIVERED
    _note(
        runtime, staff, "handover back", [number], Event(kind, day.date(), delivery_id, documents, reference)
    )


@handover.command("erased")
@click.argument("numbers", type=int, nargs=-1, required=True)
@click.option("--on", "day", type=DAY, required=True, help="消去または返却が終わった日(YYYY-MM-DD)")
@click.option("--reference", metavar="TEXT", required=True, help="消去・返却報告書の文書番号など")
@staff_option()
@click.pass_obj
def erased(
    runtime: Runtime, numbers: tuple[int, ...], day: datetime, reference: str, staff: str | None
) -> None:
    """委託先からの消去・返却の報告を、1件以上の受渡番号に記録します。"""
    event = Event(Came.ERASED, day.date(), reference=reference)
    _note(runtime, staff, "handover erased", list(numbers), event)


def _note(runtime: Runtime, staff: str | None, operation: str, numbers: list[int], event: Event) -> None:
    async def deed(work: Work) -> list[Row[Any]]:
        for number in numbers:
            await handovers.note(work, number, event)
        found = [await queries.find_handover(work.session, number) for number in numbers]
        return [row for row in found if row is not None]

    for row in Desk(runtime, staff, operation).act(DELIVERY_RECEIVE, deed):
        click.echo(_line(row))


def _line(row: Row[Any]) -> str:
    reported: date | str = row.erased_on or "なし"
    counts = f"{row.documents:,}\t{row.delivered:,}\t{row.returned:,}"
    return (
        f"{row.id}\t{row.tax_year}\t{row.sender_code} {row.sender_name}\t{row.handed_on}\t{counts}"
        f"\t{reported}\t{row.contents}"
    )
