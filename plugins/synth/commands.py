"""`juminzei synth`: write a synthetic city."""

import os
from pathlib import Path

import click
from rich.progress import Progress

from plugins.synth.faults.kinds import Fault
from plugins.synth.plan import LARGEST_CITY, Plan
from plugins.synth.writing.city import write_city

_NAMES = {
    "people": "人",
    "non_residents": "うち住登外者",
    "feed": "住記異動の通知",
    "salary_report": "給与支払報告書",
    "pension_report": "公的年金等支払報告書",
    "tax_return": "確定申告書",
    "resident_return": "住民税申告書",
    "one_stop_notice": "申告特例通知",
    "files": "ファイル",
    "senders": "送付者",
    "faults": "不備",
}


def _faults(_context: click.Context, _option: click.Parameter, value: str) -> frozenset[str]:
    known = {fault.value for fault in Fault}
    if value in {"all", "none"}:
        return frozenset(known if value == "all" else ())
    asked = frozenset(value.split(","))
    if asked <= known:
        return asked
    raise click.BadParameter(f"次の中から選んでください: all, none, {', '.join(sorted(known))}")


@click.command("synth")
@click.option("--people", type=click.IntRange(1, LARGEST_CITY), required=True, help="人数（住登外者を含む）")
@click.option(
    "--year", type=click.IntRange(2021, 2099), required=True, help="課税年度（西暦、例 2025 = 令和7年度）"
)
@click.option(
    "--out", type=click.Path(file_okay=False, path_type=Path), required=True, help="出力先フォルダー"
)
@click.option(
    "--seed", type=int, default=1, show_default=True, help="乱数の種。同じ種からは同じファイルができる"
)
@click.option(
    "--faults", callback=_faults, default="all", show_default=True, help="入れる不備: all, none, 名前,…"
)
@click.option(
    "--workers",
    type=click.IntRange(1),
    default=os.cpu_count() or 1,
    show_default=True,
    help="並行する処理の数",
)
def synth(*, people: int, year: int, out: Path, seed: int, faults: frozenset[str], workers: int) -> None:
    """架空の市の住民・事業所・課税資料のファイルと、その正解（truth.jsonl、facts.jsonl）を作る。"""
    plan = Plan(people, year, seed, faults)
    with Progress(transient=True, disable=not os.isatty(2)) as progress:
        task = progress.add_task("人を作成", total=people)
        counts = write_city(plan, out, workers, lambda done: progress.update(task, advance=done))
    for name, label in _NAMES.items():
        click.echo(f"{label}\t{counts[name]:,}")
