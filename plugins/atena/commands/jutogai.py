"""`juminzei atena jutogai`: 住登外者 from a file."""

import asyncio
from dataclasses import asdict
from datetime import datetime
from pathlib import Path

import click

from core.runtime import Runtime
from plugins.atena.commands.common import day_type, json_option, recorder, refuse, report
from plugins.atena.errors import FileRefused
from plugins.atena.service.jutogai import Intake, Taken
from plugins.atena.vault.keyring import open_keyring

LABELS = {"read": "読込", "registered": "登録", "known": "登録済み"}


@click.command("jutogai")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--valid-from", type=day_type, help="有効開始日(YYYY-MM-DD)。省略すると今日")
@json_option
@click.pass_obj
def jutogai(runtime: Runtime, file: Path, valid_from: datetime | None, *, as_json: bool) -> None:
    """住登外者のファイル(JSON Lines)を登録します。1件でも誤りがあれば何も登録しません。"""
    try:
        taken = asyncio.run(_take(runtime, file, valid_from))
    except FileRefused as refused:
        refuse(refused, as_json=as_json)
    else:
        report(asdict(taken), LABELS, as_json=as_json)


async def _take(runtime: Runtime, file: Path, valid_from: datetime | None) -> Taken:
    day = valid_from.date() if valid_from is not None else runtime.clock.today()
    async with runtime.open_database() as database:
        keyring = open_keyring(runtime.settings)
        return await Intake(database, keyring, runtime.clock, recorder(runtime)).take(file, day)
