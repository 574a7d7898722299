"""The figures of the ledger: what was announced beside what became of it, by sender and file."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, text

from core.storage.database import ReadSession

# Each accepted document counts once: superseded (with 取消 itself), attached, forwarded, settled by two
# people, held, or waiting.
LINES = text("""
WITH settled AS (
    SELECT delivery_id, document_id, is_blocking, proposal->>'action' AS action
    FROM shiryo.work_item
    WHERE tax_year = :year AND state = 'closed' AND proposal->>'action' IN ('explain', 'refuse')
), fate AS (
    SELECT d.file_id, CASE
        WHEN d.superseded_by IS NOT NULL OR (d.action = 'cancel' AND NOT d.is_held) THEN 'superseded'
        WHEN a.id IS NOT NULL THEN 'attached'
        WHEN w.id IS NOT NULL THEN 'forwarded'
        WHEN s.document_id IS NOT NULL THEN s.action
        WHEN d.is_held THEN 'held'
        ELSE 'waiting' END AS fate
    FROM shiryo.document d
    JOIN shiryo.file f ON f.id = d.file_id
    JOIN shiryo.delivery v ON v.id = f.delivery_id AND v.accepted_at < 'infinity' AND v.tax_year = :year
    LEFT JOIN shiryo.attachment a ON a.document_id = d.id AND a.known_to = 'infinity'
    LEFT JOIN shiryo.forwarding w ON w.document_id = d.id AND w.known_to = 'infinity'
    LEFT JOIN (SELECT DISTINCT ON (document_id) document_id, action FROM settled
               WHERE document_id IS NOT NULL ORDER BY document_id, action) s ON s.document_id = d.id
), whole AS (
    SELECT delivery_id, min(action) AS action FROM settled WHERE document_id IS NULL AND is_blocking
    GROUP BY delivery_id
), counted AS (
    SELECT file_id,
        count(*) FILTER (WHERE fate = 'superseded') AS superseded,
        count(*) FILTER (WHERE fate = 'attached') AS attached,
        count(*) FILTER (WHERE fate = 'forwarded') AS forwarded,
        count(*) FILTER (WHERE fate = 'explain') AS explained,
        count(*) FILTER (WHERE fate = 'refuse') AS refused,
        count(*) FILTER (WHERE fate = 'held') AS held,
        count(*) FILTER (WHERE fate = 'waiting') AS waiting
    FROM fate GROUP BY file_id
)
SELECT s.code AS sender_code, s.name AS sender_name, s.kind AS sender_kind,
    v.id AS delivery_id, v.state, v.held_for, f.id AS file_id, f.name AS file_name,
    f.announced_records AS announced, coalesce(f.received_records, 0) AS received,
    f.read_records AS read, f.accepted_records AS accepted,
    coalesce(c.superseded, 0) AS superseded, coalesce(c.attached, 0) AS attached,
    coalesce(c.forwarded, 0) AS forwarded, coalesce(c.explained, 0) AS explained,
    coalesce(c.refused, 0) AS refused, coalesce(c.held, 0) AS held, coalesce(c.waiting, 0) AS waiting,
    whole.action AS settled
FROM shiryo.delivery v
JOIN shiryo.sender s ON s.id = v.sender_id
JOIN shiryo.file f ON f.delivery_id = v.id
LEFT JOIN counted c ON c.file_id = f.id
LEFT JOIN whole ON whole.delivery_id = v.id
WHERE v.tax_year = :year
ORDER BY s.code, v.id, f.id
""")

# Who sent last year and whose delivery counted, or who was entered for this year, and what came of them;
# what an officer corrected was not sent once more.
EXPECTED = text("""
WITH correction AS (
    SELECT f.delivery_id
    FROM shiryo.keying k JOIN shiryo.document d ON d.id = k.made_id JOIN shiryo.file f ON f.id = d.file_id
    WHERE k.document_id IS NOT NULL
)
SELECT s.id AS sender_id, s.code AS sender_code, s.name AS sender_name, s.kind AS sender_kind,
    coalesce(max(e.source), 'last_year') AS source, max(e.documents) AS documents,
    (SELECT sum(coalesce(f.announced_records, f.received_records, 0)) FROM shiryo.delivery v
     JOIN shiryo.file f ON f.delivery_id = v.id
     WHERE v.sender_id = s.id AND v.tax_year = :year
       AND v.id NOT IN (SELECT delivery_id FROM correction)) AS seen,
    (SELECT sum(i.difference) FROM shiryo.work_item i
     WHERE i.sender_id = s.id AND i.tax_year = :year AND i.state = 'closed' AND i.delivery_id IS NULL
       AND i.proposal->>'action' = 'explain') AS explained
FROM shiryo.sender s
LEFT JOIN shiryo.expectation e ON e.sender_id = s.id AND e.tax_year = :year
WHERE e.id IS NOT NULL OR EXISTS (
    SELECT FROM shiryo.delivery v WHERE v.sender_id = s.id AND v.tax_year = :year - 1
      AND v.accepted_at < 'infinity')
GROUP BY s.id ORDER BY s.code
""")

# Papers that one officer keyed and nobody has confirmed: they are here, and count nowhere yet.
UNCONFIRMED = text("""
SELECT s.code AS sender_code, s.name AS sender_name, s.kind AS sender_kind, i.code,
    count(*) AS missing
FROM shiryo.work_item i JOIN shiryo.sender s ON s.id = i.sender_id
WHERE i.tax_year = :year AND i.code = 'KEYED_DOCUMENT' AND i.state <> 'closed'
GROUP BY s.code, s.name, s.kind, i.code ORDER BY s.code
""")

EXPECT = text("""
INSERT INTO shiryo.expectation (tax_year, sender_id, source, documents, recorded_by, recorded_at)
SELECT :year, id, :source, :documents, :staff, :now FROM shiryo.sender WHERE code = :code
ON CONFLICT DO NOTHING
RETURNING id
""")

YEARS = text("SELECT max(tax_year) FROM shiryo.delivery")


async def lines(session: ReadSession, tax_year: int) -> Sequence[Row[Any]]:
    """Return one row for each file of the year's deliveries, in the order of senders."""
    return (await session.execute(LINES, {"year": tax_year})).all()


async def expected(session: ReadSession, tax_year: int) -> Sequence[Row[Any]]:
    """Return the senders of whom something is expected this year, with what was seen of each."""
    return (await session.execute(EXPECTED, {"year": tax_year})).all()


async def unconfirmed(session: ReadSession, tax_year: int) -> Sequence[Row[Any]]:
    """Return by sender how many keyed papers wait for a second person."""
    return (await session.execute(UNCONFIRMED, {"year": tax_year})).all()


async def latest_year(session: ReadSession) -> int | None:
    """Return the latest year of which anything came."""
    found: int | None = await session.scalar(YEARS)
    return found


async def expect(
    session: ReadSession,
    tax_year: int,
    code: str,
    source: str,
    documents: int | None,
    staff: str,
    now: datetime,
) -> bool:
    """Enter that a known sender should send this year; False if the sender is unknown or entered already."""
    given = {
        "year": tax_year,
        "code": code,
        "source": source,
        "documents": documents,
        "staff": staff,
        "now": now,
    }
    return (await session.execute(EXPECT, given)).one_or_none() is not None
