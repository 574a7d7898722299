"""What the commands of every room do alike: start jobs, enter the access log."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, TypeVar

from core.access.actor import SYSTEM, Actor, ActorKind
from core.access.journal import Journal
from core.access.permission import Permission
from core.commands import terminal
from core.commands.desk import Desk
from core.jobs import service as jobs
from core.jobs.types import JobType
from core.runtime import Runtime
from core.storage.database import Database, WriteSession
from core.work import Work

T = TypeVar("T")
WORKERS = "workers"
"""The parameter of a job that says nothing of what it does."""


def start_job(
    runtime: Runtime, staff: str | None, permission: Permission, kind: JobType, given: Mapping[str, Any]
) -> int:
    """Queue a job and return its id; the same one that is under way, or whose worker was killed, goes on.

    It is asked for by who signs in as `staff` or by whose token is in the environment; by the system where
    there is neither, for a machine's own timetable. Raises JobAlreadyActive for one with other parameters.
    """

    async def begin(work: Work) -> int:
        requester = SYSTEM if work.staff == SYSTEM.number else Actor(ActorKind.STAFF, work.staff)
        return await jobs.begin(work.session, kind, given, requester, free={WORKERS})

    return Desk(runtime, staff, kind.name, is_machines_too=True).act(permission, begin)


async def recorded(
    runtime: Runtime, database: Database, operation: str, deed: Callable[[Work], Awaitable[T]]
) -> T:
    """Do one deed in one transaction, with its lines in the access log."""

    async def do(session: WriteSession, journal: Journal) -> T:
        return await deed(Work(session, journal, SYSTEM.number, runtime.clock.now()))

    return await terminal.recorded(runtime, database, operation, do)
