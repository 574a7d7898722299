"""`juminzei expect`: enter the senders who should send this year, from a list such as that of 総括表."""

import json
from pathlib import Path
from typing import Any

import click

from core.commands.desk import Desk, staff_option
from core.commands.terminal import refusing
from core.runtime import Runtime
from core.work import Work
from plugins.shiryo.errors import ManifestInvalid
from plugins.shiryo.manifest import Sender, check_sender, tax_year
from plugins.shiryo.permissions import EXPECTATION_WRITE
from plugins.shiryo.queries import deliveries, ledger

Expected = tuple[Sender, int | None]
NOT_A_SENDER = (
    "送付元の一覧が正しくありません。1行に1件のJSON（code、kind、name、documents）にしてください。"
    "何も登録していません。"
)


@click.command("expect")
@click.argument("path", metavar="FILE", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--year", type=int, required=True, help="課税年度(西暦)")
@staff_option()
@click.pass_obj
def expect(runtime: Runtime, path: Path, year: int, staff: str | None) -> None:
    """提出があるはずの送付元を登録します。1行1件のJSON: code, kind, name, documents(総括表の件数)。

    登録は操作した職員のものとして記録します。
    """
    with refusing():
        lines = enumerate(path.read_bytes().splitlines(), 1)
        senders = [_expected(number, line) for number, line in lines if line.strip()]
        known_year = tax_year(year)
    desk = Desk(runtime, staff, "expect", is_machines_too=True)
    added = desk.act(EXPECTATION_WRITE, lambda work: _enter(work, known_year, senders))
    click.echo(f"{year}年度: {added:,} 件の送付元を登録しました(登録済み {len(senders) - added:,} 件)。")


async def _enter(work: Work, year: int, senders: list[Expected]) -> int:
    added = 0
    for sender, documents in senders:
        await deliveries.sender_id(work.session, sender)
        source = "officer" if documents is None else "summary_report"
        added += await ledger.expect(work.session, year, sender.code, source, documents, work.staff, work.now)
    return added


def _expected(number: int, line: bytes) -> Expected:
    try:
        given: Any = json.loads(line)
        documents = given.get("documents")
        sender = Sender(str(given["code"]), str(given["kind"]), str(given["name"]))
    except (ValueError, KeyError, AttributeError):
        raise ManifestInvalid(NOT_A_SENDER, line=number, field="", rule="json") from None
    if documents is not None and (type(documents) is not int or documents < 0):
        raise ManifestInvalid(NOT_A_SENDER, line=number, field="documents", rule="value")
    return check_sender(sender), documents
