"""What officers proposed and decided for messages that stopped the feed."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import BigInteger, Row, any_, insert, literal, select, update
from sqlalchemy.dialects.postgresql import ARRAY, distinct_on

from core.storage.database import ReadSession, WriteSession
from plugins.atena.tables import feed_remedy

remedy = feed_remedy.c
OPEN = "open"


async def confirmed_among(session: ReadSession, sequences: Sequence[int]) -> Mapping[int, Row[Any]]:
    """Return the latest confirmed remedy for each of these messages that has one."""
    asked = remedy.sequence == any_(literal(sequences, ARRAY(BigInteger)))
    statement = (
        select(feed_remedy)
        .ext(distinct_on(remedy.sequence))
        .where(asked, remedy.outcome == "confirmed")
        .order_by(remedy.sequence, remedy.id.desc())
    )
    return {row.sequence: row for row in await session.execute(statement)}


async def add_remedy(session: WriteSession, row: Mapping[str, Any]) -> int:
    """Note a proposal; raises IntegrityError if one for this message is open."""
    added: int = (await session.execute(insert(feed_remedy).values(row).returning(remedy.id))).scalar_one()
    return added


async def decide(session: WriteSession, remedy_id: int, decision: Mapping[str, Any]) -> bool:
    """Note what was decided; tells whether the proposal was still open."""
    still_open = (remedy.id == remedy_id) & (remedy.outcome == OPEN)
    statement = update(feed_remedy).where(still_open).values(decision).returning(remedy.id)
    return (await session.execute(statement)).one_or_none() is not None


async def find_remedy(session: ReadSession, remedy_id: int) -> Row[Any] | None:
    """Return one remedy."""
    found = await session.execute(select(feed_remedy).where(remedy.id == remedy_id))
    row: Row[Any] | None = found.one_or_none()
    return row


async def remedies_before(session: ReadSession, before: int | None, limit: int) -> Sequence[Row[Any]]:
    """Return remedies older than an id, the latest first."""
    statement = select(feed_remedy).order_by(remedy.id.desc()).limit(limit)
    if before is not None:
        statement = statement.where(remedy.id < before)
    return (await session.execute(statement)).all()
