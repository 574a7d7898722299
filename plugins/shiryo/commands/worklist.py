"""`juminzei worklist`: what people have to decide, with owner and age; no personal data."""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import click
from sqlalchemy import Row

from core.runtime import Runtime
from plugins.shiryo.commands.asking import ask
from plugins.shiryo.commands.deciding import assign, confirm, explain_gaps, propose, refuse
from plugins.shiryo.commands.showing import STATES, show
from plugins.shiryo.queries import work_items
from plugins.shiryo.queries.work_items import Wanted
from plugins.shiryo.service.guidance import guide_of

NOBODY = "(担当なし)"
COLUMNS = {
    "id": "作業番号",
    "code": "コード",
    "state": "状態",
    "owner": "担当",
    "age_days": "日数",
    "sender": "送付元",
    "delivery": "受付番号",
    "file": "ファイル",
    "document": "資料番号",
    "blocking": "併合を止める",
    "records": "件数",
    "meaning": "内容",
}
"""The columns, in order."""
MORE = "内容は juminzei worklist show 作業番号、処理は worklist propose・confirm で行います。"


@click.group("worklist", invoke_without_command=True)
@click.option("--year", type=int, help="課税年度(西暦)")
@click.option("--owner", metavar="STAFF", help="担当の職員番号")
@click.option("--code", help="コード(NAMESAKEなど)")
@click.option("--summary", is_flag=True, help="コードと担当ごとの件数")
@click.option("--all", "show_all", is_flag=True, help="併合を止めない注意(ファイルとコードごと)も表示する")
@click.option("--limit", type=click.IntRange(1, 10_000), default=100, show_default=True, help="表示する件数")
@click.option("--json", "as_json", is_flag=True, help="プログラム向けに、1行に1つのJSONで出力")
@click.pass_context
def worklist(
    context: click.Context,
    year: int | None,
    owner: str | None,
    code: str | None,
    limit: int,
    *,
    summary: bool,
    show_all: bool,
    as_json: bool,
) -> None:
    """終わっていない作業項目を、古い順に表示します。担当・提案・確認は下の命令で行います。"""
    if context.invoked_subcommand is not None:
        return
    runtime: Runtime = context.obj
    now = runtime.clock.now()
    if summary:
        _sum_up(ask(runtime, lambda session: work_items.counts(session, year)), now, as_json=as_json)
        return
    wanted = Wanted(year, owner=owner, code=code, is_blocking=None if show_all else True, is_open=True)
    rows = ask(runtime, lambda session: work_items.list_items(session, wanted, limit=limit))
    _list(rows, now, as_json=as_json)


for command in (show, assign, propose, confirm, refuse, explain_gaps):
    worklist.add_command(command)


def _list(rows: Sequence[Row[Any]], now: datetime, *, as_json: bool) -> None:
    if rows and not as_json:
        click.echo("\t".join(COLUMNS.values()))
    for row in rows:
        item = {
            "id": row.id,
            "code": row.code,
            "state": row.state,
            "owner": row.owner,
            "age_days": _age(row.opened_at, now),
            "sender": row.sender_code,
            "delivery": row.delivery_id,
            "file": row.file_name,
            "document": row.document_id,
            "blocking": row.is_blocking,
            "records": row.records,
            "meaning": guide_of(row.code).meaning,
        }
        if as_json:
            click.echo(json.dumps(item, ensure_ascii=False))
        else:
            click.echo("\t".join(_cell(value) for value in {**item, "state": STATES[row.state]}.values()))
    if not as_json:
        click.echo(MORE if rows else "終わっていない作業項目はありません。")


def _cell(value: object) -> str:
    if isinstance(value, bool):
        return "はい" if value else "いいえ"
    return "-" if value in (None, "") else str(value)


def _sum_up(rows: Sequence[Row[Any]], now: datetime, *, as_json: bool) -> None:
    """Say how many items of each code are open, how old the oldest is, and what is usually done."""
    if not as_json:
        click.echo("コード\t担当\t件数\t最も古い\t内容\t次にすること")
    for row in rows:
        guide = guide_of(row.code)
        cells = [row.code, row.owner or NOBODY, f"{row.items:,}", f"{_age(row.oldest, now)}日", *guide]
        click.echo(json.dumps(cells, ensure_ascii=False) if as_json else "\t".join(cells))


def _age(opened_at: datetime, now: datetime) -> int:
    return max((now - opened_at).days, 0)
