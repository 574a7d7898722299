"""`juminzei year receipt`: what another system counted of a file that it got."""

import re

import click

from core.commands.desk import Desk, staff_option
from core.runtime import Runtime
from core.work import Work
from plugins.shikakeisan.closing.receiving import Told, explain, receive
from plugins.shikakeisan.permissions import CLOSING_MAKE
from plugins.shikakeisan.states import RECEIPT_LABELS, ReceiptResult


@click.command("receipt")
@click.argument("recipient")
@click.argument("sequence", type=click.IntRange(1))
@click.option("--rows", type=click.IntRange(0), help="連携先が受領した件数")
@click.option("--sha256", "digest", metavar="HEX", help="連携先が計算したファイルのSHA-256")
@click.option("--explain", "reason", metavar="REASON", help="ほかの職員が記録した差を、理由を付けて認める")
@staff_option()
@click.pass_obj
def receipt(
    runtime: Runtime,
    recipient: str,
    sequence: int,
    rows: int | None,
    digest: str | None,
    reason: str | None,
    staff: str | None,
) -> None:
    """連携ファイルの受領: 連携先が受領した件数を、渡した件数と突き合わせます。

    違うときは終了コード1です。作り直して渡し（transfer --again）、受領を確認するまで、
    次のファイルは作れません。
    """
    told = _told(rows, digest, reason)

    async def deed(work: Work) -> ReceiptResult:
        if told is not None:
            return await receive(work, recipient, sequence, told)
        await explain(work, recipient, sequence, reason or "")
        return ReceiptResult.EXPLAINED

    result = Desk(runtime, staff, "year receipt").act(CLOSING_MAKE, deed)
    click.echo(f"{recipient}\t第{sequence}号\t{RECEIPT_LABELS[result]}")
    if result is ReceiptResult.DIFFERS:
        click.get_current_context().exit(1)


def _told(rows: int | None, digest: str | None, reason: str | None) -> Told | None:
    """Return what the recipient tells, None where a difference is explained."""
    if (rows is None) == (reason is None or not reason.strip()):
        raise click.UsageError("--rows か --explain のどちらか一方が必要です。")
    if digest is not None and (rows is None or not re.fullmatch("[0-9a-fA-F]{64}", digest)):
        raise click.UsageError("--sha256 は --rows とともに、16進数64桁で指定してください。")
    return None if rows is None else Told(rows, None if digest is None else bytes.fromhex(digest))
