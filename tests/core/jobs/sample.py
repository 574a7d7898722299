"""A plug-in with sample jobs, and a process that works on them: `python sample.py URL LEASE COMMAND …`."""

import asyncio
import os
import sys
from collections.abc import Awaitable, Callable, Sequence

import click
from sqlalchemy import BigInteger, Column, Integer, MetaData, Table, insert

from core.access.journal import AccessRecord, current_journal
from core.access.policy import Policy
from core.commands.jobs import jobs as jobs_group
from core.errors import Conflict, JuminzeiError
from core.hooks import hook
from core.identity.settings import UNATTENDED
from core.jobs.job import Job
from core.jobs.state import Outcome
from core.jobs.types import JobType, Parameter
from core.jobs.worker import JOB_LEASE, JOB_SLOTS
from core.loading import assemble
from core.runtime import Runtime
from core.settings import DATA_DIR, PROFILE, Settings, Sources, whole
from core.storage.address import DATABASE_OWNER_URL, DATABASE_URL
from core.storage.database import WriteSession

effect = Table(
    "effect",
    MetaData(schema="sample_jobs"),
    Column("job", BigInteger),
    Column("unit", BigInteger),
    Column("worker", Integer),
)


class Unbalanced(Conflict):
    """What a job refuses with."""

    code = "SAMPLE_UNBALANCED"
    message = "件数が一致しません。"


async def count(job: Job) -> Outcome:
    """Leave one trace per unit, `size` units a step, `pause` milliseconds between writing and committing."""
    units, size, pause = (job.parameters[name] for name in ("units", "size", "pause"))
    while (start := job.cursor or 0) < units:
        async with job.step() as step:
            block = range(start, min(start + size, units))
            rows = [{"job": job.id, "unit": unit, "worker": os.getpid()} for unit in block]
            await step.session.execute(insert(effect), rows)
            await asyncio.sleep(pause / 1000)
            step.cursor, step.total, step.message = block.stop, units, f"{block.stop}件まで"
            step.advance(len(block))
    return Outcome({"units": job.done})


async def refuse(job: Job) -> Outcome:
    """Do one step, then refuse in the second one, until the world has changed."""
    async with job.step() as step:
        step.cursor = (job.cursor or 0) + 1
        step.advance(1)
        if step.cursor == 2:
            await step.session.execute(insert(effect), [{"job": job.id, "unit": 2, "worker": 0}])
            raise Unbalanced
    return await refuse(job) if job.cursor < 3 else Outcome()


async def crash(job: Job) -> Outcome:
    """Fail in a way that nobody foresaw, with a text that must not get anywhere."""
    raise ValueError("個人番号 123456789018")


async def leave_behind(job: Job) -> Outcome:
    """Complete, with two records left in a work list."""
    return Outcome({"read": 10}, errors=2)


NUMBER = whole(0, 1_000_000)
COUNT = JobType(
    "sample.count",
    "数える",
    count,
    {
        "units": Parameter(NUMBER, "件数"),
        "size": Parameter(NUMBER, "一度に", "10"),
        "pause": Parameter(NUMBER, "間", "0"),
    },
)
ONCE = JobType("sample.once", "一つだけ", count, COUNT.parameters, key=lambda given: f"once/{given['size']}")
REFUSE = JobType("sample.refuse", "断る", refuse)
CRASH = JobType("sample.crash", "壊れる", crash)
LEAVE = JobType("sample.leave", "残す", leave_behind)


@hook
def jobs() -> Sequence[JobType]:
    return [COUNT, ONCE, REFUSE, CRASH, LEAVE]


recorded: list[AccessRecord | None] = []


@hook
async def record_access(session: WriteSession, records: Sequence[AccessRecord]) -> None:
    """Remember what is to be logged; a None put in before says that the log is full."""
    if None in recorded:
        raise RuntimeError("full")
    recorded.extend(records)


async def trace(job: Job, meanwhile: Callable[[], Awaitable[object]] | None = None) -> None:
    """Leave the trace of unit 0 in a step; something else may happen before it ends."""
    async with job.step() as step:
        await step.session.execute(insert(effect), [{"job": job.id, "unit": 0, "worker": 0}])
        if meanwhile is not None:
            await meanwhile()


async def read_and_write() -> None:
    """Do what services do that show and change personal data."""
    journal = current_journal.get()
    assert journal is not None
    journal.saw("sample.person", "1")
    journal.saw("sample.person", "2")
    journal.wrote("sample.person", "1", {"name", "kana"})


def runtime_of(url: str, lease: int = 15) -> Runtime:
    """Make a deployment of this plug-in alone, on the given database."""
    environ = {"DATABASE_URL": url, "JUMINZEI_JOB_LEASE": str(lease), "JUMINZEI_JOB_SLOTS": "1"}
    environ |= {PROFILE.variable: os.environ.get("SAMPLE_PROFILE", "demo")}
    declared = [PROFILE, DATA_DIR, DATABASE_URL, DATABASE_OWNER_URL, JOB_LEASE, JOB_SLOTS, UNATTENDED]
    policy = Policy.load({"sample": "p, role:clerk, core.job, read\n"})
    return Runtime(Settings(declared, Sources(environ)), assemble({"sample": sys.modules[__name__]}), policy)


def main(url: str, lease: str, *arguments: str) -> None:
    """Run `juminzei jobs …` with this plug-in."""
    group: click.Group = jobs_group
    try:
        group(args=list(arguments), obj=runtime_of(url, int(lease)))
    except JuminzeiError as error:
        click.echo(f"juminzei: {error}", err=True)
        sys.exit(2)


if __name__ == "__main__":
    main(*sys.argv[1:])
