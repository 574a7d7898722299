"""What may be done with jobs: queue, look at, follow, cancel, resume. The caller's transaction decides."""

import asyncio
from collections.abc import AsyncGenerator, Collection, Mapping
from typing import Any

from sqlalchemy.exc import IntegrityError

from core.access.actor import SYSTEM, Actor, ActorKind
from core.errors import NotFound, Unavailable
from core.jobs import queries
from core.jobs.errors import JobAlreadyActive, JobEnded, JobNotResumable, JobOfAnother
from core.jobs.job import QUIET_SECONDS
from core.jobs.news import QUEUED, announce, news_of
from core.jobs.state import JobState, JobStatus
from core.jobs.types import JobType
from core.storage.database import Database, ReadSession, WriteSession

LOOK_SECONDS = 5.0
"""How often a follower looks for itself, should a notice be lost."""

RETRY_SECONDS = 0.5


async def enqueue(session: WriteSession, kind: JobType, parameters: Mapping[str, Any], actor: Actor) -> int:
    """Queue a job and return its id; workers see it when the transaction commits.

    Raises JobParameterInvalid, or JobAlreadyActive if an active job has the same key.
    """
    read = kind.read(parameters)
    key = None if kind.key is None else kind.key(read)
    job_id = await queries.add(session, kind.name, read, actor, key)
    if job_id is None:
        raise JobAlreadyActive(job=await queries.active(session, str(key)))
    await announce(session, QUEUED)
    return job_id


async def begin(
    session: WriteSession,
    kind: JobType,
    parameters: Mapping[str, Any],
    actor: Actor,
    *,
    free: Collection[str] = (),
) -> int:
    """Queue a job, or return the active one of the same key: what was killed is gone on with.

    Parameters in `free` may differ, such as a number of processes. Raises JobParameterInvalid, or
    JobAlreadyActive if the active one was asked for something else.
    """
    try:
        return await enqueue(session, kind, parameters, actor)
    except JobAlreadyActive as active:
        job_id = int(str(active.details["job"]))
        wanted, present = kind.read(parameters), (await get(session, job_id)).parameters
        if any(present.get(name) != value for name, value in wanted.items() if name not in free):
            raise
        return job_id


async def get(session: ReadSession, job_id: int) -> JobStatus:
    """Return how a job stands; raises NotFound."""
    status = await queries.get(session, job_id)
    if status is None:
        raise NotFound
    return status


async def cancel(session: WriteSession, job_id: int) -> JobStatus:
    """Cancel a waiting job at once, a running one before its next step; raises NotFound or JobEnded."""
    asked = await queries.cancel(session, job_id)
    status = await get(session, job_id)
    if not asked:
        raise JobEnded
    await announce(session, job_id)
    return status


async def resume(session: WriteSession, job_id: int, by: Actor = SYSTEM) -> JobStatus:
    """Queue a failed or cancelled job again: it goes on after its last committed step.

    It goes on in the name of who asked for it; what was cancelled, nobody else brings back but the system.
    Raises NotFound, JobOfAnother, JobNotResumable, or JobAlreadyActive if an active job has the same key.
    """
    before = await get(session, job_id)
    is_anothers = (before.requester_kind, before.requester) != (by.kind, by.number)
    if before.state is JobState.CANCELLED and is_anothers and by.kind is not ActorKind.SYSTEM:
        raise JobOfAnother
    try:
        resumed = await queries.resume(session, job_id, before.state)
    except IntegrityError:
        raise JobAlreadyActive from None
    status = await get(session, job_id)
    if not resumed:
        raise JobNotResumable
    await announce(session, job_id, QUEUED)
    return status


async def watch(database: Database, job_id: int) -> AsyncGenerator[JobStatus, None]:
    """Yield how a job stands, now and after changes (at most 5 a second), up to its end; raises NotFound."""
    async with news_of(database).about(str(job_id)) as changed:
        while True:
            try:
                async with database.read() as session:
                    status = await get(session, job_id)
            except Unavailable:
                await asyncio.sleep(RETRY_SECONDS)
                continue
            yield status
            if status.ended:
                return
            await asyncio.sleep(QUIET_SECONDS)
            await changed.wait(LOOK_SECONDS)
