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
from plugins.shiryo.queries import work_items
from plugins.shiryo.queries.work_items import Wanted

NOBODY = "(担当なし)"


@click.group("worklist", invoke_without_command=True)
@click.option("--year", type=int, help="課税年度(西暦)")
@click.option("--owner", metavar="STAFF", help="担当の職員番号")
@click.option("--code", help="コード(NAMESAKEなど)")
@click.option("--summary", is_flag=True, help="コードと担当ごとの件数")
@click.option("--all", "show_all", is_flag=True, help="併合を止めない注意(ファイルとコードごと)も表示する")
@click.option("--limit", type=click.IntRange(1, 10_000), default=100, show_default=True)
@click.option("--json", "as_json", is_flag=True, help="one JSON object per line, for programs")
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
        for row in ask(runtime, lambda session: work_items.counts(session, year)):
            age = f"{_age(row.oldest, now)}日"
            _say([row.code, row.owner or NOBODY, f"{row.items:,}", age], as_json=as_json)
        return
    wanted = Wanted(year, owner=owner, code=code, is_blocking=None if show_all else True, is_open=True)
    rows = ask(runtime, lambda session: work_items.list_items(session, wanted, limit=limit))
    _list(rows, now, as_json=as_json)


for command in (assign, propose, confirm, refuse, explain_gaps):
    worklist.add_command(command)


def _list(rows: Sequence[Row[Any]], now: datetime, *, as_json: bool) -> None:
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
        }
        if as_json:
            click.echo(json.dumps(item, ensure_ascii=False))
        else:
            click.echo("\t".join("" if value is None else str(value) for value in item.values()))
    if not rows and not as_json:
        click.echo("終わっていない作業項目はありません。")


def _say(cells: Sequence[str], *, as_json: bool) -> None:
    click.echo(json.dumps(cells, ensure_ascii=False) if as_json else "\t".join(cells))


def _age(opened_at: datetime, now: datetime) -> int:
    return max((now - opened_at).days, 0)
