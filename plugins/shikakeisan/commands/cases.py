"""``juminzei cases run``: worked examples against the rules, to the yen."""

import sys
from pathlib import Path

import click

from plugins.shikakeisan.cases.runner import Verdict, read_cases, run_cases


@click.group()
def cases() -> None:
    """公表された計算例。"""


@cases.command("run")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def run(file: Path) -> None:
    """計算例のファイルを計算し、違う数値と、等しい例と数値の数を表示する。違いがあれば終了コードは1。"""
    verdicts = list(run_cases(read_cases(file)))
    for verdict in verdicts:
        _show(verdict)
    compared = [figure for verdict in verdicts for _, figure in verdict.compared]
    equal = sum(figure.equal for figure in compared)
    passed = sum(verdict.passed for verdict in verdicts)
    kept = sum(verdict.kept is not None for verdict in verdicts)
    click.echo(
        f"例 {passed}件・数値 {equal}件が一致（比べた数値 {len(compared)}件、数えずに残した例 {kept}件）"
    )
    failed = [verdict for verdict in verdicts if verdict.kept is None and not verdict.passed]
    if failed:
        click.echo(f"一致しない例 {len(failed)}件")
        sys.exit(1)


def _show(verdict: Verdict) -> None:
    for year, figure in verdict.differing:
        click.echo(f"{verdict.case} {year}年度 {figure.key}: 公表 {figure.printed} 計算 {figure.actual}")
    for error in verdict.errors:
        click.echo(f"{verdict.case}: {error}")
    if verdict.kept:
        click.echo(f"{verdict.case}: 数えない（{verdict.kept}）")
