"""All SQL of the memos."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, insert, select

from core.storage.database import ReadSession, WriteSession
from juminzei_memo.tables import memo


async def memos_by_person(session: ReadSession, person_ids: Sequence[int]) -> Mapping[int, list[Row[Any]]]:
    """Return the memos of all these persons, the latest first, with one statement."""
    asked = select(memo).where(memo.c.person_id.in_(person_ids)).order_by(memo.c.id.desc())
    found: defaultdict[int, list[Row[Any]]] = defaultdict(list)
    for row in await session.execute(asked):
        found[row.person_id].append(row)
    return found


async def add_memo(session: WriteSession, person_id: int, text: str, staff: str, at: datetime) -> None:
    """Add a memo."""
    row = {"person_id": person_id, "text": text, "written_by": staff, "written_at": at}
    await session.execute(insert(memo), [row])
