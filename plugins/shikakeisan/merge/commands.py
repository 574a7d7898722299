"""`juminzei year merge` and `juminzei year findings`."""

import json
import sys
from collections.abc import Mapping, Sequence
from typing import Any

import click
from sqlalchemy import Row

from core.access.actor import SYSTEM
from core.jobs import service as jobs
from core.jobs.errors import JobAlreadyActive
from core.jobs.follow import follow
from core.jobs.state import RESUMABLE
from core.runtime import Runtime
from core.storage.database import Database
from plugins.shikakeisan.merge import listing
from plugins.shikakeisan.merge.book import finding_kinds, rule_texts
from plugins.shikakeisan.merge.job import MERGE
from plugins.shikakeisan.merge.listing import Wanted
from plugins.shikakeisan.terminal import asked

NOBODY = "(担当なし)"


@click.command("merge")
@click.argument("tax_year", type=int)
@click.option("--workers", type=click.IntRange(1, 8), default=2, show_default=True, help="プロセスの数")
@click.option("--json", "json_lines", is_flag=True, help="one JSON object per line, for programs")
@click.pass_obj
def merge(runtime: Runtime, tax_year: int, workers: int, *, json_lines: bool) -> None:
    """資料併合: 個人基本を確定した年度の全員の資料を、1人1つの事実にまとめます。

    途中で止まっても、同じコマンドをもう一度実行すれば続きから併合します。確認事項が残っていても終了コードは0です。
    """
    given = {"tax_year": tax_year, "workers": workers}
    sys.exit(asked(runtime, lambda database: _merge(runtime, database, given, json_lines=json_lines)))


@click.command("findings")
@click.argument("tax_year", type=int)
@click.option("--code", help="コード(TWO_CLAIMANTSなど)")
@click.option("--owner", metavar="STAFF", help="担当の職員番号")
@click.option("--all", "with_settled", is_flag=True, help="終わったもの・なくなったものも表示する")
@click.option("--summary", is_flag=True, help="コードごとの件数")
@click.option("--limit", type=click.IntRange(1, 100_000), default=100, show_default=True)
@click.option("--json", "as_json", is_flag=True, help="one JSON object per line, for programs")
@click.pass_obj
def findings(
    runtime: Runtime,
    tax_year: int,
    code: str | None,
    owner: str | None,
    limit: int,
    *,
    with_settled: bool,
    summary: bool,
    as_json: bool,
) -> None:
    """資料併合の確認事項（併合エラーリスト）を、古い順に表示します。個人番号・氏名は表示しません。"""
    if summary:
        rows = asked(runtime, lambda database: _counts(database, tax_year))
        items = [{"code": row.code, "state": row.state, "findings": row.findings} for row in rows]
    else:
        wanted = Wanted(tax_year, code=code, owner=owner, is_open=None if with_settled else True)
        items = [_item(row) for row in asked(runtime, lambda database: _list(database, wanted, limit))]
    for item in items:
        click.echo(json.dumps(item, ensure_ascii=False) if as_json else "\t".join(map(_cell, item.values())))
    if not items and not as_json:
        click.echo("確認事項はありません。")


async def _merge(runtime: Runtime, database: Database, given: Mapping[str, Any], *, json_lines: bool) -> int:
    job_id = await _enqueue(database, given)
    status = await follow(runtime, database, job_id, json_lines=json_lines)
    if status.state in RESUMABLE or status.result is None:
        return 1
    if not json_lines:
        for line in _told(status.result):
            click.echo(line)
    return 0


async def _enqueue(database: Database, given: Mapping[str, Any]) -> int:
    """Queue the merge; one that is under way, or whose worker was killed, is gone on with."""
    try:
        async with database.transaction() as session:
            return await jobs.enqueue(session, MERGE, given, SYSTEM)
    except JobAlreadyActive as active:
        return int(str(active.details["job"]))


def _told(result: Mapping[str, Any]) -> Sequence[str]:
    """Lines that add up: documents in are documents used and put aside."""
    rules, kinds = rule_texts(), finding_kinds()
    lines = [f"併合した者\t{result.get('people', 0):,}人", f"資料\t{result.get('documents', 0):,}件"]
    for name, number in result.items():
        way, _, rest = name.partition(".")
        if way == "used":
            lines.append(f"  使った資料 {rest}\t{number:,}件")
        elif way == "aside":
            rule, _, kind = rest.partition(".")
            lines.append(f"  使わない資料 {kind}（{rules[rule].text}）\t{number:,}件")
    lines += [f"内容の変わった者\t{result.get('changed', 0):,}人"]
    lines += [
        f"確認事項 {code}（{kinds[code].text}）\t{number:,}件" for code, number in result["findings"].items()
    ]
    return lines


async def _list(database: Database, wanted: Wanted, limit: int) -> Sequence[Row[Any]]:
    async with database.read() as session:
        return await listing.list_findings(session, wanted, after=0, limit=limit)


async def _counts(database: Database, tax_year: int) -> Sequence[Row[Any]]:
    async with database.read() as session:
        return await listing.counts(session, tax_year)


def _item(row: Row[Any]) -> dict[str, Any]:
    return {
        "id": row.id,
        "code": row.code,
        "state": row.state,
        "blocking": row.is_blocking,
        "owner": row.owner or NOBODY,
        "person": row.person_id,
        "others": list(row.others),
        "documents": list(row.documents),
        "opened_at": row.opened_at.isoformat(timespec="seconds"),
    }


def _cell(value: object) -> str:
    return ",".join(map(str, value)) if isinstance(value, list) else str(value)
