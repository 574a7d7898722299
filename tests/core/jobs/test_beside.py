"""What a job does beside its steps: one at a time, by whoever holds it, or it is undone."""

import asyncio
from typing import Any

import pytest
from sqlalchemy import insert, text

from core.jobs import queries
from core.jobs.errors import JobCancelled, LeaseLost
from core.jobs.job import Job
from core.jobs.state import JobState, Outcome
from core.jobs.types import JobType
from core.jobs.worker import MOST_STALLS, Worker
from core.storage.database import Database


async def test_beside_a_step_another_transaction_is_at_work(house: Any, kinds: Any) -> None:
    await house.enqueue(kinds.COUNT, units=10)
    job = await house.claim()

    async with job.step() as step:
        step.advance(1)
        async with job.beside() as session:
            await session.execute(insert(kinds.effect), [{"job": job.id, "unit": 7, "worker": 0}])
        beside = await house.units(job.id)

    assert beside == [7]
    assert (job.done, (await house.status(job.id)).done) == (1, 1)


async def test_what_is_beside_comes_one_after_another_for_whoever_has_the_job(house: Any, kinds: Any) -> None:
    await house.enqueue(kinds.COUNT, units=10)
    former = await house.claim(lease=0)
    job = await house.claim()
    order: list[str] = []
    begun = asyncio.Event()

    async def first() -> None:
        async with job.beside():
            begun.set()
            await asyncio.sleep(0.2)
            order.append("ended")

    task = asyncio.create_task(first())
    await begun.wait()
    with pytest.raises(LeaseLost):
        async with former.beside():
            order.append("never")
    order.append("refused")
    await task

    assert order == ["ended", "refused"]


async def test_nothing_more_is_begun_beside_a_job_that_is_cancelled(house: Any, kinds: Any) -> None:
    job_id = await house.enqueue(kinds.COUNT, units=10)
    job = await house.claim()
    async with house.database.transaction() as session:
        assert await queries.cancel(session, job_id)

    with pytest.raises(JobCancelled):
        async with job.beside():
            pass


async def test_what_is_read_beside_the_steps_is_in_the_access_log_too(house: Any, kinds: Any) -> None:
    await house.enqueue(kinds.COUNT, units=1)
    job = await house.claim()

    async with job.beside():
        await kinds.read_and_write()

    assert [(each.action, each.correlation_id) for each in kinds.recorded] == [
        ("read", f"job-{job.id}"),
        ("write", f"job-{job.id}"),
    ]


async def test_what_was_begun_beside_before_a_takeover_is_rolled_back_at_its_end(
    house: Any, kinds: Any
) -> None:
    await house.enqueue(kinds.COUNT, units=10)
    stale = await house.claim(lease=0)

    async def overtaken() -> None:
        async with stale.beside() as session:
            await session.execute(insert(kinds.effect), [{"job": stale.id, "unit": 7, "worker": 0}])
            await house.claim()

    with pytest.raises(LeaseLost):
        await overtaken()

    assert (await house.status(stale.id)).attempt == stale.status.attempt + 1
    assert await house.units(stale.id) == []


async def test_whoever_has_the_job_waits_longer_for_what_is_beside_than_for_any_row(
    house: Any, kinds: Any
) -> None:
    await house.enqueue(kinds.COUNT, units=10)
    former = await house.claim(lease=0)
    database = Database(house.address.app_url, lock_timeout=0.05)
    job = Job(house.runtime, database, (await house.claim()).status, house.lease)
    begun = asyncio.Event()

    async def overtaken() -> None:
        async with house.database.transaction() as session:
            await queries.one_beside(session, former.id)
            begun.set()
            await asyncio.sleep(0.3)

    task = asyncio.create_task(overtaken())
    await begun.wait()
    async with job.beside() as session:
        present = await session.scalar(text("SHOW lock_timeout"))
    await task
    await database.close()

    assert present == "50ms"


async def test_what_is_committed_beside_takes_the_suspicion_away(house: Any, kinds: Any) -> None:
    await house.enqueue(kinds.COUNT, units=10)
    for _ in range(MOST_STALLS):
        await house.claim(lease=0)
    job = await house.claim()

    await job.renew()
    suspected = (await house.status(job.id)).stalls
    async with job.beside():
        pass

    assert (suspected, (await house.status(job.id)).stalls) == (MOST_STALLS, 0)


@pytest.mark.parametrize("is_waiting", [False, True])
async def test_what_fails_beside_ends_the_job_and_no_worker(house: Any, kinds: Any, is_waiting: bool) -> None:
    failing = asyncio.Event()

    async def fail() -> None:
        await failing.wait()
        raise kinds.Unbalanced

    async def run(_job: Job) -> Outcome:
        async with asyncio.TaskGroup() as group:
            group.create_task(fail())
            asyncio.get_running_loop().call_later(0.05, failing.set)
            if not is_waiting:
                await asyncio.sleep(5)
        return Outcome()

    job_id = await house.enqueue(kinds.COUNT, units=1)
    worker = Worker(house.runtime, house.database)
    worker.types = {kinds.COUNT.name: JobType(kinds.COUNT.name, "数える", run)}

    assert await worker.work_once()
    status = await house.status(job_id)
    assert (status.state, status.error_code) == (JobState.FAILED, "SAMPLE_UNBALANCED")
