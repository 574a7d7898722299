"""The worker: takes one job at a time, keeps its lease, and writes down how it ended.

Nothing here is remembered between jobs: a worker may be killed at any moment, and any other one, in this
process or another, goes on from the last committed step when the lease has run out.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import timedelta
from typing import Any
from uuid import uuid4

from core.errors import JuminzeiError, Unavailable
from core.graphql.answers import log_unexpected
from core.jobs import queries
from core.jobs.errors import JobCancelled, JobStalled, LeaseLost
from core.jobs.job import Job
from core.jobs.news import QUEUED, announce, news_of
from core.jobs.state import JobState, Outcome
from core.jobs.types import JobType, collect
from core.runtime import Runtime
from core.services import Service
from core.settings import Setting, whole
from core.storage.database import Database, WriteSession, finished

log = logging.getLogger(__name__)

JOB_LEASE = Setting(
    "job_lease", whole(1, 3600), 15, "seconds after which the job of a silent worker is taken over"
)
JOB_SLOTS = Setting(
    "job_slots",
    whole(0, 16),
    1,
    "jobs that each server process works on at a time; 0 leaves them all to `juminzei jobs work`",
)
BEATS_PER_LEASE = 3
MOST_STALLS = 10
"""Workers in a row that may be lost without one committed step, before the job is taken for the cause."""
RETRY_SECONDS = 0.5

Change = Callable[[WriteSession], Awaitable[bool]]


class Worker:
    """Works on jobs until cancelled; `only` restricts it to one job."""

    def __init__(self, runtime: Runtime, database: Database, only: int | None = None) -> None:
        self.runtime = runtime
        self.database = database
        self.only = only
        self.types: Mapping[str, JobType] = collect(runtime.plugins.gather("jobs"))
        self.lease = timedelta(seconds=runtime.settings[JOB_LEASE])

    @property
    def beat_seconds(self) -> float:
        """Return the time between two signs of life, and between two looks for silent workers."""
        return self.lease.total_seconds() / BEATS_PER_LEASE

    async def run(self) -> None:
        """Work for ever. When cancelled, give the job in hand back, for any other worker to go on with."""
        async with news_of(self.database).about(QUEUED) as queued:
            while True:
                try:
                    worked = await self.work_once()
                except Unavailable:
                    _stop_if_asked()
                    await asyncio.sleep(RETRY_SECONDS)
                else:
                    if not worked:
                        await queued.wait(self.beat_seconds)

    async def work_once(self) -> bool:
        """Take one job and work on it to its end; False if none is free."""
        async with self.database.transaction() as session:
            status = await queries.claim(session, self.types.keys(), self.lease, self.only)
        if status is None:
            return False
        await self._attend(Job(self.runtime, self.database, status, self.lease))
        return True

    async def _attend(self, job: Job) -> None:
        log.info("job %s (%s): attempt %s", job.id, job.status.type, job.status.attempt)
        try:
            ending = await self._ending(job)
        except asyncio.CancelledError:
            with suppress(Unavailable):
                await finished(self._change(job, _giving_back(job, stalled=False)))
            raise
        if ending is not None:
            await self._insist(job, ending)

    async def _ending(self, job: Job) -> Change | None:
        """Run the job; return what is to be written down now, or None if it is another worker's job."""
        try:
            # In a task of its own: a group whose task fails while the group waits at its end leaves a mark of
            # cancellation on whoever waits (Python 3.11, 3.12), which would be taken for being told to stop.
            outcome = await asyncio.create_task(self._run_with_beat(job))
        except BaseExceptionGroup as group:
            if _asked_to_stop():
                raise asyncio.CancelledError from None
            return _ending_of(job, list(_causes(group)))
        return _finishing(job, outcome.state, result={**outcome.summary, "errors": outcome.errors})

    async def _run_with_beat(self, job: Job) -> Outcome:
        async with asyncio.TaskGroup() as group:
            beat = group.create_task(self._beat(job))
            outcome = await self._run(job)
            beat.cancel()
        return outcome

    async def _run(self, job: Job) -> Outcome:
        if job.status.stalls > MOST_STALLS:
            raise JobStalled
        if job.cancelled:
            raise JobCancelled
        return await self.types[job.status.type].run(job)

    async def _beat(self, job: Job) -> None:
        while True:
            await asyncio.sleep(self.beat_seconds)
            try:
                await job.renew()
            except Unavailable:
                _stop_if_asked()

    async def _insist(self, job: Job, change: Change) -> None:
        """Make a change as soon as the database can be reached."""
        while True:
            try:
                return await self._change(job, change)
            except Unavailable:
                _stop_if_asked()
                await asyncio.sleep(RETRY_SECONDS)

    async def _change(self, job: Job, change: Change) -> None:
        async with self.database.transaction() as session:
            if await change(session):
                await announce(session, job.id, QUEUED)


def services(runtime: Runtime, database: Database) -> list[Service]:
    """Return the workers that run beside the server."""
    return [
        Service(f"jobs-{slot}", Worker(runtime, database).run)
        for slot in range(1, runtime.settings[JOB_SLOTS] + 1)
    ]


def _ending_of(job: Job, causes: Sequence[BaseException]) -> Change | None:
    """Decide what becomes of a job that ended with exceptions."""
    if any(isinstance(cause, LeaseLost) for cause in causes):
        log.warning("job %s: attempt %s was taken over by another worker", job.id, job.status.attempt)
        return None
    if any(isinstance(cause, JobCancelled) for cause in causes):
        return _finishing(job, JobState.CANCELLED)
    if any(isinstance(cause, Unavailable) for cause in causes):
        return _giving_back(job, stalled=True)
    refusal = next((cause for cause in causes if isinstance(cause, JuminzeiError)), None)
    code, message = (refusal.code, refusal.text) if refusal else _crash(job, causes[0])
    return _finishing(job, JobState.FAILED, error_code=code, error_message=message)


def _crash(job: Job, cause: BaseException) -> tuple[str, str]:
    """Log where an unforeseen exception came from, but not its text, which may quote personal data."""
    correlation_id = uuid4().hex
    log.error("job %s (%s) failed: %s", job.id, job.status.type, correlation_id)
    log_unexpected(cause, correlation_id)
    return JuminzeiError.code, f"{JuminzeiError.message}(問い合わせ番号: {correlation_id})"


def _finishing(job: Job, state: JobState, **ending: Any) -> Change:
    held = job.id, job.status.attempt, job.status.steps
    return lambda session: queries.finish(session, *held, state, ending)


def _giving_back(job: Job, *, stalled: bool) -> Change:
    return lambda session: queries.give_back(session, job.id, job.status.attempt, stalled=stalled)


def _causes(error: BaseException) -> Iterator[BaseException]:
    if isinstance(error, BaseExceptionGroup):
        for inner in error.exceptions:
            yield from _causes(inner)
    else:
        yield error


def _asked_to_stop() -> bool:
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0


def _stop_if_asked() -> None:
    """Go on with a cancellation that the driver gave as a lost connection, or nobody would ever end."""
    if _asked_to_stop():
        raise asyncio.CancelledError
