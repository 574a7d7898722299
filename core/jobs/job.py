"""A job in the hands of its worker: work is done in steps, each committed whole or not at all."""

import asyncio
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any

from core.access.journal import Journal
from core.graphql.execution import journaling
from core.jobs import queries
from core.jobs.access import write_access
from core.jobs.errors import JobCancelled, LeaseLost, StepsLost
from core.jobs.news import announce
from core.jobs.state import JobState, JobStatus
from core.runtime import Runtime
from core.storage.database import Database, WriteSession

QUIET_SECONDS = 0.2
"""Progress is announced at most this often; how the job ended is always announced."""


class Step:
    """One step: the session to write with, and what will be committed with the work.

    `cursor` is any JSON value that tells the next step where to go on. `message` is Japanese, without
    personal data.
    """

    def __init__(self, session: WriteSession, status: JobStatus) -> None:
        self.session = session
        self.cursor: Any = status.cursor
        self.total: int | None = status.total
        self.message = status.message
        self.done = status.done

    def advance(self, count: int) -> None:
        """Count units as done; progress never goes back."""
        if count < 0:
            raise ValueError("progress cannot go back")
        self.done += count

    @property
    def progress(self) -> dict[str, Any]:
        """What is committed with the work."""
        return {"cursor": self.cursor, "total": self.total, "message": self.message, "done": self.done}


class Job:
    """What a job's coroutine gets: its parameters, where to go on, and steps to work in."""

    def __init__(self, runtime: Runtime, database: Database, status: JobStatus, lease: timedelta) -> None:
        self.runtime = runtime
        self.database = database
        self.status = status
        self.cancelled = status.state is JobState.CANCELLING
        self._lease = lease
        self._one_step = asyncio.Lock()
        self._announced = 0.0

    @property
    def id(self) -> int:
        return self.status.id

    @property
    def parameters(self) -> Mapping[str, Any]:
        """The parameters, as `JobType.read` made them."""
        return self.status.parameters

    @property
    def requester(self) -> str:
        """The 職員番号 of whoever asked for the job."""
        return self.status.requester

    @property
    def cursor(self) -> Any:
        """The cursor of the last committed step, by whichever worker; None before the first."""
        return self.status.cursor

    @property
    def done(self) -> int:
        return self.status.done

    @property
    def total(self) -> int | None:
        return self.status.total

    @property
    def _held(self) -> tuple[int, int]:
        return self.id, self.status.attempt

    @asynccontextmanager
    async def step(self) -> AsyncIterator[Step]:
        """Lend a step; its writes, cursor and progress are committed together when the block ends well.

        Raises JobCancelled where somebody asked to cancel, LeaseLost where another worker has taken over, and
        StepsLost where the server does not know the last step any more.
        """
        async with self._one_step:
            async with self.database.transaction() as session:
                await self._may_go_on(session)
                step = Step(session, self.status)
                journal = Journal()
                with journaling(journal):
                    yield step
                await write_access(session, self.runtime, self.status, journal)
                await self._save(step)
            self.status = replace(self.status, steps=self.status.steps + 1, **step.progress)

    @asynccontextmanager
    async def beside(self) -> AsyncIterator[WriteSession]:
        """Lend a transaction beside the steps; one at a time, however many workers take the job for theirs.

        For work of which the database itself says how far it came: neither cursor nor progress is committed
        with it, and whoever commits it lazily must find by the database what a dying server lost. Raises
        JobCancelled and LeaseLost as a step does; undone where another worker has taken over meanwhile.
        """
        async with self.database.transaction() as session:
            await queries.one_beside(session, self.id)
            self._may_still(await queries.standing(session, *self._held))
            journal = Journal()
            with journaling(journal):
                yield session
            await write_access(session, self.runtime, self.status, journal)
            self._notice(await queries.renew(session, *self._held, self._lease, is_step=True))

    async def renew(self) -> None:
        """Prolong the lease and learn of a wish to cancel; raises LeaseLost."""
        async with self.database.transaction() as session:
            self._notice(await queries.renew(session, *self._held, self._lease))
            await announce(session, self.id)

    async def _may_go_on(self, session: WriteSession) -> None:
        standing = await queries.standing(session, *self._held)
        if standing is not None and standing.steps != self.status.steps:
            raise StepsLost
        self._may_still(standing)

    def _may_still(self, standing: queries.Standing | None) -> None:
        self._notice(standing and standing.state)
        if self.cancelled:
            raise JobCancelled

    async def _save(self, step: Step) -> None:
        if not await queries.save(step.session, *self._held, self.status.steps, self._lease, step.progress):
            raise LeaseLost
        now = time.monotonic()
        if now - self._announced >= QUIET_SECONDS:
            self._announced = now
            await announce(step.session, self.id)

    def _notice(self, state: JobState | None) -> None:
        if state is None:
            raise LeaseLost
        self.cancelled = state is JobState.CANCELLING
