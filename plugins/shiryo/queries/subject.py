"""Which rows of 課税資料 tell of persons, past ones too: for whoever asks who has looked at them."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import BigInteger, Row, Text, bindparam, literal, or_, select, text, union
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.sql import any_

from core.storage.database import ReadSession
from plugins.shiryo.queries.documents import IDS
from plugins.shiryo.tables import delivery, document, file, forwarding, sender, work_item
from plugins.shiryo.tables_dispatch import dispatched
from plugins.shiryo.tables_handover import handover_event
from plugins.shiryo.tables_keying import keying

# Two parts for `own`, so that each finds its index. `line` adds what stands in a line with their documents by
# superseding: a cancellation, or a record that was held until it was corrected, is attached to nobody.
DOCUMENTS = text("""
WITH RECURSIVE own AS (
    SELECT document_id, min(known_from) AS since, max(known_to) AS until FROM (
        SELECT document_id, known_from, known_to FROM shiryo.attachment
        WHERE person_id = ANY(:ids) AND known_to = 'infinity'
        UNION ALL
        SELECT document_id, known_from, known_to FROM shiryo.attachment
        WHERE person_id = ANY(:ids) AND known_to < 'infinity'
    ) attached GROUP BY document_id
), moved AS (
    SELECT o.* FROM own o JOIN shiryo.attachment a ON a.document_id = o.document_id
    WHERE a.known_to = 'infinity' AND a.person_id <> ALL(:ids)
), line AS (
    SELECT document_id FROM own WHERE document_id NOT IN (SELECT document_id FROM moved)
    UNION
    SELECT beside.id FROM line l CROSS JOIN LATERAL (
        SELECT id FROM shiryo.document WHERE superseded_by = l.document_id
        UNION ALL
        SELECT superseded_by FROM shiryo.document
        WHERE id = l.document_id AND superseded_by IS NOT NULL
    ) beside
    WHERE NOT EXISTS (SELECT FROM shiryo.attachment a WHERE a.document_id = beside.id
        AND a.known_to = 'infinity' AND a.person_id <> ALL(:ids))
)
SELECT document_id, since, until FROM moved
UNION ALL
SELECT document_id, NULL, NULL FROM line
""").bindparams(bindparam("ids", type_=ARRAY(BigInteger)))


async def documents_ever(session: ReadSession, person_ids: Sequence[int]) -> Sequence[Row[Any]]:
    """Return each `document_id` that is or was attached to persons, also superseded and forwarded ones.

    `since` and `until` stand with those that are somebody else's now: while they were taken for theirs.
    """
    return (await session.execute(DOCUMENTS, {"ids": list(person_ids)})).all()


async def keyings_of(session: ReadSession, document_ids: Sequence[int]) -> Sequence[Row[Any]]:
    """Return `id`, `document_id` and `item_id` of what was keyed to correct documents, or became them."""
    both = (
        select(keying.c.id, column.label("document_id"), keying.c.item_id).where(column == any_(IDS))
        for column in (keying.c.document_id, keying.c.made_id)
    )
    return (await session.execute(union(*both), {"ids": list(document_ids)})).all()


async def items_of(
    session: ReadSession, document_ids: Sequence[int], person_ids: Sequence[int]
) -> Sequence[Row[Any]]:
    """Return the work items about documents, and those that propose a document for one of these persons."""
    proposed = work_item.c.proposal["person_id"].astext.in_([str(each) for each in person_ids])
    columns = (work_item.c.id, work_item.c.document_id, work_item.c.opened_at, work_item.c.closed_at)
    statement = select(*columns, proposed.label("is_proposed")).where(
        or_(work_item.c.document_id == any_(IDS), proposed)
    )
    rows: Sequence[Any] = (await session.execute(statement, {"ids": list(document_ids)})).all()
    return rows


async def dispatches_of(session: ReadSession, document_ids: Sequence[int]) -> Sequence[int]:
    """Return the numbers of the forwarding files that hold documents."""
    statement = (
        select(dispatched.c.dispatch_id)
        .join(forwarding, forwarding.c.id == dispatched.c.forwarding_id)
        .where(forwarding.c.document_id == any_(IDS))
        .distinct()
    )
    return (await session.scalars(statement, {"ids": list(document_ids)})).all()


async def handovers_of(session: ReadSession, document_ids: Sequence[int]) -> Sequence[int]:
    """Return the numbers of the batches that a vendor was handed, and that came back as documents."""
    statement = (
        select(handover_event.c.handover_id)
        .join(file, file.c.delivery_id == handover_event.c.delivery_id)
        .join(document, document.c.file_id == file.c.id)
        .where(document.c.id == any_(IDS))
        .distinct()
    )
    return (await session.scalars(statement, {"ids": list(document_ids)})).all()


async def deliveries_by(session: ReadSession, user_ids: Sequence[str]) -> Sequence[Row[Any]]:
    """Return `id`, `code` and `received_at` of the deliveries that came under ids of eLTAX."""
    statement = (
        select(delivery.c.id, sender.c.code, delivery.c.received_at)
        .join(sender, sender.c.id == delivery.c.sender_id)
        .where(sender.c.kind == "eltax", sender.c.code == any_(literal(list(user_ids), ARRAY(Text))))
    )
    rows: Sequence[Any] = (await session.execute(statement)).all()
    return rows
