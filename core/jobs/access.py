"""The access log of a job: what a step read and wrote is recorded in the step's own transaction."""

from core.access.journal import Journal
from core.graphql.records import Trace, records_of
from core.jobs.state import JobStatus
from core.runtime import Runtime
from core.storage.database import WriteSession


async def write_access(session: WriteSession, runtime: Runtime, status: JobStatus, journal: Journal) -> None:
    """Hand what the journal holds to whoever keeps the access log; if that fails, so does the step."""
    trace = Trace(runtime.clock, status.actor, correlation_id=f"job-{status.id}", origin="job")
    records = list(records_of(trace, status.type, {}, journal, is_query=False))
    if records:
        await runtime.plugins.run("record_access", session=session, records=records)
