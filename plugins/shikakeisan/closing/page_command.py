"""`juminzei year close-page`: what went out and came in around a close, on one page."""

from collections.abc import Iterator

import click

from core.clock import JAPAN
from core.commands.terminal import asked
from core.errors import NotFound
from core.runtime import Runtime
from core.storage.database import Database
from plugins.shikakeisan.closing import queries
from plugins.shikakeisan.closing.exchange import Exchange, exchange_of
from plugins.shikakeisan.closing.service import BEGINNING
from plugins.shikakeisan.states import RECEIPT_LABELS, ReceiptResult

UNCONFIRMED = "受領未確認"


@click.command("close-page")
@click.argument("number", type=int, required=False)
@click.pass_obj
def close_page(runtime: Runtime, number: int | None) -> None:
    """締めの前後に出入りしたものを1枚で表示します。番号を省略すると最後の締め。

    渡した連携ファイルと受領、住記連携の通番、受け付けた課税資料、共通基盤の応答待ちです。
    """

    async def gather(database: Database) -> Exchange:
        async with database.read() as session:
            last = await queries.last_close(session) if number is None else None
            wanted = last.id if last is not None else number
            if wanted is None:
                raise NotFound
            return await exchange_of(runtime, session, wanted)

    for line in _lines(asked(runtime, gather)):
        click.echo(line)


def _lines(page: Exchange) -> Iterator[str]:
    begin, end = (
        "" if moment == BEGINNING else moment.astimezone(JAPAN).strftime("%Y-%m-%d %H:%M")
        for moment in (page.close.previous_cut_off, page.close.cut_off)
    )
    yield f"締め {page.close.id}\t{begin} から {end} まで"
    for file in page.files:
        receipt = page.receipts.get(file.id)
        said = UNCONFIRMED if receipt is None else RECEIPT_LABELS[ReceiptResult(receipt.result)]
        yield f"渡した\t{file.recipient} 第{file.sequence}号\t{file.rows:,}件\t{said}"
    for code in page.without_file:
        yield f"渡していない\t{code}"
    for row in page.deliveries:
        counts = f"受付 {row.received:,}\t受入 {row.accepted:,}\t資料 {row.documents:,}件"
        yield f"課税資料\t{row.kind}\t{counts}"
    register = page.register
    numbers = f"{register.first_sequence}～{register.last_sequence}" if register.applied else "-"
    stopped = f"\t{register.stop_code} で止まっています" if register.stop_code else ""
    yield f"住記連携\t{register.applied:,}件\t通番 {numbers}{stopped}"
    waiting = f"未送信 {register.unsent:,}\t応答待ち {register.unanswered:,}\t拒否 {register.refused:,}"
    yield f"共通基盤\t{waiting}"
