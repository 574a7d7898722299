"""All SQL of the jobs. What a worker changes, it changes as the attempt that it holds, or not at all."""

from collections.abc import Collection, Mapping, Sequence
from datetime import timedelta
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, and_, case, func, or_, select, text, update
from sqlalchemy.dialects.postgresql import insert

from core.access.actor import Actor, ActorKind
from core.jobs.state import ACTIVE, HELD, RESUMABLE, JobState, JobStatus
from core.jobs.tables import IS_ACTIVE, job
from core.storage.database import ReadSession, WriteSession

NOW = func.clock_timestamp()
BESIDE = 0x4A4F4253
"""First key of the advisory locks of what is done beside a job's steps ("JOBS"); the job is the second."""


class Standing(NamedTuple):
    """How a job stands that its worker still holds."""

    state: JobState
    steps: int


async def add(
    session: WriteSession, kind: str, parameters: Mapping[str, Any], actor: Actor, key: str | None
) -> int | None:
    """Queue a job and return its id, or None if an active job has the same key."""
    statement = (
        insert(job)
        .values(
            type=kind,
            parameters=parameters,
            key=key,
            requester=actor.number,
            requester_kind=actor.kind,
            department=actor.department,
        )
        .on_conflict_do_nothing(index_elements=[job.c.key], index_where=IS_ACTIVE)
        .returning(job.c.id)
    )
    added: int | None = await session.scalar(statement)
    return added


async def active(session: ReadSession, key: str) -> int | None:
    """Return the id of the active job with this key."""
    statement = select(job.c.id).where(job.c.key == key, job.c.state.in_(ACTIVE))
    return await session.scalar(statement)


async def get(session: ReadSession, job_id: int) -> JobStatus | None:
    """Return one job."""
    row = (await session.execute(select(job).where(job.c.id == job_id))).one_or_none()
    return None if row is None else _status(row)


async def newest(session: ReadSession, limit: int, before: int | None = None) -> Sequence[JobStatus]:
    """Return up to `limit` jobs, the newest first, older than job `before` if that is given."""
    statement = select(job).order_by(job.c.id.desc()).limit(limit)
    if before is not None:
        statement = statement.where(job.c.id < before)
    return [_status(row) for row in await session.execute(statement)]


async def claim(
    session: WriteSession, kinds: Collection[str], lease: timedelta, only: int | None = None
) -> JobStatus | None:
    """Take the oldest job that waits or whose worker let the lease run out; None if there is none.

    The new attempt is the fencing token: from this commit on the former worker can save nothing.
    """
    abandoned = and_(job.c.state.in_(HELD), job.c.lease_until < NOW)
    free = [job.c.type.in_(kinds), or_(job.c.state == JobState.QUEUED, abandoned)]
    if only is not None:
        free.append(job.c.id == only)
    oldest = select(job.c.id).where(*free).order_by(job.c.id).limit(1).with_for_update(skip_locked=True)
    waited = job.c.state == JobState.QUEUED
    statement = (
        update(job)
        .where(job.c.id == oldest.scalar_subquery())
        .values(
            state=case((waited, JobState.RUNNING), else_=job.c.state),
            stalls=case((waited, job.c.stalls), else_=job.c.stalls + 1),
            attempt=job.c.attempt + 1,
            started_at=func.coalesce(job.c.started_at, NOW),
            lease_until=NOW + lease,
        )
        .returning(job)
    )
    row = (await session.execute(statement)).one_or_none()
    return None if row is None else _status(row)


async def one_beside(session: WriteSession, job_id: int) -> None:
    """Wait until nobody else works beside the steps of this job, and keep others waiting till the commit.

    Longer than for any other lock: whoever was overtaken may hold it until the server gives it up.
    """
    await session.execute(text("SET LOCAL lock_timeout = 0"))
    await session.execute(select(func.pg_advisory_xact_lock(BESIDE, func.hashint8(job_id))))
    await session.execute(text("SET LOCAL lock_timeout TO DEFAULT"))


async def standing(session: ReadSession, job_id: int, attempt: int) -> Standing | None:
    """Return the job's state and its committed steps if this attempt still holds it."""
    statement = select(job.c.state, job.c.steps).where(_held(job_id, attempt))
    row = (await session.execute(statement)).one_or_none()
    return None if row is None else Standing(JobState(row.state), row.steps)


async def renew(
    session: WriteSession, job_id: int, attempt: int, lease: timedelta, *, is_step: bool = False
) -> JobState | None:
    """Prolong the lease and return the job's state; None if this attempt does not hold the job any more.

    `is_step`: work is committed with it, which takes the suspicion away that the job loses its workers.
    """
    stalls = {"stalls": 0} if is_step else {}
    statement = update(job).where(_held(job_id, attempt)).values(lease_until=NOW + lease, **stalls)
    state = await session.scalar(statement.returning(job.c.state))
    return None if state is None else JobState(state)


async def save(
    session: WriteSession,
    job_id: int,
    attempt: int,
    steps: int,
    lease: timedelta,
    progress: Mapping[str, Any],
) -> bool:
    """Write cursor and progress at the end of a step that comes after `steps` others.

    False if this attempt holds the job no more, or not all of those are there.
    """
    statement = (
        update(job)
        .where(_held(job_id, attempt), job.c.steps == steps)
        .values(**progress, steps=steps + 1, stalls=0, lease_until=NOW + lease)
        .returning(job.c.id)
    )
    return await session.scalar(statement) is not None


async def give_back(session: WriteSession, job_id: int, attempt: int, *, stalled: bool) -> bool:
    """Let any worker go on with the job from its cursor; False if this attempt does not hold it any more."""
    cancelling = job.c.state == JobState.CANCELLING
    statement = (
        update(job)
        .where(_held(job_id, attempt))
        .values(
            state=case((cancelling, JobState.CANCELLED), else_=JobState.QUEUED),
            finished_at=case((cancelling, NOW)),
            stalls=job.c.stalls + int(stalled),
            lease_until=None,
        )
        .returning(job.c.id)
    )
    return await session.scalar(statement) is not None


async def finish(
    session: WriteSession, job_id: int, attempt: int, steps: int, state: JobState, ending: Mapping[str, Any]
) -> bool:
    """Write how the job ended; False if this attempt holds it no more, or not all of its steps are there."""
    statement = (
        update(job)
        .where(_held(job_id, attempt), job.c.steps == steps)
        .values(**ending, state=state, finished_at=NOW, lease_until=None)
        .returning(job.c.id)
    )
    return await session.scalar(statement) is not None


async def cancel(session: WriteSession, job_id: int) -> bool:
    """Cancel a waiting job, or ask the worker of a running one to stop; False if it is neither."""
    waited = job.c.state == JobState.QUEUED
    statement = (
        update(job)
        .where(job.c.id == job_id, job.c.state.in_(ACTIVE))
        .values(
            state=case((waited, JobState.CANCELLED), else_=JobState.CANCELLING),
            finished_at=case((waited, NOW)),
        )
        .returning(job.c.id)
    )
    return await session.scalar(statement) is not None


async def resume(session: WriteSession, job_id: int, state: JobState) -> bool:
    """Queue a failed or cancelled job again, cursor and progress kept; False if it is neither, or no longer.

    Raises IntegrityError if an active job has the same key.
    """
    statement = (
        update(job)
        .where(job.c.id == job_id, job.c.state == state, job.c.state.in_(RESUMABLE))
        .values(state=JobState.QUEUED, stalls=0, error_code=None, error_message=None, finished_at=None)
        .returning(job.c.id)
    )
    return await session.scalar(statement) is not None


def _held(job_id: int, attempt: int) -> ColumnElement[bool]:
    return and_(job.c.id == job_id, job.c.attempt == attempt, job.c.state.in_(HELD))


def _status(row: Any) -> JobStatus:
    values = row._asdict()
    kinds = {"state": JobState(row.state), "requester_kind": ActorKind(row.requester_kind)}
    return JobStatus(**{**values, **kinds})
