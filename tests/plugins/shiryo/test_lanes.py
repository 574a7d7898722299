"""Attaching beside the reading: whatever comes, breaks or is decided meanwhile, all is placed once."""

import asyncio
from collections.abc import Sequence
from typing import Any

import pytest
from sqlalchemy import text, update

from core.access.actor import SYSTEM
from core.access.journal import Journal
from core.jobs import service
from core.jobs.state import JobState, JobStatus
from core.jobs.tables import job as job_table
from core.jobs.worker import MOST_STALLS, Worker
from core.storage.database import WriteSession
from core.storage.errors import DatabaseBusy
from core.work import Work
from plugins.shiryo.queries import attaching
from plugins.shiryo.queries.coming import more_to_come
from plugins.shiryo.service import intake, keying, resolving
from plugins.shiryo.service.intake import INTAKE
from plugins.shiryo.service.resolving import Action, Proposal
from tests.plugins.shiryo.conftest import NOW, Someone, give, until

TARO = Someone(1)
HANAKO = Someone(2, "山田　花子", "ヤマダ　ハナコ")
PLACED = "SELECT document_id, person_id FROM shiryo.attachment ORDER BY id"
ACCEPTED = "SELECT count(*) FROM shiryo.delivery WHERE accepted_at < 'infinity'"
STATES = "SELECT state, count(*) FROM shiryo.delivery GROUP BY 1"


async def begin(city: Any) -> int:
    async with city.database.transaction() as session:
        return await service.enqueue(session, INTAKE, {}, SYSTEM)


async def attempt(city: Any, job_id: int) -> JobStatus:
    await Worker(city.runtime, city.database).work_once()
    async with city.database.read() as session:
        return await service.get(session, job_id)


async def decide(city: Any, action: Action, **more: Any) -> None:
    """Let one officer propose, and another confirm, what becomes of the only item."""
    [[item_id, version]] = await city.rows("SELECT id, version FROM shiryo.work_item")
    proposal = Proposal(action, "原本を確認", **more)
    async with city.database.transaction() as session:
        await resolving.propose(Work(session, Journal(), "100200", NOW), item_id, version, proposal)
    async with city.database.transaction() as session:
        work = Work(session, Journal(), "100201", NOW)
        await resolving.confirm(work, city.keyring, item_id, version + 1, frozenset({"331015"}))


async def test_documents_are_attached_while_a_step_that_reads_is_open(
    city: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(intake, "RECORDS_PER_STEP", 1)
    await city.settle(TARO, HANAKO)
    await give(city, TARO, code="0001")
    await give(city, HANAKO, code="0002")
    take = intake._take
    seen: list[int] = []

    async def taking(*given: Any, **more: Any) -> None:
        await take(*given, **more)
        [[accepted]] = await city.rows(ACCEPTED)
        await until(city, "SELECT count(*) FROM shiryo.attachment", [(accepted,)])
        seen.append(accepted)

    monkeypatch.setattr(intake, "_take", taking)

    status = await city.work()

    assert 1 in seen
    assert len(await city.rows(PLACED)) == 2
    assert (status.state, status.done, status.total) == (JobState.DONE, 2, 2)


async def test_what_an_overtaken_worker_attached_is_undone_and_attached_by_the_next(
    city: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    await city.settle(TARO)
    await give(city, TARO)
    job_id, save = await begin(city), attaching.save_attached

    async def overtaken(*given: Any) -> None:
        monkeypatch.setattr(attaching, "save_attached", save)
        await save(*given)
        async with city.database.transaction() as session:
            lost = {"attempt": job_table.c.attempt + 1, "lease_until": text("now() - interval '1 second'")}
            await session.execute(update(job_table).values(lost))

    monkeypatch.setattr(attaching, "save_attached", overtaken)

    first = await attempt(city, job_id)
    placed = await city.rows(PLACED)
    last = await attempt(city, job_id)

    assert (first.state, placed) == (JobState.RUNNING, [])
    assert (last.state, last.attempt, last.done) == (JobState.DONE, 3, 1)
    assert [row.person_id for row in await city.rows(PLACED)] == [city.ids[1]]


async def test_what_comes_while_the_rest_is_attached_is_taken_in_by_the_same_job(
    city: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    await city.settle(TARO)
    await give(city, TARO)
    find = attaching.ready_deliveries

    async def finding(*given: Any) -> Sequence[int]:
        [[state]] = await city.rows("SELECT state FROM shiryo.delivery")
        if state == "attached":
            monkeypatch.setattr(attaching, "ready_deliveries", find)
            await give(city, TARO, payment=3_100_000, correction=2)
        return await find(*given)

    monkeypatch.setattr(attaching, "ready_deliveries", finding)

    status = await city.work()

    live = "SELECT amounts ->> 'salary' FROM shiryo.document WHERE superseded_by IS NULL"
    assert await city.rows(STATES) == [("attached", 2)]
    assert await city.rows(live) == [("3100000",)]
    assert (status.state, status.done, status.total, status.result) == (
        *(JobState.DONE, 2, 2),
        {"records": 2, "errors": 0},
    )


async def test_what_a_dying_server_lost_of_the_last_attaching_is_attached_again(
    city: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    await city.settle(TARO)
    await give(city, TARO)
    attach_all = intake._attach_all

    async def lost(_job: Any, accepted: Any) -> None:
        monkeypatch.setattr(intake, "_attach_all", attach_all)
        while not await accepted.more():
            pass

    monkeypatch.setattr(intake, "_attach_all", lost)

    status = await city.work()

    assert (status.state, status.attempt, status.done) == (JobState.DONE, 1, 1)
    assert [row.person_id for row in await city.rows(PLACED)] == [city.ids[1]]
    assert await city.rows(STATES) == [("attached", 1)]


@pytest.mark.parametrize("settled", [True, False])
@pytest.mark.parametrize(
    ("action", "more"),
    [
        (Action.RELEASE, {}),
        (Action.ATTACH, {"atena_number": f"{2:015d}"}),
        (Action.FORWARD, {"municipality_code": "332020"}),
        (Action.EXPLAIN, {}),
    ],
)
async def test_what_officers_decide_before_a_document_has_its_turn_stays(
    city: Any, settled: bool, action: Action, more: dict[str, str]
) -> None:
    wrong = "0" + TARO.number[:-1] + str((int(TARO.number[-1]) + 1) % 10)
    await city.settle(*([TARO, HANAKO] if settled else [HANAKO]))
    everything = "SELECT document_id, person_id, NULL FROM shiryo.attachment"
    everything += " UNION ALL SELECT document_id, NULL, municipality_code FROM shiryo.forwarding"
    everything += " UNION ALL SELECT id, NULL, code || state FROM shiryo.work_item ORDER BY 1, 2, 3"
    async with more_to_come(city.database):
        await give(city, TARO, my_number=wrong)
        job = asyncio.create_task(city.work())
        await until(city, STATES, [("accepted", 1)])
        await decide(city, action, **more)
        decided = await city.rows(everything)

    await job

    assert await city.rows(everything) == decided
    assert await city.rows(STATES) == [("attached", 1)]


async def test_a_proposed_correction_keeps_nothing_from_being_attached(city: Any) -> None:
    await city.settle(TARO)
    async with more_to_come(city.database):
        await give(city, TARO)
        job = asyncio.create_task(city.work())
        await until(city, STATES, [("accepted", 1)])
        async with city.database.transaction() as session:
            [[document_id]] = await city.rows("SELECT id FROM shiryo.document")
            work = Work(session, Journal(), "100200", NOW)
            await keying.propose_correction(work, city.keyring, document_id, {"payment": "1"}, "原本を確認")

    await job

    assert [row.person_id for row in await city.rows(PLACED)] == [city.ids[1]]


async def test_a_deadlock_while_attaching_costs_an_attempt_and_nothing_else(
    city: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    await city.settle(TARO)
    await give(city, TARO)
    job_id, save = await begin(city), attaching.save_attached

    async def locked(*given: Any) -> None:
        monkeypatch.setattr(attaching, "save_attached", save)
        session: WriteSession = given[0]
        await session.execute(text("SELECT pg_advisory_xact_lock(1)"))
        async with city.database.transaction() as other:
            await other.execute(text("SELECT pg_advisory_xact_lock(2)"))
            victim = asyncio.create_task(session.execute(text("SELECT pg_advisory_xact_lock(2)")))
            await until(city, "SELECT count(*) FROM pg_locks WHERE NOT granted", [(1,)])
            await other.execute(text("SELECT pg_advisory_xact_lock(1)"))
            await victim

    monkeypatch.setattr(attaching, "save_attached", locked)

    first = await attempt(city, job_id)
    last = await attempt(city, job_id)

    assert (first.state, first.error_code) == (JobState.QUEUED, None)
    assert (last.state, last.attempt, last.done) == (JobState.DONE, 2, 1)
    assert [row.person_id for row in await city.rows(PLACED)] == [city.ids[1]]


async def test_attaching_that_only_ever_breaks_is_stopped(city: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    await give(city, TARO)
    job_id = await begin(city)

    async def breaking(*_given: Any) -> None:
        raise DatabaseBusy

    monkeypatch.setattr(attaching, "save_attached", breaking)

    states = [(await attempt(city, job_id)).state for _ in range(MOST_STALLS + 2)]

    assert states == [JobState.QUEUED] * (MOST_STALLS + 1) + [JobState.FAILED]
    assert await city.rows("SELECT error_code FROM core.job") == [("JOB_STALLED",)]
