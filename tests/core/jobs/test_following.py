"""Watching a job: the state now, progress that never goes back, the end; few notices, one connection."""

import asyncio
from contextlib import aclosing
from typing import Any

import pytest
from sqlalchemy import text

from core.errors import NotFound
from core.jobs import news, service
from core.jobs.job import QUIET_SECONDS
from core.jobs.state import JobState, JobStatus

LISTENING = "FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'LISTEN%core_job%'"


async def seen_until_the_end(house: Any, job_id: int) -> list[JobStatus]:
    async with aclosing(service.watch(house.database, job_id)) as statuses:
        return [status async for status in statuses]


async def test_a_watcher_sees_progress_that_never_goes_back_and_then_the_end(house: Any, kinds: Any) -> None:
    job_id = await house.enqueue(kinds.COUNT, units=100, size=1, pause=10)

    async with house.working():
        seen = await seen_until_the_end(house, job_id)

    done = [status.done for status in seen]
    assert done == sorted(done)
    assert len(set(done)) > 3
    assert (seen[-1].state, seen[-1].done) == (JobState.DONE, 100)


async def test_a_watcher_of_an_ended_job_sees_its_end_once(house: Any, kinds: Any) -> None:
    job_id = await house.enqueue(kinds.COUNT, units=1)
    await house.work_once()

    seen = await seen_until_the_end(house, job_id)

    assert [status.state for status in seen] == [JobState.DONE]


async def test_watching_an_unknown_job_is_refused(house: Any) -> None:
    with pytest.raises(NotFound):
        await seen_until_the_end(house, 404)


async def test_many_steps_give_few_updates(house: Any, kinds: Any) -> None:
    job_id = await house.enqueue(kinds.COUNT, units=200, size=1)
    loop = asyncio.get_running_loop()

    async with house.working():
        start = loop.time()
        seen = await seen_until_the_end(house, job_id)
        seconds = loop.time() - start

    assert len(seen) <= seconds / QUIET_SECONDS + 2
    assert seen[-1].done == 200


async def test_all_who_wait_in_a_process_share_one_connection(house: Any) -> None:
    listening = text(f"SELECT count(*) {LISTENING}")
    many = news.news_of(house.database)
    assert news.news_of(house.database) is many

    async with many.about("1") as first, many.about("1") as second, many.about("2") as third:
        await asyncio.gather(first.wait(10), second.wait(10), third.wait(10))
        async with house.database.read() as session:
            assert await session.scalar(listening) == 1


async def test_news_reach_those_who_asked_for_them(house: Any) -> None:
    many = news.news_of(house.database)
    async with many.about("1") as asked, many.about("2") as other:
        await asyncio.gather(asked.wait(10), other.wait(10))  # the connection is there

        async with house.database.transaction() as session:
            await news.announce(session, 1)
        await asked.wait(10)

        assert not other.has_news


async def test_the_end_is_seen_even_when_the_listening_connection_is_lost(house: Any, kinds: Any) -> None:
    job_id = await house.enqueue(kinds.COUNT, units=100, size=1, pause=10)
    lose = text(f"SELECT pg_terminate_backend(pid) {LISTENING}")

    async def cut() -> None:
        await house.until(job_id, lambda status: status.done > 10)
        async with house.database.transaction() as session:
            assert await session.scalar(lose) is True

    async with house.working():
        seen, _ = await asyncio.gather(seen_until_the_end(house, job_id), cut())

    assert seen[-1].state is JobState.DONE
