"""`juminzei ledger`: the balance of a year by sender and file; exit code 1 while anything is unexplained."""

import json
import sys
from dataclasses import asdict

import click

from core.runtime import Runtime
from core.storage.database import ReadSession
from plugins.shiryo.commands.asking import ask
from plugins.shiryo.queries import ledger as queries
from plugins.shiryo.service.ledger import Ledger, Line, read_ledger

COUNTS = {
    "announced": "予告",
    "received": "受領",
    "read": "読取",
    "accepted": "受入",
    "held": "保留",
    "refused": "返戻",
    "attached": "名寄せ",
    "forwarded": "回送",
    "superseded": "訂正取消",
    "waiting": "待ち",
    "explained": "説明済",
    "unexplained": "差",
}
"""The columns, in order."""
STATES = {"received": "受領", "held": "保留", "accepted": "受入", "attached": "名寄せ済"}
WHAT_NEXT = (
    "未着・不足（SENDER_MISSING、DOCUMENTS_SHORT）は juminzei worklist explain-gaps で、"
    "ほかの差は juminzei worklist に並ぶ項目の処理で解消します。"
)

NOTHING_YET = (
    "受付台帳にまだ何もありません。juminzei expect で提出があるはずの送付元を、"
    "juminzei intake で資料を登録してください。 (LEDGER_EMPTY)"
)


@click.command("ledger")
@click.option("--year", type=int, help="課税年度(西暦)。省略すると最も新しい年度")
@click.option("--all", "show_all", is_flag=True, help="差のない行も表示する")
@click.option("--json", "as_json", is_flag=True, help="プログラム向けに、1つのJSONで出力")
@click.pass_obj
def ledger(runtime: Runtime, year: int | None, *, show_all: bool, as_json: bool) -> None:
    """受付台帳を表示します。説明のつかない差が残っている間は終了コード 1。"""
    found = ask(runtime, lambda session: _read(session, year))
    click.echo(json.dumps(_plain(found), ensure_ascii=False) if as_json else _text(found, show_all=show_all))
    sys.exit(not found.balances)


async def _read(session: ReadSession, year: int | None) -> Ledger:
    asked = year or await queries.latest_year(session)
    if not asked:
        raise click.ClickException(NOTHING_YET)
    return await read_ledger(session, asked)


def _plain(found: Ledger) -> dict[str, object]:
    return {
        "tax_year": found.tax_year,
        "balances": found.balances,
        "totals": {name: found.total(name) for name in COUNTS},
        "lines": [{**asdict(line), "unexplained": line.unexplained} for line in found.lines],
    }


def _text(found: Ledger, *, show_all: bool) -> str:
    shown = [line for line in found.lines if show_all or line.unexplained]
    rows = [
        "\t".join(("送付元", "ファイル", "状態", *COUNTS.values())),
        *(_row(line) for line in shown),
        "\t".join(("合計", "", "", *(f"{found.total(name):,}" for name in COUNTS))),
        f"{found.tax_year}年度: "
        + ("差はありません。" if found.balances else f"説明のつかない差があります。{WHAT_NEXT}"),
    ]
    return "\n".join(rows)


def _row(line: Line) -> str:
    counts = (getattr(line, name) for name in COUNTS)
    sender = f"{line.sender_code} {line.sender_name}"
    figures = ("-" if count is None else f"{count:,}" for count in counts)
    return "\t".join((sender, line.file_name, line.code or STATES.get(line.state, ""), *figures))
