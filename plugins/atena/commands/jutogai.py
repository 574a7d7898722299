"""`juminzei atena jutogai`: 住登外者 from a file."""

from dataclasses import asdict
from datetime import datetime
from pathlib import Path

import click

from core.commands.desk import Desk, staff_option
from core.runtime import Runtime
from core.work import Work
from plugins.atena.commands.common import day_type, json_option, report, take_whole
from plugins.atena.permissions import PERSON_WRITE
from plugins.atena.service.jutogai import Intake, Taken
from plugins.atena.vault.keyring import open_keyring

LABELS = {"read": "読込", "registered": "登録", "known": "登録済み"}


@click.command("jutogai")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--valid-from", type=day_type, help="有効開始日(YYYY-MM-DD)。省略すると今日")
@json_option
@staff_option()
@click.pass_obj
def jutogai(
    runtime: Runtime, file: Path, valid_from: datetime | None, staff: str | None, *, as_json: bool
) -> None:
    """住登外者のファイル(JSON Lines)を登録します。1件でも誤りがあれば何も登録しません。"""
    keyring = open_keyring(runtime.settings)

    async def take(work: Work) -> Taken:
        day = valid_from.date() if valid_from is not None else work.today
        return await Intake(work, keyring).take(file, day)

    desk = Desk(runtime, staff, "atena jutogai", is_machines_too=True)
    report(asdict(take_whole(desk, PERSON_WRITE, take, as_json=as_json)), LABELS, as_json=as_json)
