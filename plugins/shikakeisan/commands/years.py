"""``juminzei years``: a reform as a table, the gates of the files, their lock."""

import sys
from typing import Any

import click

from plugins.shikakeisan.gates import gate_faults
from plugins.shikakeisan.law.calendar import due_dates, pension_due_dates, salary_due_dates
from plugins.shikakeisan.law.difference import Change, changes
from plugins.shikakeisan.law.lock import write_lock
from plugins.shikakeisan.law.municipalities import STANDARD
from plugins.shikakeisan.law.years import load_year


@click.group()
def years() -> None:
    """年度の数値。"""


@years.command("diff")
@click.argument("before", type=int)
@click.argument("after", type=int)
def diff(before: int, after: int) -> None:
    """二つの年度で違う表を、改正した法律とともに表示する。"""
    old, new = load_year(before), load_year(after)
    found = changes(old, new)
    for change in found:
        _show(change)
    click.echo(f"{old.label}から{new.label}までに {len(found)}の表が違います。")


@years.command("check")
@click.option("--lock", is_flag=True, help="今のファイルを確定する（ハッシュを記録する）")
def check(*, lock: bool) -> None:
    """年度と団体のファイルの検査をする。誤りがあれば終了コードは1。"""
    if lock:
        write_lock()
    faults = gate_faults()
    for fault in faults:
        click.echo(fault)
    if faults:
        sys.exit(1)
    click.echo("年度と団体のファイルに誤りはありません。")


@years.command("dates")
@click.argument("fiscal_year", type=int)
@click.option("--municipality", default=STANDARD, show_default=True, help="6桁の全国地方公共団体コード")
def dates(fiscal_year: int, municipality: str) -> None:
    """納期限（普通徴収）と納入期限（給与・年金の特別徴収）を、休日を除いて表示する。"""
    for label, find in (
        ("普通徴収", due_dates),
        ("給与特別徴収", salary_due_dates),
        ("年金特別徴収", pension_due_dates),
    ):
        click.echo(f"{label}: " + " ".join(map(str, find(fiscal_year, municipality))))


def _show(change: Change) -> None:
    click.echo(f"{change.label}（{change.name}） {change.law}")
    click.echo(f"  改正: {change.amended or '―'}")
    for line in _rows(change.before, change.after):
        click.echo(f"  {line}")


def _rows(before: Any, after: Any) -> list[str]:
    old, new = _lines(before), _lines(after)
    return [f"- {line}" for line in old if line not in new] + [f"+ {line}" for line in new if line not in old]


def _lines(figures: Any) -> list[str]:
    if figures is None:
        return ["（なし）"]
    value, _unit = figures
    return [" ".join(map(_cell, row)) for row in value] if isinstance(value, list) else [_cell(value)]


def _cell(value: Any) -> str:
    return f"{value:,}" if isinstance(value, int) else str(value)
