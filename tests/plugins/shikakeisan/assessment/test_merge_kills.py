"""The merge of a city taken in from files, killed with -9 at any moment: the dump is that of a quiet one."""

import asyncio
import os
import random
import signal
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from sqlalchemy import text

from core.access.actor import SYSTEM
from core.clock import MovableClock
from core.demo.city import DemoCity
from core.jobs import service as jobs
from core.jobs.state import JobStatus
from core.jobs.worker import Worker
from core.runtime import Runtime
from core.storage.address import DATABASE_URL, ServerAddress
from core.storage.database import Database
from core.storage.embedded import embedded_server
from core.storage.migrations import Migrations, migrate
from plugins.shikakeisan.merge.job import MERGE
from plugins.synth.demo import commands_of_a_year
from schema.build import build_runtime
from schema.main import build_cli
from schema.testing import environ_of
from tests.forked import Nursery, nursery
from tests.plugins.shikakeisan.assessment.conftest import TAX_YEAR, Year
from tests.plugins.shikakeisan.assessment.test_kills import dumped, until

__all__ = ["nursery"]

FORGET = (
    "TRUNCATE shikakeisan.basis, shikakeisan.claim, shikakeisan.finding CASCADE",
    "UPDATE shikakeisan.fiscal_year SET state = 'frozen'",
)
CLAIMS = """
SELECT taxpayer_id, relative_id, role, document_id, path, stated FROM shikakeisan.claim
WHERE known_to = 'infinity' ORDER BY 1, 2, 5
"""
PATIENCE = 60
MERGING = "plugins.shikakeisan.merge"


@dataclass(frozen=True)
class Town:
    """A city in a database server of its own."""

    runtime: Runtime
    address: ServerAddress


class Workers:
    """A worker process, killed and started again; `left_behind` are those that it started itself."""

    def __init__(self, nursery: Nursery, year: Year, block: int) -> None:
        self.nursery = nursery
        self.environ = {**year.runtime.settings.sources.environ, "JUMINZEI_JOB_LEASE": "1"}
        # Small blocks, so that kills fall into the middle, and processes beside the thread even so.
        self.patches = {f"{MERGING}.job.BLOCK": block, f"{MERGING}.makers.WORTH_A_PROCESS": 1}
        self.left_behind: list[int] = []
        self.start()

    def start(self) -> None:
        self.process = self.nursery.start("jobs", "work", environ=self.environ, patches=self.patches)

    def kill(self) -> None:
        self.left_behind += children(self.process.pid)
        self.process.kill()
        self.process.wait()


def children(pid: int) -> list[int]:
    return [int(word) for word in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def is_running(pid: int) -> bool:
    with suppress(OSError):
        return "spawn_main" in Path(f"/proc/{pid}/cmdline").read_text()
    return False


def have_ended(pids: Sequence[int]) -> bool:
    """Wait until none of these runs; False if one does not end."""
    deadline = time.monotonic() + PATIENCE
    while any(map(is_running, pids)) and time.monotonic() < deadline:
        time.sleep(0.1)
    return not any(map(is_running, pids))


@contextmanager
def town(folder: Path, branches: Sequence[Migrations], people: int) -> Iterator[Town]:
    """A city taken in from its files, with its base frozen."""
    with embedded_server(folder) as address:
        asyncio.run(migrate(address, branches))
        runtime = build_runtime(
            environ_of(folder, **{DATABASE_URL.variable: address.app_url}), MovableClock()
        )
        for words in commands_of_a_year(DemoCity(runtime, people, 1), folder):
            if words[:2] == ("year", "merge"):
                break
            result = CliRunner().invoke(build_cli(runtime), words, obj=runtime)
            assert result.exit_code == 0, result.output
        yield Town(runtime, address)


async def merge(
    town: Town, workers: int, work: Callable[[Year, int], Awaitable[None]]
) -> tuple[list[Any], JobStatus]:
    """Forget what was merged, and return all that the merge says when `work` has worked on its job."""
    owner = Database(town.address.owner_url)
    async with owner.transaction() as session:
        for statement in FORGET:
            await session.execute(text(statement))
    await owner.close()
    year = Year(town.runtime, Database(town.address.app_url))
    async with year.database.transaction() as session:
        given = {"tax_year": TAX_YEAR, "workers": workers}
        job_id = await jobs.enqueue(session, MERGE, given, SYSTEM)
    await work(year, job_id)
    status = await until(year, job_id, lambda status: status.ended)
    found = [await dumped(year), *[tuple(row) for row in await year.rows(CLAIMS)]]
    await year.database.close()
    return found, status


async def here(year: Year, job_id: int) -> None:
    await Worker(year.runtime, year.database, only=job_id).work_once()


def further_than(left: JobStatus) -> Callable[[JobStatus], bool]:
    return lambda status: status.done > left.done or status.ended


def disturbed(
    nursery: Nursery, folder: Path, block: int, kills: int
) -> Callable[[Year, int], Awaitable[None]]:
    """Work in processes of their own, and kill them or PostgreSQL at random moments."""

    async def work(year: Year, job_id: int) -> None:
        chance = random.Random(kills)
        workers = Workers(nursery, year, block)
        try:
            await until(year, job_id, lambda status: status.done > 0)
            for number in range(kills):
                await asyncio.sleep(chance.uniform(0, 0.05))
                if number % 3 == 2:
                    server = (folder / "pg/data/postmaster.pid").read_text().split()[0]
                    os.kill(int(server), signal.SIGKILL)
                else:
                    workers.kill()
                    workers.start()
                await until(year, job_id, further_than(await until(year, job_id, lambda _: True)))
            await until(year, job_id, lambda status: status.ended)
        finally:
            workers.kill()
        assert await asyncio.to_thread(have_ended, workers.left_behind)

    return work


def prove(
    folder: Path,
    branches: Sequence[Migrations],
    nursery: Nursery,
    *,
    people: int,
    block: int,
    kills: int,
    workers: Sequence[int],
) -> None:
    with town(folder, branches, people) as found:
        quiet, undisturbed = asyncio.run(merge(found, 1, here))
        disturb = disturbed(nursery, folder, block, kills)
        loud = [asyncio.run(merge(found, count, disturb)) for count in workers]

    assert len(quiet) > 1
    ended = [(status.state, status.error_code) for _, status in loud]
    assert ended == [(undisturbed.state, None)] * len(workers)
    assert [status.done for _, status in loud] == [people] * len(workers)
    assert [said == quiet for said, _ in loud] == [True] * len(workers)


def test_a_few_kills_of_the_merge_change_nothing(
    tmp_path: Path, branches: Sequence[Migrations], nursery: Nursery
) -> None:
    prove(tmp_path, branches, nursery, people=150, block=5, kills=3, workers=(2,))


@pytest.mark.slow
def test_fifty_kills_of_the_merge_change_nothing(
    tmp_path: Path, branches: Sequence[Migrations], nursery: Nursery
) -> None:
    prove(tmp_path, branches, nursery, people=2_000, block=10, kills=25, workers=(1, 2))
