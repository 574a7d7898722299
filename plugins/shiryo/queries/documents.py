"""Documents: written by COPY while their delivery is read, superseded by later ones, found again."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Row,
    Select,
    bindparam,
    literal_column,
    select,
    text,
    tuple_,
    update,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.sql import any_

from core.storage.database import ReadSession, WriteSession
from plugins.shiryo.tables import attachment, candidate, delivery, document, file, finding, forwarding

INFINITY: ColumnElement[Any] = literal_column("'infinity'")
DOCUMENT_COLUMNS = (
    *("file_id", "sender_id", "tax_year", "line", "start", "length", "kind", "record_key", "action"),
    *("fingerprint", "my_number_index", "name", "kana", "birth_date", "address", "municipality_code"),
    *("amounts", "items", "relatives", "is_held", "name_key", "kana_key", "address_key"),
)
FINDING_COLUMNS = ("file_id", "line", "column_number", "item", "code", "severity", "message")
IDS = bindparam("ids", type_=ARRAY(BigInteger))


async def add_documents(session: WriteSession, rows: Iterable[tuple[object, ...]]) -> None:
    """Write documents; they get their ids in this order, and count when their delivery is accepted."""
    await session.copy(document, DOCUMENT_COLUMNS, rows)


async def add_document(session: WriteSession, document_id: int, values: Mapping[str, object]) -> None:
    """Write one document under an id that was reserved."""
    await session.copy(document, ("id", *values), [(document_id, *values.values())])


async def add_findings(session: WriteSession, rows: Iterable[tuple[object, ...]]) -> None:
    """Write what is wrong with a file."""
    await session.copy(finding, FINDING_COLUMNS, rows)


# While a city comes in, the server has no statistics of its documents. MATERIALIZED and OFFSET 0 keep each
# look-up one by an index; left to itself, the server went through all documents for each of them.

# A change (訂正, 取消) supersedes the live document with its key that came before it; one that waits with a
# fault of its own where no other bears the key. Where several do, nobody can tell which is meant: none is.
SUPERSEDE = text("""
WITH change AS MATERIALIZED (
    SELECT d.id, d.sender_id, d.tax_year, d.record_key
    FROM shiryo.file f CROSS JOIN LATERAL (
        SELECT * FROM shiryo.document WHERE file_id = f.id AND NOT is_held OFFSET 0
    ) d
    WHERE f.delivery_id = ANY(:ids) AND d.action IN ('correct', 'cancel')
), pair AS (
    SELECT old.id AS old_id, min(change.id) AS change_id, old.is_held
    FROM change CROSS JOIN LATERAL (
        SELECT o.id, o.is_held, o.file_id FROM shiryo.document o
        WHERE (o.sender_id, o.tax_year, o.record_key)
            = (change.sender_id, change.tax_year, change.record_key)
            AND o.superseded_at = 'infinity' AND o.id < change.id
            AND (CASE WHEN o.is_held THEN o.action IN ('new', 'add') ELSE o.action <> 'cancel' END)
        OFFSET 0
    ) old
    JOIN shiryo.file f ON f.id = old.file_id
    JOIN shiryo.delivery v ON v.id = f.delivery_id AND v.accepted_at < 'infinity'
    GROUP BY old.id, old.is_held
), sole AS (
    SELECT DISTINCT ON (change_id) min(old_id) AS old_id, change_id, count(*) AS found
    FROM pair GROUP BY change_id, is_held ORDER BY change_id, is_held
)
UPDATE shiryo.document d SET superseded_at = :now, superseded_by = sole.change_id
FROM sole WHERE d.id = sole.old_id AND sole.found = 1
RETURNING d.id
""")

HOLD_WITHOUT_TARGET = text("""
WITH change AS MATERIALIZED (
    SELECT d.id
    FROM shiryo.file f CROSS JOIN LATERAL (
        SELECT * FROM shiryo.document WHERE file_id = f.id AND NOT is_held OFFSET 0
    ) d
    WHERE f.delivery_id = ANY(:ids) AND d.action IN ('correct', 'cancel')
)
UPDATE shiryo.document d SET is_held = true
FROM change
WHERE d.id = change.id
  AND NOT EXISTS (SELECT FROM shiryo.document old WHERE old.superseded_by = d.id OFFSET 0)
RETURNING d.id
""")

HOLD_DUPLICATES = text("""
WITH fresh AS MATERIALIZED (
    SELECT d.id, d.fingerprint
    FROM shiryo.file f CROSS JOIN LATERAL (
        SELECT * FROM shiryo.document WHERE file_id = f.id AND NOT is_held OFFSET 0
    ) d
    WHERE f.delivery_id = ANY(:ids) AND d.action IN ('new', 'add') AND d.superseded_at = 'infinity'
), again AS MATERIALIZED (
    SELECT fresh.id, old.file_id
    FROM fresh CROSS JOIN LATERAL (
        SELECT o.file_id FROM shiryo.document o
        WHERE o.fingerprint = fresh.fingerprint AND o.superseded_at = 'infinity'
            AND o.id < fresh.id AND o.action <> 'cancel'
        OFFSET 0
    ) old
)
UPDATE shiryo.document d SET is_held = true
WHERE d.id IN (SELECT again.id FROM again
               JOIN shiryo.file g ON g.id = again.file_id
               JOIN shiryo.delivery v ON v.id = g.delivery_id AND v.accepted_at < 'infinity')
RETURNING d.id
""")


async def supersede(
    session: WriteSession, delivery_ids: Sequence[int], now: object
) -> tuple[Sequence[int], Sequence[int]]:
    """Let corrections and cancellations of accepted deliveries take effect.

    Returns the documents that are superseded now, and the changes that met nothing.
    """
    ids = list(delivery_ids)
    gone = (await session.scalars(SUPERSEDE.bindparams(IDS), {"ids": ids, "now": now})).all()
    return gone, (await session.scalars(HOLD_WITHOUT_TARGET.bindparams(IDS), {"ids": ids})).all()


async def keep_live(session: WriteSession, ids: Sequence[int]) -> set[int]:
    """Return which documents are not superseded, and let nobody supersede them before the commit."""
    live = select(document.c.id).where(document.c.id == any_(IDS), document.c.superseded_by.is_(None))
    held = live.order_by(document.c.id).with_for_update(key_share=True)
    return set((await session.scalars(held, {"ids": list(ids)})).all())


async def hold_duplicates(session: WriteSession, delivery_ids: Sequence[int]) -> Sequence[int]:
    """Hold documents that say of the same person what an earlier live one says; return them."""
    return (await session.scalars(HOLD_DUPLICATES.bindparams(IDS), {"ids": list(delivery_ids)})).all()


async def add_attachments(session: WriteSession, rows: Iterable[tuple[object, ...]]) -> None:
    """Attach documents to persons."""
    columns = ("document_id", "person_id", "method", "score", "reasons", "decided_by", "known_from")
    await session.copy(attachment, columns, rows)


async def add_forwardings(session: WriteSession, rows: Iterable[tuple[object, ...]]) -> None:
    """Let documents leave for other municipalities."""
    await session.copy(forwarding, ("document_id", "municipality_code", "decided_by", "known_from"), rows)


async def add_candidates(session: WriteSession, rows: Iterable[tuple[object, ...]]) -> None:
    """Enter who a document may belong to."""
    await session.copy(candidate, ("document_id", "person_id", "score", "reasons"), rows)


async def release(session: WriteSession, document_id: int) -> None:
    """Let a held document count: a person decided so."""
    await session.execute(update(document).where(document.c.id == document_id).values(is_held=False))


async def close_place(session: WriteSession, document_id: int, now: object) -> None:
    """End the present attachment or forwarding of a document; both stay in the history."""
    for table in (attachment, forwarding):
        await session.execute(
            update(table)
            .where(table.c.document_id == document_id, table.c.known_to == INFINITY)
            .values(known_to=now)
        )


def _documents() -> Select[Any]:
    return (
        select(
            document,
            file.c.delivery_id,
            file.c.layout,
            file.c.name.label("file_name"),
            delivery.c.accepted_at,
            attachment.c.person_id,
            attachment.c.method,
            attachment.c.score,
            attachment.c.reasons,
            forwarding.c.municipality_code.label("forwarded_to"),
        )
        .join(file, file.c.id == document.c.file_id)
        .join(delivery, delivery.c.id == file.c.delivery_id)
        .outerjoin(attachment, _present(attachment))
        .outerjoin(forwarding, _present(forwarding))
        .where(delivery.c.accepted_at < INFINITY)
    )


def _present(table: Any) -> ColumnElement[bool]:
    present: ColumnElement[bool] = (table.c.document_id == document.c.id) & (table.c.known_to == INFINITY)
    return present


async def documents_by_id(session: ReadSession, ids: Sequence[int]) -> Mapping[int, Row[Any]]:
    """Return accepted documents by their ids, with where they are attached or forwarded."""
    rows = await session.execute(_documents().where(document.c.id == any_(IDS)), {"ids": list(ids)})
    return {row.id: row for row in rows}


async def documents_of_person(
    session: ReadSession, person_ids: Sequence[int], tax_year: int
) -> Sequence[Row[Any]]:
    """Return the live documents of persons for a year, in the order of their ids."""
    statement = (
        _documents()
        .where(
            attachment.c.person_id == any_(IDS),
            document.c.tax_year == tax_year,
            document.c.superseded_at == INFINITY,
            ~document.c.is_held,
        )
        .order_by(document.c.id)
    )
    rows: Sequence[Row[Any]] = (await session.execute(statement, {"ids": list(person_ids)})).all()
    return rows


async def documents_of_delivery(
    session: ReadSession, delivery_id: int, after: int | None, limit: int
) -> Sequence[Row[Any]]:
    """Return a page of the documents of an accepted delivery."""
    statement = _documents().where(delivery.c.id == delivery_id).order_by(document.c.id).limit(limit)
    if after is not None:
        statement = statement.where(document.c.id > after)
    rows: Sequence[Row[Any]] = (await session.execute(statement)).all()
    return rows


async def candidates_of(session: ReadSession, ids: Sequence[int]) -> Sequence[Row[Any]]:
    """Return who documents may belong to, the likeliest first."""
    statement = (
        select(candidate)
        .where(candidate.c.document_id == any_(IDS))
        .order_by(candidate.c.document_id, candidate.c.score.desc(), candidate.c.person_id)
    )
    return (await session.execute(statement, {"ids": list(ids)})).all()


async def findings_at(session: ReadSession, places: Sequence[tuple[int, int]]) -> Sequence[Row[Any]]:
    """Return what is wrong with lines of files, given as (file, line)."""
    statement = (
        select(finding)
        .where(tuple_(finding.c.file_id, finding.c.line).in_(places))
        .order_by(finding.c.file_id, finding.c.line, finding.c.id)
    )
    return (await session.execute(statement)).all()


async def findings_of_file(
    session: ReadSession, file_id: int, after: int | None, limit: int
) -> Sequence[Row[Any]]:
    """Return a page of what is wrong with a file, in the order of lines."""
    statement = select(finding).where(finding.c.file_id == file_id).order_by(finding.c.id).limit(limit)
    if after is not None:
        statement = statement.where(finding.c.id > after)
    return (await session.execute(statement)).all()
