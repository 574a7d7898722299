"""Whose address must not be shown (支援措置)."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Row, select

from core.storage.database import ReadSession
from plugins.atena.queries.history import holds, known
from plugins.atena.queries.persons import Moment
from plugins.atena.tables import protection


async def protections_of(
    session: ReadSession, person_ids: Sequence[int], moment: Moment
) -> Mapping[int, Row[Any]]:
    """Return the protection of each person who is protected at the moment."""
    at = (holds(protection, moment.as_of), known(protection, moment.as_known_at))
    rows = await session.execute(select(protection).where(protection.c.person_id.in_(person_ids), *at))
    return {row.person_id: row for row in rows}
