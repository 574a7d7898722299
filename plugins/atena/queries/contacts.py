"""Contact notes: who came about a person."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Row, insert, select

from core.storage.database import ReadSession, WriteSession
from plugins.atena.tables import contact


async def add_contact(session: WriteSession, values: Mapping[str, Any]) -> None:
    """Write a note."""
    await session.execute(insert(contact).values(values))


async def contacts_of(session: ReadSession, person_ids: Sequence[int]) -> Mapping[int, Sequence[Row[Any]]]:
    """Return the notes about persons, the newest first."""
    statement = select(contact).where(contact.c.person_id.in_(person_ids)).order_by(contact.c.id.desc())
    found: defaultdict[int, list[Row[Any]]] = defaultdict(list)
    for row in await session.execute(statement):
        found[row.person_id].append(row)
    return found
