"""`juminzei year late`: proposals for everybody whose documents came after the merge."""

import asyncio
import sys

import click

from core.access.actor import SYSTEM
from core.errors import JuminzeiError
from core.jobs import service as jobs
from core.jobs.follow import follow
from core.jobs.state import RESUMABLE
from core.runtime import Runtime
from plugins.shikakeisan.correction.jobs import LATE


@click.command("late")
@click.argument("tax_year", type=int)
@click.option("--reason", required=True, help="提案の理由。記録に残ります")
@click.option("--json", "json_lines", is_flag=True, help="one JSON object per line, for programs")
@click.pass_obj
def late(runtime: Runtime, tax_year: int, reason: str, *, json_lines: bool) -> None:
    """期限後の資料: 併合の後に届いた資料で税額が変わる者に、更正の提案を作ります（要承認）。"""

    async def run() -> int:
        async with runtime.open_database() as database:
            given = {"tax_year": tax_year, "reason": reason}
            async with database.transaction() as session:
                job_id = await jobs.enqueue(session, LATE, given, SYSTEM)
            status = await follow(runtime, database, job_id, json_lines=json_lines)
            return int(status.state in RESUMABLE)

    try:
        sys.exit(asyncio.run(run()))
    except JuminzeiError as refusal:
        raise click.ClickException(f"{refusal.text} ({refusal.code})") from None
