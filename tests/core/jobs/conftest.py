"""A plug-in with sample jobs on a database of its own, and processes that work on them."""

import asyncio
import importlib.util
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import aclosing, asynccontextmanager, suppress
from datetime import timedelta
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import select

from core.access.actor import Actor, ActorKind
from core.commands.jobs import jobs as jobs_group
from core.jobs import queries, service
from core.jobs.job import Job
from core.jobs.news import QUEUED, news_of
from core.jobs.state import JobStatus
from core.jobs.worker import Worker
from core.runtime import Runtime
from core.storage.address import ServerAddress
from core.storage.database import Database
from core.storage.migrations import Migrations

HERE = Path(__file__).parent
SAMPLE = HERE / "sample.py"
CLERK = Actor(ActorKind.STAFF, "100200", "市民税課")


def _load() -> ModuleType:
    spec = importlib.util.spec_from_file_location("sample_jobs", SAMPLE)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


sample = _load()


class House:
    """What the tests do with jobs, in a few words."""

    def __init__(self, address: ServerAddress, database: Database) -> None:
        self.address = address
        self.database = database
        self.runtime = self.runtime_with_lease(15)
        self.lease = timedelta(seconds=15)

    def runtime_with_lease(self, lease: int) -> Runtime:
        runtime: Runtime = sample.runtime_of(self.address.app_url, lease)
        return runtime

    async def enqueue(self, kind: Any, **parameters: Any) -> int:
        async with self.database.transaction() as session:
            return await service.enqueue(session, kind, parameters, CLERK)

    async def status(self, job_id: int) -> JobStatus:
        async with self.database.read() as session:
            return await service.get(session, job_id)

    async def change(self, change: Any, job_id: int) -> JobStatus:
        async with self.database.transaction() as session:
            changed: JobStatus = await change(session, job_id)
            return changed

    async def claim(self, lease: int = 15) -> Job:
        """Take the next job as a worker would, and do nothing with it."""
        async with self.database.transaction() as session:
            status = await queries.claim(
                session, [kind.name for kind in sample.jobs()], timedelta(seconds=lease)
            )
        assert status is not None
        return Job(self.runtime, self.database, status, self.lease)

    async def work_once(self) -> bool:
        return await Worker(self.runtime, self.database).work_once()

    async def until(self, job_id: int, wanted: Callable[[JobStatus], bool], seconds: int = 90) -> JobStatus:
        """Follow the job until it stands as wanted, or has ended."""
        async with asyncio.timeout(seconds), aclosing(service.watch(self.database, job_id)) as statuses:
            async for status in statuses:
                if wanted(status):
                    break
        return status

    async def until_there(self, job_id: int) -> None:
        """Wait until a process of ours has queued the job."""
        async with asyncio.timeout(60), news_of(self.database).about(QUEUED) as queued:
            while not await self.knows(job_id):
                await queued.wait(1)

    async def knows(self, job_id: int) -> bool:
        async with self.database.read() as session:
            return await queries.get(session, job_id) is not None

    async def ended(self, job_id: int) -> JobStatus:
        return await self.until(job_id, lambda status: status.ended, seconds=600)

    async def traces(self, job_id: int) -> list[tuple[int, int]]:
        """Return (unit, worker) of every trace that the job left, in the order of units."""
        table = sample.effect
        statement = select(table.c.unit, table.c.worker).where(table.c.job == job_id).order_by(table.c.unit)
        async with self.database.read() as session:
            return [(row.unit, row.worker) for row in await session.execute(statement)]

    async def units(self, job_id: int) -> list[int]:
        return [unit for unit, _ in await self.traces(job_id)]

    async def invoke(self, *arguments: str) -> Result:
        """Run `juminzei jobs …` in this process; a refusal is the answer's exception."""
        return await asyncio.to_thread(CliRunner().invoke, jobs_group, arguments, obj=self.runtime)

    @asynccontextmanager
    async def working(self, lease: int = 15) -> AsyncIterator[asyncio.Task[None]]:
        """Have a worker beside the block."""
        task = asyncio.create_task(Worker(self.runtime_with_lease(lease), self.database).run())
        try:
            yield task
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task


@pytest.fixture(scope="session")
def branches() -> Sequence[Migrations]:
    core = Path(service.__file__).parents[1] / "migrations" / "versions"
    return [
        Migrations("core", core, "core"),
        Migrations("sample_jobs", HERE / "sample_migrations", "sample_jobs"),
    ]


@pytest.fixture
def house(address: ServerAddress, database: Database) -> House:
    return House(address, database)


@pytest.fixture
def kinds() -> ModuleType:
    """The sample plug-in: its job types in capitals."""
    sample.recorded.clear()
    return sample


@pytest.fixture
def make_house() -> type[House]:
    """For tests that bring a server of their own."""
    return House


@pytest.fixture
def process(address: ServerAddress) -> Iterator[Callable[..., subprocess.Popen[str]]]:
    """Start `juminzei jobs …` as processes of their own, gone after the test."""
    started: list[subprocess.Popen[str]] = []

    def start(*arguments: str, lease: int = 1, url: str = address.app_url) -> subprocess.Popen[str]:
        command = [sys.executable, str(SAMPLE), url, str(lease), *arguments]
        started.append(subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True))
        return started[-1]

    yield start
    for each in started:
        each.kill()
        each.communicate()
