"""Workers and PostgreSQL killed with -9 in the middle of a run: the dump is that of an undisturbed run."""

import asyncio
import os
import random
import signal
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import aclosing, asynccontextmanager
from datetime import date, timedelta
from pathlib import Path

import pytest

from core.access.actor import SYSTEM
from core.clock import MovableClock
from core.jobs import service as jobs
from core.jobs.state import JobState, JobStatus
from core.storage.address import DATABASE_URL, ServerAddress
from core.storage.database import Database
from core.storage.embedded import embedded_server
from core.storage.migrations import Migrations, migrate
from plugins.shikakeisan.assessment.dump import dump, people_of
from plugins.shikakeisan.assessment.run import ASSESS
from schema.build import build_runtime
from schema.testing import environ_of
from tests.forked import Command, Nursery, Patches, nursery
from tests.plugins.shikakeisan.assessment.conftest import TAX_YEAR, Someone, Year

__all__ = ["nursery"]

RUN = "plugins.shikakeisan.assessment.run"


def city(count: int) -> Sequence[Someone]:
    """People of every outcome, all with figures of their own."""
    chance = random.Random(count)
    people = []
    for number in range(count):
        birth = date(1940, 1, 1) + timedelta(days=chance.randrange(30_000))
        facts = {"salary": 500_000 + 7_919 * number, "social_insurance": chance.randrange(900_000)}
        kinds = (
            Someone(facts, birth),
            Someone({"salary": 1_000 * number}, birth),
            Someone(None, birth),
            Someone({**facts, "salary_income": 1}, birth),
            Someone(facts, birth, is_welfare=True),
            Someone(facts, birth, blocking="TWO_CLAIMANTS"),
        )
        people.append(chance.choices(kinds, weights=(60, 20, 10, 3, 3, 3))[0])
    return people


@asynccontextmanager
async def town(folder: Path, address: ServerAddress, people: Sequence[Someone]) -> AsyncIterator[Year]:
    """A merged year."""
    environ = environ_of(folder, **{DATABASE_URL.variable: address.app_url})
    database = Database(address.app_url)
    year = Year(build_runtime(environ, MovableClock()), database)
    try:
        await year.open()
        await year.settle(*people)
        yield year
    finally:
        await database.close()


async def dumped(year: Year) -> bytes:
    async with year.database.read() as session:
        numbers = {person_id: f"{person_id:015d}" for person_id in await people_of(session, TAX_YEAR)}
        today = year.runtime.clock.today()
        return b"".join([line async for line in dump(session, TAX_YEAR, numbers, today)])


async def until(year: Year, job_id: int, wanted: Callable[[JobStatus], bool]) -> JobStatus:
    async with asyncio.timeout(120), aclosing(jobs.watch(year.database, job_id)) as statuses:
        async for status in statuses:
            if wanted(status):
                break
    return status


async def disturbed(
    year: Year, folder: Path, start: Callable[[Patches], Command], *, block: int, kills: int, workers: int
) -> JobStatus:
    """Run with `workers` workers, and kill them or PostgreSQL at random moments; then let one end the run."""
    chance = random.Random(kills)
    # Small blocks, so that kills fall into the middle of the run.
    small = {f"{RUN}.BLOCK": block, f"{RUN}.PART": 7}
    async with year.database.transaction() as session:
        job_id = await jobs.enqueue(session, ASSESS, {"tax_year": TAX_YEAR}, SYSTEM)
    running = [start(small) for _ in range(workers)]
    await until(year, job_id, lambda status: status.done > 0)
    for number in range(kills):
        await asyncio.sleep(chance.uniform(0, 0.05))
        if number % 3 == 2:
            os.kill(int((folder / "pg/data/postmaster.pid").read_text().split()[0]), signal.SIGKILL)
        else:
            for victim in running:
                victim.kill()
                victim.wait()
            running = [start(small) for _ in range(workers)]
        left = await until(year, job_id, lambda _: True)
        await until(year, job_id, lambda status, done=left.done: status.done > done or status.ended)
    for each in running:
        each.kill()
    start({})
    return await until(year, job_id, lambda status: status.ended)


async def prove(
    folder: Path,
    address: ServerAddress,
    branches: Sequence[Migrations],
    nursery: Nursery,
    *,
    people: int,
    block: int,
    kills: int,
    workers: int,
) -> None:
    settled = city(people)

    def start(patches: Patches) -> Command:
        environ = {**year.runtime.settings.sources.environ, "JUMINZEI_JOB_LEASE": "1"}
        return nursery.start("jobs", "work", environ=environ, patches=patches)

    async with town(folder, address, settled) as year:
        await year.run()
        expected = await dumped(year)
    with embedded_server(folder / "loud") as loud:
        await migrate(loud, branches)
        async with town(folder / "loud", loud, settled) as year:
            status = await disturbed(year, folder / "loud", start, block=block, kills=kills, workers=workers)
            found = await dumped(year)
            runs = await year.rows("SELECT counts FROM shikakeisan.run")

    assert (status.state, status.error_message) == (JobState.DONE_WITH_ERRORS, None)
    assert status.done == people
    assert status.attempt > kills - kills // 3  # whom a dead server found between two steps goes on
    assert found == expected
    assert [row.counts["people"] for row in runs] == [people]


@pytest.mark.parametrize("workers", [1, pytest.param(2, marks=pytest.mark.slow)])
async def test_a_few_kills_lose_double_and_change_nothing(
    tmp_path: Path, address: ServerAddress, branches: Sequence[Migrations], nursery: Nursery, workers: int
) -> None:
    await prove(tmp_path, address, branches, nursery, people=600, block=3, kills=3, workers=workers)


@pytest.mark.slow
async def test_a_hundred_kills_lose_double_and_change_nothing(
    tmp_path: Path, address: ServerAddress, branches: Sequence[Migrations], nursery: Nursery
) -> None:
    await prove(tmp_path, address, branches, nursery, people=20_000, block=5, kills=100, workers=2)
