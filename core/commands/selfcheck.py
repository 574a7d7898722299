"""`juminzei selfcheck`: what is set up and what is not; exit 1 when something is missing."""

import asyncio
import json
import sys

import click

from core.checks import Check, CheckState
from core.runtime import Runtime
from core.storage.readiness import check_ready

SIGNS = {CheckState.OK: "○", CheckState.WARNING: "△", CheckState.FAILED: "×"}


@click.command("selfcheck")
@click.option("--json", "as_json", is_flag=True, help="プログラム向けに、1項目1行のJSONで出力")
@click.pass_obj
def selfcheck(runtime: Runtime, *, as_json: bool) -> None:
    """自己点検: 設定が済んでいるものと、済んでいないものを表示します。"""
    checks = asyncio.run(collect(runtime))
    for check in checks:
        click.echo(_as_json(check) if as_json else f"{SIGNS[check.state]} {check.name}: {check.message}")
    sys.exit(any(check.state is CheckState.FAILED for check in checks))


async def collect(runtime: Runtime) -> list[Check]:
    """Ask core and every enabled plug-in; without a database that is ready there is nothing else to ask."""
    async with runtime.open_database() as database:
        problems = await check_ready(database, runtime.plugins.answers("migrations"))
        if problems:
            return [Check("データベース", CheckState.FAILED, problem) for problem in problems]
        answers = await runtime.plugins.run("selfcheck", runtime=runtime, database=database)
    return [check for answer in answers for check in answer]


def _as_json(check: Check) -> str:
    return json.dumps(
        {"name": check.name, "state": check.state, "message": check.message}, ensure_ascii=False
    )
