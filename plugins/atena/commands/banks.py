"""`juminzei atena banks`, `bank-mergers`: the bank master from files."""

from collections.abc import Awaitable, Callable
from dataclasses import asdict
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TypeVar

import click

from core.commands.desk import Desk, staff_option
from core.runtime import Runtime
from core.work import Work
from plugins.atena.commands.common import day_type, json_option, report, take_whole
from plugins.atena.permissions import BANK_WRITE
from plugins.atena.service.bank_files import MasterTaken, MergersTaken, take_master, take_mergers

T = TypeVar("T", MasterTaken, MergersTaken)
MASTER_LABELS = {"read": "読込", "added": "追加", "changed": "変更", "closed": "廃止"}
MERGER_LABELS = {"read": "読込", "merged": "統合", "moved": "移した口座"}
file_argument = click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))


@click.command("banks")
@file_argument
@click.option("--valid-from", type=day_type, required=True, help="この内容が有効になる日(YYYY-MM-DD)")
@click.option("--many-closed", is_flag=True, help="支店の1割を超える廃止を認める")
@json_option
@staff_option()
@click.pass_obj
def banks(
    runtime: Runtime, file: Path, valid_from: datetime, staff: str | None, *, many_closed: bool, as_json: bool
) -> None:
    """金融機関・支店のファイル(CSV、全件)を取り込みます。ファイルにない支店は廃止になります。"""
    take = partial(take_master, file=file, valid_from=valid_from.date(), many_closed=many_closed)
    desk = Desk(runtime, staff, "atena banks", is_machines_too=True)
    _run(desk, take, MASTER_LABELS, as_json=as_json)


@click.command("bank-mergers")
@file_argument
@json_option
@staff_option()
@click.pass_obj
def bank_mergers(runtime: Runtime, file: Path, staff: str | None, *, as_json: bool) -> None:
    """支店の統合のファイル(CSV)を取り込み、口座を統合の日から統合先に移します。"""
    take = partial(take_mergers, file=file)
    desk = Desk(runtime, staff, "atena bank-mergers", is_machines_too=True)
    _run(desk, take, MERGER_LABELS, as_json=as_json)


def _run(desk: Desk, take: Callable[[Work], Awaitable[T]], labels: dict[str, str], *, as_json: bool) -> None:
    report(asdict(take_whole(desk, BANK_WRITE, take, as_json=as_json)), labels, as_json=as_json)
