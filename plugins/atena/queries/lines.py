"""Lines of files that were registered before."""

from collections.abc import Mapping, Sequence

from sqlalchemy import BigInteger, any_, func, literal, select
from sqlalchemy.dialects.postgresql import ARRAY

from core.storage.database import WriteSession
from plugins.atena.tables import non_resident_line

LOCK = 0x4A55544F
"""Key of the advisory lock that one file of 住登外者 at a time holds ("JUTO")."""


async def lines_known(session: WriteSession, serials: Sequence[int]) -> Mapping[int, bytes]:
    """Return the fingerprints of the lines that were registered, by serial; others wait for our end."""
    await session.execute(select(func.pg_advisory_xact_lock(LOCK)))
    line = non_resident_line.c
    asked = line.serial == any_(literal(serials, ARRAY(BigInteger)))
    rows = await session.execute(select(line.serial, line.fingerprint).where(asked))
    return {row.serial: row.fingerprint for row in rows}
