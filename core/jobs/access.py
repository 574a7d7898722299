"""The access log of a job: what a step read and wrote is recorded in the step's own transaction."""

from collections.abc import Iterator
from contextlib import contextmanager

from core.access.journal import AccessRecord, Journal, current_journal
from core.jobs.state import JobStatus
from core.runtime import Runtime
from core.storage.database import WriteSession


@contextmanager
def new_journal() -> Iterator[Journal]:
    """Make a journal the current one for the block."""
    journal = Journal()
    token = current_journal.set(journal)
    try:
        yield journal
    finally:
        current_journal.reset(token)


async def write_access(session: WriteSession, runtime: Runtime, status: JobStatus, journal: Journal) -> None:
    """Hand what the journal holds to whoever keeps the access log; if that fails, so does the step."""
    records = list(_records(runtime, status, journal))
    if records:
        await runtime.plugins.run("record_access", session=session, records=records)


def _records(runtime: Runtime, status: JobStatus, journal: Journal) -> Iterator[AccessRecord]:
    for object_type, read in journal.read.items():
        yield _record(runtime, status, "read", object_type, tuple(read), ())
    for object_type, written in journal.written.items():
        fields = tuple(sorted(set().union(*written.values())))
        yield _record(runtime, status, "write", object_type, tuple(written), fields)


def _record(
    runtime: Runtime,
    status: JobStatus,
    action: str,
    object_type: str,
    object_ids: tuple[str, ...],
    fields: tuple[str, ...],
) -> AccessRecord:
    return AccessRecord(
        at=runtime.clock.now(),
        actor=status.actor,
        action=action,
        operation=status.type,
        object_type=object_type,
        object_ids=object_ids,
        fields=fields,
        result="ok",
        correlation_id=f"job-{status.id}",
        origin="job",
    )
