"""What becomes of a job in a worker's hands: done, refused, crashed, cancelled, given back, taken over."""

import asyncio
from typing import Any

import pytest
from sqlalchemy import text, update

from core.jobs import queries, service
from core.jobs.errors import LeaseLost
from core.jobs.state import JobState, JobStatus
from core.jobs.tables import job as job_table
from core.jobs.worker import MOST_STALLS, Worker, services
from core.storage.database import Database


async def test_a_job_is_done_with_its_result_and_every_unit_once(house: Any, kinds: Any) -> None:
    job_id = await house.enqueue(kinds.COUNT, units=25)

    assert await house.work_once()

    status = await house.status(job_id)
    assert (status.state, status.done, status.total) == (JobState.DONE, 25, 25)
    assert status.result == {"units": 25, "errors": 0}
    assert status.message == "25件まで"
    assert (status.attempt, status.lease_until) == (1, None)
    assert await house.units(job_id) == list(range(25))


async def test_the_oldest_job_comes_first_and_then_there_is_none(house: Any, kinds: Any) -> None:
    ids = [await house.enqueue(kinds.COUNT, units=1) for _ in range(2)]

    assert await house.work_once()
    assert [(await house.status(each)).state for each in ids] == [JobState.DONE, JobState.QUEUED]
    assert await house.work_once()
    assert not await house.work_once()


async def test_records_left_behind_end_a_job_as_done_with_errors(house: Any, kinds: Any) -> None:
    job_id = await house.enqueue(kinds.LEAVE)

    await house.work_once()

    status = await house.status(job_id)
    assert status.state is JobState.DONE_WITH_ERRORS
    assert status.result == {"read": 10, "errors": 2}


async def test_a_refusal_fails_the_job_and_undoes_only_its_own_step(house: Any, kinds: Any) -> None:
    job_id = await house.enqueue(kinds.REFUSE)

    await house.work_once()

    status = await house.status(job_id)
    assert status.state is JobState.FAILED
    assert (status.error_code, status.error_message) == ("SAMPLE_UNBALANCED", "件数が一致しません。")
    assert (status.cursor, status.done) == (1, 1)
    assert await house.units(job_id) == []


async def test_a_failed_job_goes_on_from_its_cursor(house: Any, kinds: Any) -> None:
    job_id = await house.enqueue(kinds.REFUSE)
    await house.work_once()
    async with house.database.transaction() as session:
        await session.execute(update(job_table).values(cursor=2))

    await house.change(service.resume, job_id)
    await house.work_once()

    status = await house.status(job_id)
    assert (status.state, status.error_code, status.cursor) == (JobState.DONE, None, 3)


async def test_a_crash_tells_a_number_to_ask_for_and_logs_no_data(
    house: Any, kinds: Any, caplog: pytest.LogCaptureFixture
) -> None:
    job_id = await house.enqueue(kinds.CRASH)

    await house.work_once()

    status = await house.status(job_id)
    assert (status.state, status.error_code) == (JobState.FAILED, "INTERNAL")
    correlation_id = status.error_message.split(": ")[1].removesuffix(")")
    assert correlation_id in caplog.text
    assert "ValueError" in caplog.text
    assert "123456789018" not in caplog.text + status.error_message


async def test_a_running_job_stops_before_its_next_step(house: Any, kinds: Any) -> None:
    job_id = await house.enqueue(kinds.COUNT, units=100_000, size=1, pause=5)
    async with house.working():
        await house.until(job_id, lambda status: status.done > 0)
        asked = await house.change(service.cancel, job_id)
        status = await house.ended(job_id)

    assert asked.state is JobState.CANCELLING
    assert status.state is JobState.CANCELLED
    assert await house.units(job_id) == list(range(status.done))


async def test_a_cancelled_job_is_resumed_and_every_unit_is_there_once(house: Any, kinds: Any) -> None:
    job_id = await house.enqueue(kinds.COUNT, units=60, size=1, pause=5)
    async with house.working():
        await house.until(job_id, lambda status: status.done > 0)
        await house.change(service.cancel, job_id)
        cancelled = await house.ended(job_id)
        await house.change(service.resume, job_id)
        done = await house.ended(job_id)

    assert 0 < cancelled.done < 60
    assert done.state is JobState.DONE
    assert await house.units(job_id) == list(range(60))


async def test_a_worker_that_is_told_to_stop_gives_its_job_back_at_once(house: Any, kinds: Any) -> None:
    job_id = await house.enqueue(kinds.COUNT, units=100_000, size=1, pause=5)
    async with house.working():
        await house.until(job_id, lambda status: status.done > 0)

    status = await house.status(job_id)
    assert (status.state, status.lease_until, status.stalls) == (JobState.QUEUED, None, 0)


async def test_a_worker_that_stops_while_cancelling_leaves_the_job_cancelled(house: Any, kinds: Any) -> None:
    job_id = await house.enqueue(kinds.COUNT, units=1)
    async with house.database.transaction() as session:
        status = await queries.claim(session, ["sample.count"], house.lease)
        await queries.cancel(session, job_id)
        await queries.give_back(session, job_id, status.attempt, stalled=False)

    assert (await house.status(job_id)).state is JobState.CANCELLED


async def test_two_workers_never_hold_the_same_job(house: Any, kinds: Any) -> None:
    ids = {await house.enqueue(kinds.COUNT, units=1) for _ in range(20)}

    async def claim() -> JobStatus | None:
        async with house.database.transaction() as session:
            return await queries.claim(session, ["sample.count"], house.lease)

    claimed = await asyncio.gather(*(claim() for _ in range(25)))

    held = [status.id for status in claimed if status is not None]
    assert len(held) == len(set(held))
    while (status := await claim()) is not None:
        held.append(status.id)
    assert sorted(held) == sorted(ids)


async def test_a_stale_worker_commits_nothing_after_a_takeover(house: Any, kinds: Any) -> None:
    job_id = await house.enqueue(kinds.COUNT, units=10)
    stale, fresh = await house.claim(lease=0), await house.claim()

    with pytest.raises(LeaseLost):
        await kinds.trace(stale)
    async with fresh.step() as step:
        step.cursor = 1
        step.advance(1)

    assert await house.units(job_id) == []
    assert (await house.status(job_id)).cursor == 1


async def test_a_step_begun_before_a_takeover_is_rolled_back_at_its_end(house: Any, kinds: Any) -> None:
    job_id = await house.enqueue(kinds.COUNT, units=10)
    stale = await house.claim(lease=0)

    with pytest.raises(LeaseLost):
        await kinds.trace(stale, house.claim)

    assert (await house.status(job_id)).attempt == stale.status.attempt + 1
    assert await house.units(job_id) == []


@pytest.mark.parametrize("write", ["finish", "give_back", "renew"])
async def test_a_stale_worker_cannot_write_how_the_job_stands(house: Any, kinds: Any, write: str) -> None:
    job_id = await house.enqueue(kinds.COUNT, units=10)
    stale = await house.claim(lease=0)
    await house.claim()
    before = await house.status(job_id)

    async with house.database.transaction() as session:
        attempt = stale.status.attempt
        refused = {
            "finish": lambda: queries.finish(session, job_id, attempt, 0, JobState.DONE, {}),
            "give_back": lambda: queries.give_back(session, job_id, attempt, stalled=False),
            "renew": lambda: queries.renew(session, job_id, attempt, house.lease),
        }[write]
        assert not await refused()

    assert await house.status(job_id) == before


async def test_a_worker_that_lost_its_lease_stops_its_run(house: Any, kinds: Any) -> None:
    job_id = await house.enqueue(kinds.COUNT, units=100_000, size=1, pause=5)
    async with house.working(lease=1):
        await house.until(job_id, lambda status: status.done > 0)
        async with house.database.transaction() as session:
            await session.execute(update(job_table).values(attempt=job_table.c.attempt + 1))
        status = await house.status(job_id)
        done = await house.until(job_id, lambda status: status.attempt > 2)

    assert status.attempt == 2
    assert done.attempt == 3
    assert await house.units(job_id) == list(range((await house.status(job_id)).done))


async def lose_steps(house: Any, job_id: int) -> None:
    """Leave the first two steps, as after a crash before the log was on the disk."""
    async with house.database.transaction() as session:
        await session.execute(update(job_table).values(steps=2, done=2, cursor=2))
        await session.execute(
            text("DELETE FROM sample_jobs.effect WHERE job = :job AND unit >= 2"), {"job": job_id}
        )


async def test_steps_that_the_server_has_lost_are_done_again(house: Any, kinds: Any) -> None:
    job_id = await house.enqueue(kinds.COUNT, units=100_000, size=1, pause=5)
    async with house.working():
        await house.until(job_id, lambda status: status.done > 4)
        await lose_steps(house, job_id)
        again = await house.until(job_id, lambda status: status.attempt == 2 and status.done > 4)

    assert again.state is JobState.RUNNING
    status = await house.status(job_id)
    assert await house.units(job_id) == list(range(status.done))


async def test_a_job_whose_last_steps_were_lost_has_not_ended(house: Any, kinds: Any) -> None:
    job_id = await house.enqueue(kinds.COUNT, units=10)
    held = await house.claim()
    await kinds.trace(held)
    async with house.database.transaction() as session:
        await session.execute(update(job_table).values(steps=0))
        assert not await queries.finish(
            session, job_id, held.status.attempt, held.status.steps, JobState.DONE, {}
        )

    assert (await house.status(job_id)).state is JobState.RUNNING


async def test_a_cancelled_job_of_a_dead_worker_is_not_run_again(house: Any, kinds: Any) -> None:
    job_id = await house.enqueue(kinds.COUNT, units=10)
    await house.claim(lease=0)
    await house.change(service.cancel, job_id)

    assert await house.work_once()

    assert (await house.status(job_id)).state is JobState.CANCELLED
    assert await house.units(job_id) == []


async def test_a_job_that_only_ever_kills_its_workers_is_stopped(house: Any, kinds: Any) -> None:
    job_id = await house.enqueue(kinds.COUNT, units=10)
    for _ in range(MOST_STALLS + 1):
        await house.claim(lease=0)

    await house.work_once()

    status = await house.status(job_id)
    assert (status.state, status.error_code) == (JobState.FAILED, "JOB_STALLED")


async def test_one_committed_step_takes_the_suspicion_away(house: Any, kinds: Any) -> None:
    await house.enqueue(kinds.COUNT, units=10)
    for _ in range(MOST_STALLS):
        await house.claim(lease=0)
    job = await house.claim()

    async with job.step() as step:
        step.advance(1)

    assert (job.status.stalls, (await house.status(job.id)).stalls) == (MOST_STALLS, 0)


async def test_lost_connections_lose_and_double_nothing(house: Any, kinds: Any) -> None:
    job_id = await house.enqueue(kinds.COUNT, units=120, size=1, pause=5)
    cut = text(
        "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
        " WHERE datname = current_database() AND pid <> pg_backend_pid() AND state = 'idle in transaction'"
    )
    other = Database(house.address.app_url)

    async with house.working():
        for target in (20, 50, 80):
            await house.until(job_id, lambda status, target=target: status.done >= target)
            is_cut = False
            while not is_cut:  # only a cut in the middle of a step costs an attempt
                async with other.transaction() as session:
                    is_cut = bool(await session.scalar(cut))
        status = await house.ended(job_id)
    await other.close()

    assert status.state is JobState.DONE
    assert status.attempt == 4
    assert await house.units(job_id) == list(range(120))


async def test_progress_cannot_go_back(house: Any, kinds: Any) -> None:
    await house.enqueue(kinds.COUNT, units=10)
    job = await house.claim()

    async with job.step() as step:
        with pytest.raises(ValueError, match="progress cannot go back"):
            step.advance(-1)


async def test_sibling_steps_come_one_after_another(house: Any, kinds: Any) -> None:
    await house.enqueue(kinds.COUNT, units=10)
    job = await house.claim()

    async def one() -> None:
        async with job.step() as step:
            step.cursor = (step.cursor or 0) + 1
            step.advance(1)

    await asyncio.gather(*(one() for _ in range(5)))

    assert (job.cursor, job.done) == (5, 5)


async def test_a_worker_leaves_alone_what_it_does_not_know(house: Any, kinds: Any) -> None:
    job_id = await house.enqueue(kinds.COUNT, units=1)
    worker = Worker(house.runtime, house.database)
    worker.types = {}

    assert not await worker.work_once()
    assert (await house.status(job_id)).state is JobState.QUEUED


def test_the_server_runs_as_many_workers_as_the_settings_say(house: Any) -> None:
    assert [service.name for service in services(house.runtime, house.database)] == ["jobs-1"]


async def test_a_step_hands_its_journal_to_the_access_log(house: Any, kinds: Any) -> None:
    await house.enqueue(kinds.COUNT, units=1)
    job = await house.claim()

    await kinds.trace(job, kinds.read_and_write)

    [read, written] = kinds.recorded
    assert (read.action, read.object_ids, read.operation) == ("read", ("1", "2"), "sample.count")
    assert (written.action, written.object_ids, written.fields) == ("write", ("1",), ("kana", "name"))
    assert read.actor.number == "100200"
    assert read.correlation_id == f"job-{job.id}"


async def test_a_step_fails_when_its_access_cannot_be_recorded(house: Any, kinds: Any) -> None:
    job_id = await house.enqueue(kinds.COUNT, units=1)
    job = await house.claim()
    kinds.recorded.append(None)

    with pytest.raises(RuntimeError, match="full"):
        await kinds.trace(job, kinds.read_and_write)

    assert await house.units(job_id) == []
