"""Makes the Identity of a running deployment."""

from collections.abc import Sequence

from core.access.journal import AccessRecord
from core.identity.identity import Identity
from core.runtime import Runtime
from core.storage.database import Database, WriteSession


def open_identity(runtime: Runtime, database: Database) -> Identity:
    """Return the Identity whose events go to the plug-ins that record access; raises StartError."""

    async def record(session: WriteSession, records: Sequence[AccessRecord]) -> None:
        await runtime.plugins.run("record_access", session=session, records=records)

    return Identity(database, runtime.policy, runtime.clock, runtime.settings, record)
