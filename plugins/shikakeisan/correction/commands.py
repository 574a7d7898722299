"""`juminzei year late`: proposals for everybody whose documents came after the merge."""

import sys
from collections.abc import Mapping
from types import MappingProxyType

import click

from core.access.actor import Actor, ActorKind
from core.commands.desk import Desk, staff_option
from core.commands.terminal import asked
from core.jobs import service as jobs
from core.jobs.follow import follow
from core.jobs.state import RESUMABLE, JobStatus
from core.jobs.types import JobType
from core.runtime import Runtime
from core.storage.database import Database
from core.work import Work
from plugins.shikakeisan.correction.jobs import LATE
from plugins.shikakeisan.permissions import CORRECTION_PROPOSE

COUNTS = {
    "proposed": "更正を提案した者",
    "waiting": "同じ提案が承認待ちの者",
    "unchanged": "税額の変わらない者",
}


@click.command("late")
@click.argument("tax_year", type=int)
@click.option("--reason", required=True, help="提案の理由。記録に残ります")
@click.option("--json", "json_lines", is_flag=True, help="プログラム向けに、1行に1つのJSONで出力")
@staff_option()
@click.pass_obj
def late(runtime: Runtime, tax_year: int, reason: str, staff: str | None, *, json_lines: bool) -> None:
    """期限後の資料: 決定の後に届いた資料で税額が変わる者に、更正の提案を作ります。

    提案者は操作した職員になり、承認はほかの職員がします。途中で止まっても、もう一度実行すれば続きから作ります。
    """

    async def deed(work: Work) -> int:
        return await queue(work, LATE, {"tax_year": tax_year, "reason": reason})

    job_id = Desk(runtime, staff, "year late").act(CORRECTION_PROPOSE, deed)
    sys.exit(finish(runtime, job_id, COUNTS, json_lines=json_lines))


async def queue(work: Work, kind: JobType, given: dict[str, object]) -> int:
    """Queue a job in the name of whoever acts; one that is under way is gone on with."""
    return await jobs.begin(work.session, kind, given, Actor(ActorKind.STAFF, work.staff))


def finish(
    runtime: Runtime,
    job_id: int,
    labels: Mapping[str, str] = MappingProxyType({}),
    *,
    json_lines: bool = False,
) -> int:
    """Show a job until it ends, and the counts of its result; return what the command exits with.

    What was refused is counted by the code of its refusal, which is shown as it is; the sum that every job
    gives is left out.
    """

    async def ask(database: Database) -> JobStatus:
        return await follow(runtime, database, job_id, json_lines=json_lines)

    status = asked(runtime, ask)
    if labels and not json_lines:
        counts = {name: people for name, people in (status.result or {}).items() if name != "errors"}
        for name, people in counts.items():
            click.echo(f"{labels.get(name, name)}\t{people:,}人")
    return int(status.state in RESUMABLE)
