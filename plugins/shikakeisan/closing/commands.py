"""`juminzei year close` and `juminzei year transfer`."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import click
from sqlalchemy import Row

from core.clock import JAPAN
from core.commands.desk import Desk, staff_option
from core.commands.terminal import asked, write_private
from core.runtime import Runtime
from core.storage.database import Database
from core.work import Work
from plugins.shikakeisan.closing import queries
from plugins.shikakeisan.closing import service as closing
from plugins.shikakeisan.closing.transferring import File, make_again, make_transfer, recipients_of
from plugins.shikakeisan.permissions import CLOSING_MAKE
from plugins.shikakeisan.states import RECEIPT_LABELS, ReceiptResult

KINDS = {closing.INITIAL: "当初分を含む", closing.CHANGES: "異動分"}
SHOWN = {
    "revisions": ("版", "件"),
    "people": ("対象者", "人"),
    "first_revisions": ("当初分", "件"),
    "increased": ("増額", "件"),
    "decreased": ("減額", "件"),
    "late": ("前回の締めより前の決定", "件"),
    "payable_before": ("納付する額（前）", "円"),
    "payable_after": ("納付する額（後）", "円"),
}


@click.command("close")
@click.option(
    "--cut-off",
    metavar="WHEN",
    help="締めの時刻（日本時間）。日付だけならその日の終わりまで。省略すると現在",
)
@staff_option()
@click.pass_obj
def close(runtime: Runtime, cut_off: str | None, staff: str | None) -> None:
    """異動締め: 前回の締めの後の賦課決定を、1つの締めにまとめます。"""
    moment = None if cut_off is None else _moment(cut_off)

    async def deed(work: Work) -> Row[Any]:
        return await queries.close_row(work.session, await closing.close(runtime, work, moment))

    row = Desk(runtime, staff, "year close", is_machines_too=True).act(CLOSING_MAKE, deed)
    begin = "" if row.previous_cut_off == closing.BEGINNING else f"{_clock(row.previous_cut_off)} から "
    click.echo(f"締め {row.id}\t{KINDS[row.kind]}\t{begin}{_clock(row.cut_off)} まで")
    for name, (label, unit) in SHOWN.items():
        click.echo(f"{label}\t{row.counts[name]:,}{unit}")


@click.command("transfer")
@click.argument("recipient", required=False)
@click.option("--again", type=click.IntRange(1), metavar="SEQUENCE", help="送付済みのファイルを作り直す")
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), help="書き出すフォルダー")
@staff_option()
@click.pass_obj
def transfer(
    runtime: Runtime, recipient: str | None, again: int | None, out: Path | None, staff: str | None
) -> None:
    """連携ファイル: 連携先に渡した前回のファイルの後の変更を、CSVと送付書（JSON）で書き出します。

    連携先を省略すると、連携先と、それぞれに最後に渡したファイルの一覧を表示します。
    """
    if recipient is None:
        for line in asked(runtime, lambda database: _recipients(runtime, database)):
            click.echo(line)
        return
    if out is None:
        raise click.UsageError("--out が必要です。")

    async def deed(work: Work) -> File:
        if again is None:
            return await make_transfer(runtime, work, recipient)
        return await make_again(work, recipient, again)

    # noted before anything is written: what is lost between the two is made again, never sent twice
    file = Desk(runtime, staff, "year transfer", is_machines_too=True).act(CLOSING_MAKE, deed)
    write_private(out, f"{file.name}.csv", file.data)
    write_private(out, f"{file.name}.json", file.manifest)
    click.echo(f"{out / file.name}.csv\t{file.rows:,}件\t支援措置のため除いた者 {len(file.left_out):,}人")


async def _recipients(runtime: Runtime, database: Database) -> list[str]:
    async with database.read() as session:
        last = {code: await queries.last_transfer(session, code) for code in recipients_of(runtime)}
        said = await queries.last_receipts(session, [row.id for row in last.values() if row is not None])
    lines = [
        f"{code}\t{recipient.name}\t{_sent(last[code], said)}"
        for code, recipient in recipients_of(runtime).items()
    ]
    return lines or ["連携先は登録されていません。"]


def _sent(row: Row[Any] | None, said: Mapping[int, Row[Any]]) -> str:
    if row is None:
        return "まだ渡していません"
    receipt = RECEIPT_LABELS[ReceiptResult(said[row.id].result)] if row.id in said else "受領未確認"
    made = f"{row.rows:,}件\t{_clock(row.made_at)} 作成"
    return f"第{row.sequence}号\t{_clock(row.until)} までの締め\t{made}\t{receipt}"


def _moment(text: str) -> datetime:
    """Read a moment; without an offset it is Japan's, a day alone means its end."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise click.BadParameter(
            "2026-06-15 か 2026-06-15T17:00 のように指定してください。", param_hint="--cut-off"
        ) from None
    if moment.tzinfo is not None:
        return moment
    is_day = len(text) <= len("2026-06-15")
    return moment.replace(tzinfo=JAPAN) + timedelta(days=1 if is_day else 0)


def _clock(moment: datetime) -> str:
    return moment.astimezone(JAPAN).strftime("%Y-%m-%d %H:%M")
