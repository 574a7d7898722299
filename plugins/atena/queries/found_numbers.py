"""Numbers found at 住基ネット that wait for a second officer."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Row, Select, insert, select, update

from core.storage.database import ReadSession, WriteSession
from plugins.atena.tables import found_number, person

found = found_number.c
OPEN = "open"


async def add_found(session: WriteSession, values: Mapping[str, Any]) -> int:
    """Note a proposal; raises IntegrityError if one about the person is open."""
    added: int = (await session.execute(insert(found_number).values(values).returning(found.id))).scalar_one()
    return added


async def decide(session: WriteSession, found_id: int, decision: Mapping[str, Any]) -> bool:
    """Note what was decided; tells whether the proposal was still open."""
    still_open = (found.id == found_id) & (found.outcome == OPEN)
    statement = update(found_number).where(still_open).values(decision).returning(found.id)
    return (await session.execute(statement)).one_or_none() is not None


async def find_found(session: ReadSession, found_id: int) -> Row[Any] | None:
    """Return one proposal with the person's number and version."""
    row: Row[Any] | None = (await session.execute(_all().where(found.id == found_id))).one_or_none()
    return row


async def found_before(session: ReadSession, before: int | None, limit: int) -> Sequence[Row[Any]]:
    """Return proposals older than an id, the latest first."""
    statement = _all().order_by(found.id.desc()).limit(limit)
    if before is not None:
        statement = statement.where(found.id < before)
    rows: Sequence[Row[Any]] = (await session.execute(statement)).all()
    return rows


def _all() -> Select[Any]:
    joined = found_number.join(person, person.c.id == found.person_id)
    return select(found_number, person.c.atena_number, person.c.version).select_from(joined)
