"""Queueing, looking, cancelling and resuming, as committed by the caller."""

from typing import Any

import pytest

from core.access.actor import SYSTEM, Actor, ActorKind
from core.errors import Invalid, JuminzeiError, NotFound, StartError
from core.jobs import queries, service
from core.jobs.errors import (
    JobAlreadyActive,
    JobEnded,
    JobNotResumable,
    JobOfAnother,
    JobParameterInvalid,
    JobTypeUnknown,
)
from core.jobs.state import JobState
from core.jobs.types import collect, find
from core.storage.database import Database


async def test_a_queued_job_waits_with_parameters_read_and_defaults_filled_in(house: Any, kinds: Any) -> None:
    job_id = await house.enqueue(kinds.COUNT, units="5")

    status = await house.status(job_id)
    assert status.state is JobState.QUEUED
    assert status.parameters == {"units": 5, "size": 10, "pause": 0}
    assert (status.requester, status.department) == ("100200", "市民税課")
    assert (status.done, status.total, status.cursor, status.attempt) == (0, None, None, 0)


async def test_a_job_is_not_queued_when_the_callers_transaction_fails(
    house: Any, kinds: Any, database: Database
) -> None:
    async def queue_and_fail() -> None:
        async with database.transaction() as session:
            await service.enqueue(session, kinds.COUNT, {"units": 1}, SYSTEM)
            raise NotFound

    with pytest.raises(NotFound):
        await queue_and_fail()

    async with database.read() as session:
        assert await queries.newest(session, 10) == []


@pytest.mark.parametrize(
    ("given", "field", "rule"),
    [
        ({}, "units", "required"),
        ({"units": "x"}, "units", "件数"),
        ({"units": -1}, "units", "件数"),
        ({"units": True}, "units", "件数"),
        ({"units": 1, "unit": 1}, "unit", "unknown"),
    ],
)
def test_bad_parameters_are_refused_by_name_without_the_value(
    kinds: Any, given: dict[str, Any], field: str, rule: str
) -> None:
    with pytest.raises(JobParameterInvalid) as refusal:
        kinds.COUNT.read(given)

    assert refusal.value.details == {"field": field, "rule": rule}
    assert isinstance(refusal.value, Invalid)


def test_an_unknown_type_is_refused(kinds: Any) -> None:
    with pytest.raises(JobTypeUnknown):
        find(collect([kinds.COUNT]), "sample.cuont")


def test_two_plug_ins_cannot_bring_the_same_type(kinds: Any) -> None:
    with pytest.raises(StartError, match=r"two plug-ins bring the job sample\.count"):
        collect([kinds.COUNT, kinds.COUNT])


async def test_one_key_has_one_active_job(house: Any, kinds: Any) -> None:
    first = await house.enqueue(kinds.ONCE, units=1)
    other = await house.enqueue(kinds.ONCE, units=1, size=20)

    with pytest.raises(JobAlreadyActive) as refusal:
        await house.enqueue(kinds.ONCE, units=2)

    assert refusal.value.details == {"job": first}
    assert other != first


async def test_what_is_begun_again_is_gone_on_with(house: Any, kinds: Any, database: Database) -> None:
    first = await house.enqueue(kinds.ONCE, units=1)

    async with database.transaction() as session:
        same = await service.begin(session, kinds.ONCE, {"units": "1"}, SYSTEM)
        other = await service.begin(session, kinds.ONCE, {"units": 1, "size": 20}, SYSTEM)
        freely = await service.begin(session, kinds.ONCE, {"units": 1, "pause": 5}, SYSTEM, free={"pause"})

    assert (same, freely) == (first, first)
    assert other != first


async def test_what_is_begun_otherwise_is_refused(house: Any, kinds: Any, database: Database) -> None:
    first = await house.enqueue(kinds.ONCE, units=1)

    async with database.transaction() as session:
        with pytest.raises(JobAlreadyActive) as refusal:
            await service.begin(session, kinds.ONCE, {"units": 2}, SYSTEM, free={"pause"})

    assert refusal.value.details == {"job": first}
    assert (await house.status(first)).parameters["units"] == 1


async def test_the_key_is_free_again_when_the_job_has_ended(house: Any, kinds: Any) -> None:
    first = await house.enqueue(kinds.ONCE, units=1)
    await house.work_once()

    second = await house.enqueue(kinds.ONCE, units=1)

    assert (await house.status(first)).state is JobState.DONE
    assert (await house.status(second)).state is JobState.QUEUED


async def test_a_job_cannot_be_resumed_beside_one_with_its_key(house: Any, kinds: Any) -> None:
    first = await house.enqueue(kinds.ONCE, units=1)
    await house.change(service.cancel, first)
    await house.enqueue(kinds.ONCE, units=1)

    with pytest.raises(JobAlreadyActive):
        await house.change(service.resume, first)


async def test_a_waiting_job_is_cancelled_at_once_and_never_runs(house: Any, kinds: Any) -> None:
    job_id = await house.enqueue(kinds.COUNT, units=5)

    status = await house.change(service.cancel, job_id)

    assert status.state is JobState.CANCELLED
    assert status.finished_at is not None
    assert not await house.work_once()


async def test_a_cancelled_job_can_be_resumed(house: Any, kinds: Any) -> None:
    job_id = await house.enqueue(kinds.COUNT, units=5)
    await house.change(service.cancel, job_id)

    status = await house.change(service.resume, job_id)

    assert (status.state, status.finished_at) == (JobState.QUEUED, None)
    assert await house.work_once()
    assert await house.units(job_id) == [0, 1, 2, 3, 4]


CLERK, ANOTHER = Actor(ActorKind.STAFF, "100003"), Actor(ActorKind.STAFF, "100002")


@pytest.mark.parametrize(("asked", "by"), [(CLERK, ANOTHER), (SYSTEM, ANOTHER)])
async def test_what_another_asked_for_and_was_cancelled_is_not_brought_back(
    house: Any, kinds: Any, database: Database, asked: Actor, by: Actor
) -> None:
    async with database.transaction() as session:
        job_id = await service.enqueue(session, kinds.COUNT, {"units": 1}, asked)
    await house.change(service.cancel, job_id)

    async with database.transaction() as session:
        with pytest.raises(JobOfAnother):
            await service.resume(session, job_id, by)

    assert (await house.status(job_id)).state is JobState.CANCELLED


@pytest.mark.parametrize("by", [CLERK, SYSTEM])
async def test_whoever_asked_for_it_or_the_system_resumes_what_was_cancelled(
    house: Any, kinds: Any, database: Database, by: Actor
) -> None:
    async with database.transaction() as session:
        job_id = await service.enqueue(session, kinds.COUNT, {"units": 1}, CLERK)
    await house.change(service.cancel, job_id)

    async with database.transaction() as session:
        status = await service.resume(session, job_id, by)

    assert (status.state, status.actor.number) == (JobState.QUEUED, CLERK.number)


@pytest.mark.parametrize("change", [service.cancel, service.resume])
async def test_a_job_that_is_done_takes_no_change(house: Any, kinds: Any, change: Any) -> None:
    job_id = await house.enqueue(kinds.COUNT, units=1)
    await house.work_once()

    with pytest.raises((JobEnded, JobNotResumable)) as refusal:
        await house.change(change, job_id)

    assert isinstance(refusal.value, JuminzeiError)
    assert (await house.status(job_id)).state is JobState.DONE


@pytest.mark.parametrize("change", [service.get, service.cancel, service.resume])
async def test_an_unknown_job_is_not_found(house: Any, change: Any) -> None:
    with pytest.raises(NotFound):
        await house.change(change, 404)


async def test_jobs_are_listed_newest_first_in_pages(house: Any, kinds: Any) -> None:
    ids = [await house.enqueue(kinds.COUNT, units=1) for _ in range(3)]

    async with house.database.read() as session:
        first = await queries.newest(session, 2)
        rest = await queries.newest(session, 2, before=first[-1].id)

    assert [status.id for status in (*first, *rest)] == ids[::-1]
