"""Worker processes killed with -9 at random moments: nothing lost, nothing doubled, no step by hand."""

import asyncio
import os
import random
import signal
import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from core.jobs import service
from core.jobs.state import JobState
from core.storage.database import Database
from core.storage.embedded import embedded_server
from core.storage.migrations import Migrations, migrate

Start = Callable[..., "subprocess.Popen[str]"]
STEP = 7


async def kill_the_busy_one(house: Any, process: Start, job_id: int, kills: int, workers: int) -> None:
    """Keep `workers` workers alive and kill the one that has the job, at random moments of its steps."""
    chance = random.Random(kills)
    running = {worker.pid: worker for worker in (process("work") for _ in range(workers))}
    for _ in range(kills):
        before = await house.status(job_id)
        await house.until(job_id, lambda status, before=before: status.done > before.done)
        await asyncio.sleep(chance.uniform(0, 0.1))
        _, busy = (await house.traces(job_id))[-1]
        victim = running.pop(busy)
        victim.kill()
        victim.wait()
        worker = process("work")
        running[worker.pid] = worker


async def prove(house: Any, process: Start, kinds: Any, *, units: int, kills: int, workers: int) -> None:
    job_id = await house.enqueue(kinds.COUNT, units=units, size=STEP, pause=5)

    await kill_the_busy_one(house, process, job_id, kills, workers)
    status = await house.ended(job_id)

    assert (status.state, status.done, status.cursor) == (JobState.DONE, units, units)
    assert status.attempt == kills + 1
    assert await house.units(job_id) == list(range(units))


@pytest.mark.parametrize("workers", [pytest.param(1, marks=pytest.mark.slow), 2])
async def test_a_few_kills_lose_and_double_nothing(
    house: Any, process: Start, kinds: Any, workers: int
) -> None:
    await prove(house, process, kinds, units=400, kills=2, workers=workers)


@pytest.mark.slow
async def test_a_hundred_kills_lose_and_double_nothing(house: Any, process: Start, kinds: Any) -> None:
    await prove(house, process, kinds, units=30_000, kills=100, workers=2)


async def test_two_processes_share_the_jobs_and_never_one_job(house: Any, process: Start, kinds: Any) -> None:
    jobs = [await house.enqueue(kinds.COUNT, units=20, size=1, pause=10) for _ in range(8)]

    workers = [process("work").pid for _ in range(2)]
    for job_id in jobs:
        await house.ended(job_id)

    done_by = [{worker for _, worker in await house.traces(job_id)} for job_id in jobs]
    assert [await house.units(job_id) for job_id in jobs] == [list(range(20))] * len(jobs)
    assert all(len(each) == 1 for each in done_by)
    assert set().union(*done_by) == set(workers)


async def test_a_frozen_worker_is_fenced_off_when_it_wakes_up(house: Any, process: Start, kinds: Any) -> None:
    job_id = await house.enqueue(kinds.COUNT, units=100, size=1, pause=40)
    frozen = process("work")
    await house.until(job_id, lambda status: status.done > 0)
    frozen.send_signal(signal.SIGSTOP)
    frozen_at = await house.status(job_id)

    process("work")
    await house.until(job_id, lambda status: status.done > frozen_at.done + 5)
    frozen.send_signal(signal.SIGCONT)
    status = await house.ended(job_id)

    assert status.state is JobState.DONE
    assert status.attempt == 2
    assert await house.units(job_id) == list(range(100))


@pytest.mark.parametrize("interrupts", [signal.default_int_handler, signal.SIG_IGN])
async def test_a_worker_told_to_end_gives_its_job_back(
    house: Any, process: Start, kinds: Any, interrupts: Any
) -> None:
    usual = signal.signal(signal.SIGINT, interrupts)  # ignored by what a script starts in the background
    job_id = await house.enqueue(kinds.COUNT, units=100_000, size=1, pause=5)
    worker = process("work")
    signal.signal(signal.SIGINT, usual)
    await house.until(job_id, lambda status: status.done > 0)

    worker.terminate()

    assert worker.wait(timeout=30) == 0
    assert (await house.status(job_id)).state is JobState.QUEUED


async def test_a_takeover_keeps_a_wish_to_cancel(house: Any, process: Start, kinds: Any) -> None:
    job_id = await house.enqueue(kinds.COUNT, units=100_000, size=1, pause=5)
    worker = process("work", lease=2)
    await house.until(job_id, lambda status: status.done > 0)
    worker.kill()
    worker.wait()
    await house.change(service.cancel, job_id)

    process("work", lease=2)
    status = await house.ended(job_id)

    assert status.state is JobState.CANCELLED
    assert await house.units(job_id) == list(range(status.done))


@pytest.mark.slow
async def test_a_killed_database_server_loses_and_doubles_nothing(
    tmp_path: Path, branches: Sequence[Migrations], make_house: Callable[..., Any], process: Start, kinds: Any
) -> None:
    with embedded_server(tmp_path) as address:
        await migrate(address, branches)
        database = Database(address.app_url)
        house = make_house(address, database)
        job_id = await house.enqueue(kinds.COUNT, units=8_000, size=STEP, pause=10)
        worker = process("work", url=address.app_url)
        before = await house.status(job_id)
        for _ in range(5):
            before = await house.until(job_id, lambda status, before=before: status.done > before.done)
            os.kill(int((tmp_path / "pg/data/postmaster.pid").read_text().split()[0]), signal.SIGKILL)
            before = await house.until(job_id, lambda status, before=before: status.attempt > before.attempt)
        status = await house.ended(job_id)

        assert worker.poll() is None
        assert (status.state, status.attempt) == (JobState.DONE, 6)
        assert await house.units(job_id) == list(range(8_000))
        await database.close()
