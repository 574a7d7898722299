"""Forwarded documents that wait to leave, and those that left."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Row, insert, select, text
from sqlalchemy.sql import any_

from core.storage.database import ReadSession
from core.work import Work
from plugins.shiryo.queries.documents import IDS
from plugins.shiryo.tables import forwarding
from plugins.shiryo.tables_dispatch import dispatch, dispatched

WAITING = text("""
SELECT w.id AS forwarding_id, w.municipality_code
FROM shiryo.forwarding w JOIN shiryo.document d ON d.id = w.document_id
WHERE d.tax_year = :year AND w.known_to = 'infinity' AND d.superseded_at = 'infinity'
  AND NOT EXISTS (SELECT FROM shiryo.dispatched p WHERE p.forwarding_id = w.id)
ORDER BY w.municipality_code, d.id
""")

CONTENT = text("""
SELECT p.number, d.id, d.file_id, d.start, d.length, d.line, d.kind, d.action, f.layout, f.name AS file_name,
    v.id AS delivery_id, v.received_at, s.code AS sender_code, s.name AS sender_name
FROM shiryo.dispatched p
JOIN shiryo.forwarding w ON w.id = p.forwarding_id
JOIN shiryo.document d ON d.id = w.document_id
JOIN shiryo.file f ON f.id = d.file_id
JOIN shiryo.delivery v ON v.id = f.delivery_id
JOIN shiryo.sender s ON s.id = d.sender_id
WHERE p.dispatch_id = :id ORDER BY p.number
""")


async def waiting(session: ReadSession, tax_year: int) -> Sequence[Row[Any]]:
    """Return the forwardings of a year that have not left, by municipality and document."""
    return (await session.execute(WAITING, {"year": tax_year})).all()


async def add(
    work: Work, tax_year: int, municipality_code: str, forwarding_ids: Sequence[int], sent_on: date
) -> int:
    """Mark forwardings as sent in one file; an id that left before breaks the unique index."""
    row = {
        "tax_year": tax_year,
        "municipality_code": municipality_code,
        "sent_on": sent_on,
        "sent_by": work.staff,
        "sent_at": work.now,
    }
    added: int = (
        await work.session.execute(insert(dispatch).values(row).returning(dispatch.c.id))
    ).scalar_one()
    columns = ("dispatch_id", "number", "forwarding_id")
    rows = [(added, number, each) for number, each in enumerate(forwarding_ids, 1)]
    await work.session.copy(dispatched, columns, rows)
    return added


async def by_ids(session: ReadSession, ids: Sequence[int]) -> Sequence[Row[Any]]:
    """Return dispatches in the order of their numbers."""
    return (
        await session.execute(select(dispatch).where(dispatch.c.id.in_(ids)).order_by(dispatch.c.id))
    ).all()


async def content(session: ReadSession, dispatch_id: int) -> Sequence[Row[Any]]:
    """Return the documents of a dispatch, in the order of its file."""
    return (await session.execute(CONTENT, {"id": dispatch_id})).all()


async def of_documents(session: ReadSession, ids: Sequence[int]) -> Mapping[int, Row[Any]]:
    """Return the last dispatch of documents that left."""
    statement = (
        select(forwarding.c.document_id, dispatch.c.id, dispatch.c.sent_on)
        .join(dispatched, dispatched.c.forwarding_id == forwarding.c.id)
        .join(dispatch, dispatch.c.id == dispatched.c.dispatch_id)
        .where(forwarding.c.document_id == any_(IDS))
        .order_by(dispatch.c.id)
    )
    rows: Sequence[Any] = (await session.execute(statement, {"ids": list(ids)})).all()
    return {row.document_id: row for row in rows}
