"""`juminzei year merge`: the documents of a whole city."""

import sys
from collections.abc import Mapping, Sequence
from typing import Any

import click

from core.commands.desk import staff_option
from core.commands.terminal import asked
from core.jobs.follow import follow
from core.jobs.state import RESUMABLE
from core.runtime import Runtime
from core.storage.database import Database
from plugins.shikakeisan.merge.book import finding_kinds, rule_texts
from plugins.shikakeisan.merge.job import MERGE
from plugins.shikakeisan.merge.labels import KINDS
from plugins.shikakeisan.permissions import MERGE_START
from plugins.shikakeisan.terminal import start_job


@click.command("merge")
@click.argument("tax_year", type=int)
@click.option("--workers", type=click.IntRange(1, 8), default=2, show_default=True, help="プロセスの数")
@click.option("--json", "json_lines", is_flag=True, help="プログラム向けに、1行に1つのJSONで出力")
@staff_option()
@click.pass_obj
def merge(runtime: Runtime, tax_year: int, workers: int, staff: str | None, *, json_lines: bool) -> None:
    """資料併合: 個人基本を確定した年度の全員の資料を、1人1つの事実にまとめます。

    途中で止まっても、同じコマンドをもう一度実行すれば続きから併合します。確認事項が残っていても終了コードは0です。
    職員を示さなければ、システムが実行したものになります。
    """
    given = {"tax_year": tax_year, "workers": workers}
    job_id = start_job(runtime, staff, MERGE_START, MERGE, given)
    sys.exit(asked(runtime, lambda database: _merge(runtime, database, job_id, json_lines=json_lines)))


async def _merge(runtime: Runtime, database: Database, job_id: int, *, json_lines: bool) -> int:
    status = await follow(runtime, database, job_id, json_lines=json_lines)
    if status.state in RESUMABLE or status.result is None:
        return 1
    if not json_lines:
        for line in _told(status.result):
            click.echo(line)
    return 0


def _told(result: Mapping[str, Any]) -> Sequence[str]:
    """Lines that add up: documents in are documents used and put aside."""
    rules, kinds = rule_texts(), finding_kinds()
    lines = [f"併合した者\t{result.get('people', 0):,}人", f"資料\t{result.get('documents', 0):,}件"]
    for name, number in result.items():
        way, _, rest = name.partition(".")
        if way == "used":
            lines.append(f"  使った資料 {KINDS[rest]}\t{number:,}件")
        elif way == "aside":
            rule, _, kind = rest.partition(".")
            lines.append(f"  使わない資料 {KINDS[kind]}（{rules[rule].text}）\t{number:,}件")
    lines += [f"内容の変わった者\t{result.get('changed', 0):,}人"]
    lines += [
        f"確認事項 {code}（{kinds[code].text}）\t{number:,}件" for code, number in result["findings"].items()
    ]
    return lines
