"""`juminzei worklist`: what people have to decide, with owner and age; no personal data."""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import click
from sqlalchemy import Row

from core.runtime import Runtime
from plugins.shiryo.commands.asking import ask
from plugins.shiryo.queries import work_items

NOBODY = "(担当なし)"


@click.command("worklist")
@click.option("--year", type=int, help="課税年度(西暦)")
@click.option("--owner", metavar="STAFF", help="担当の職員番号")
@click.option("--code", help="コード(NAMESAKEなど)")
@click.option("--summary", is_flag=True, help="コードと担当ごとの件数")
@click.option("--limit", type=click.IntRange(1, 10_000), default=100, show_default=True)
@click.option("--json", "as_json", is_flag=True, help="one JSON object per line, for programs")
@click.pass_obj
def worklist(
    runtime: Runtime,
    year: int | None,
    owner: str | None,
    code: str | None,
    limit: int,
    *,
    summary: bool,
    as_json: bool,
) -> None:
    """終わっていない作業項目を、古い順に表示します。"""
    now = runtime.clock.now()
    if summary:
        counts = ask(runtime, lambda session: work_items.counts(session, year))
        for row in counts:
            _say(
                [row.code, row.owner or NOBODY, f"{row.items:,}", f"{_age(row.oldest, now)}日"],
                as_json=as_json,
            )
        return
    rows = ask(
        runtime,
        lambda session: work_items.list_items(
            session, tax_year=year, owner=owner, code=code, is_open=True, limit=limit
        ),
    )
    _list(rows, now, as_json=as_json)


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
