"""Of whom documents speak, as far as anybody decided or doubted it."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, select, union
from sqlalchemy.sql import any_

from core.storage.database import ReadSession
from plugins.shiryo.queries.documents import IDS
from plugins.shiryo.tables import attachment, candidate


async def people_of(session: ReadSession, ids: Sequence[int]) -> Sequence[Row[Any]]:
    """Return `document_id` and `person_id` of everybody whom documents are or were attached to, or may be."""
    asked = [
        select(table.c.document_id, table.c.person_id).where(table.c.document_id == any_(IDS))
        for table in (attachment, candidate)
    ]
    rows: Sequence[Row[Any]] = (await session.execute(union(*asked), {"ids": list(ids)})).all()
    return rows
