"""`juminzei atena name-file`: names and addresses for other systems."""

import asyncio
import json
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from core.clock import JAPAN
from core.commands.desk import Desk, staff_option
from core.commands.terminal import refusing
from core.runtime import Runtime
from plugins.atena.commands.common import acting, day_type, json_option, recorder
from plugins.atena.permissions import NAME_FILE_MAKE
from plugins.atena.service.name_file import OPERATION, NameFile

moment_type = click.DateTime(["%Y-%m-%dT%H:%M:%S", "%Y-%m-%d"])


@click.command("name-file")
@click.option(
    "--out", type=click.Path(file_okay=False, path_type=Path), required=True, help="出力先フォルダー"
)
@click.option("--as-of", type=day_type, help="基準日(YYYY-MM-DD)。省略すると今日")
@click.option("--since", type=moment_type, help="この日時(日本時間)より後に変わった人だけ")
@json_option
@staff_option()
@click.pass_obj
def name_file(
    runtime: Runtime,
    out: Path,
    as_of: datetime | None,
    since: datetime | None,
    staff: str | None,
    *,
    as_json: bool,
) -> None:
    """宛名情報ファイル(CSV)と送付書を作ります。支援措置の人の住所は出力しません。"""
    desk = Desk(runtime, staff, OPERATION, is_machines_too=True)
    with refusing():
        manifest = asyncio.run(_write(desk, out, as_of, since))
    if as_json:
        click.echo(json.dumps(manifest, ensure_ascii=False))
    else:
        hidden = manifest["hiddenAddresses"]
        click.echo(f"{out / manifest['file']}: {manifest['records']:,} 件(うち住所を伏せた人 {hidden:,} 件)")


async def _write(desk: Desk, out: Path, as_of: datetime | None, since: datetime | None) -> Mapping[str, Any]:
    day = as_of.date() if as_of is not None else desk.runtime.clock.today()
    moment = since.replace(tzinfo=JAPAN) if since is not None else None
    async with acting(desk, NAME_FILE_MAKE) as (database, trace):
        return await NameFile(database, trace, recorder(desk.runtime), day, moment).write(out)
