"""What came in from each kind of sender within a time."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, text

from core.storage.database import ReadSession

BETWEEN = text("""
SELECT s.kind, count(*) FILTER (WHERE v.received_at > :after AND v.received_at <= :until) AS received,
    count(*) FILTER (WHERE v.accepted_at > :after AND v.accepted_at <= :until) AS accepted,
    coalesce(sum(f.records) FILTER (WHERE v.accepted_at > :after AND v.accepted_at <= :until), 0)::bigint
        AS documents
FROM shiryo.delivery v
JOIN shiryo.sender s ON s.id = v.sender_id
CROSS JOIN LATERAL (
    SELECT sum(accepted_records) AS records FROM shiryo.file WHERE file.delivery_id = v.id
) f
WHERE (v.received_at > :after AND v.received_at <= :until)
   OR (v.accepted_at > :after AND v.accepted_at <= :until)
GROUP BY s.kind ORDER BY s.kind
""")


async def deliveries_between(session: ReadSession, after: datetime, until: datetime) -> Sequence[Row[Any]]:
    """Return deliveries `received` and `accepted`, and their `documents`, by kind of sender."""
    return (await session.execute(BETWEEN, {"after": after, "until": until})).all()
