"""Work items: opened by the intake, taken, decided and confirmed by people."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import BigInteger, Row, Select, bindparam, case, func, insert, select, text, update
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.sql import any_

from core.errors import Conflict, NotFound
from core.storage.database import ReadSession, WriteSession
from core.work import Work
from plugins.shiryo.tables import delivery, file, finding, sender, work_item

CORRECTION = "CORRECTION"
"""The code of items of values that somebody proposes for a document, which counts as it is meanwhile."""
KEYED_DOCUMENT = "KEYED_DOCUMENT"
IDS = bindparam("ids", type_=ARRAY(BigInteger))
COLUMNS = (
    *("tax_year", "sender_id", "delivery_id", "file_id", "document_id", "code", "is_blocking", "state"),
    *("owner", "opened_at", "difference", "reason", "proposed_by", "closed_by"),
)

# One item for each held record; it bears the code of its worst finding.
OPEN_FOR_ERRORS = text("""
INSERT INTO shiryo.work_item (tax_year, sender_id, delivery_id, file_id, document_id, code, is_blocking,
    state, owner, opened_at, difference, reason, proposed_by, closed_by)
SELECT d.tax_year, d.sender_id, f.delivery_id, f.id, d.id, worst.code, true, 'open', '', :now, 1, '', '', ''
FROM shiryo.file f
JOIN (SELECT DISTINCT ON (file_id, line) file_id, line, code FROM shiryo.finding
      WHERE severity <> 'warning' AND file_id IN (SELECT id FROM shiryo.file WHERE delivery_id = ANY(:ids))
      ORDER BY file_id, line, severity, id) worst ON worst.file_id = f.id
JOIN shiryo.document d ON d.file_id = f.id AND d.line = worst.line AND d.is_held
WHERE f.delivery_id = ANY(:ids) AND f.findings > 0
""")

# Warnings block nothing: one item for each file and code, however many records it concerns.
OPEN_FOR_WARNINGS = text("""
INSERT INTO shiryo.work_item (tax_year, sender_id, delivery_id, file_id, document_id, code, is_blocking,
    state, owner, opened_at, difference, reason, proposed_by, closed_by)
SELECT v.tax_year, v.sender_id, v.id, f.id, NULL, n.code, false, 'open', '', :now, 0, '', '', ''
FROM shiryo.file f
JOIN shiryo.delivery v ON v.id = f.delivery_id
JOIN (SELECT DISTINCT file_id, code FROM shiryo.finding WHERE severity = 'warning'
      AND file_id IN (SELECT id FROM shiryo.file WHERE delivery_id = ANY(:ids))) n ON n.file_id = f.id
WHERE f.delivery_id = ANY(:ids) AND f.findings > 0
ORDER BY f.id, n.code
""")

OPEN_FOR_DOCUMENTS = text("""
INSERT INTO shiryo.work_item (tax_year, sender_id, delivery_id, file_id, document_id, code, is_blocking,
    state, owner, opened_at, difference, reason, proposed_by, closed_by)
SELECT d.tax_year, d.sender_id, f.delivery_id, f.id, d.id, :code, true, 'open', '', :now, 1, '', '', ''
FROM shiryo.document d JOIN shiryo.file f ON f.id = d.file_id
WHERE d.id = ANY(:ids)
""")

# What the sender replaced needs no decision of ours; what was proposed for it meanwhile stays readable.
CLOSE_SUPERSEDED = text("""
UPDATE shiryo.work_item w SET state = 'closed', version = w.version + 1,
    proposal = jsonb_strip_nulls(jsonb_build_object('action', 'superseded', 'document_id', d.superseded_by,
        'instead_of', w.proposal)),
    reason = CASE c.action WHEN 'cancel' THEN '送付元が取り消しました。' ELSE '送付元が訂正しました。' END,
    proposed_by = 'sender:' || s.code, closed_by = :staff, closed_at = :now
FROM shiryo.document d
JOIN shiryo.document c ON c.id = d.superseded_by
JOIN shiryo.sender s ON s.id = c.sender_id
WHERE d.id = ANY(:ids) AND w.document_id = d.id AND w.state <> 'closed'
""")


async def close_superseded(work: Work, document_ids: Sequence[int]) -> None:
    """Close what is open on documents that their sender corrected or cancelled, with that reason."""
    if document_ids:
        parameters = {"ids": list(document_ids), "staff": work.staff, "now": work.now}
        await work.session.execute(CLOSE_SUPERSEDED.bindparams(IDS), parameters)


async def open_for_findings(work: Work, delivery_ids: Sequence[int]) -> None:
    """Open an item for each held record of the deliveries, and one for each file and code of warning."""
    for statement in (OPEN_FOR_ERRORS, OPEN_FOR_WARNINGS):
        await work.session.execute(statement.bindparams(IDS), {"ids": list(delivery_ids), "now": work.now})


async def open_for_documents(work: Work, document_ids: Sequence[int], code: str) -> None:
    """Open a blocking item for each of the documents."""
    if document_ids:
        parameters = {"ids": list(document_ids), "code": code, "now": work.now}
        await work.session.execute(OPEN_FOR_DOCUMENTS.bindparams(IDS), parameters)


async def open_for_delivery(work: Work, delivery_id: int, code: str) -> None:
    """Open a blocking item for a held delivery: all its records hang on it."""
    counted = (
        select(
            func.coalesce(func.sum(func.coalesce(file.c.announced_records, file.c.received_records, 0)), 0)
        )
        .where(file.c.delivery_id == delivery_id)
        .scalar_subquery()
    )
    found = (
        await work.session.execute(
            select(delivery.c.tax_year, delivery.c.sender_id, counted.label("records")).where(
                delivery.c.id == delivery_id
            )
        )
    ).one()
    await add_item(
        work,
        tax_year=found.tax_year,
        sender_id=found.sender_id,
        delivery_id=delivery_id,
        code=code,
        difference=int(found.records),
    )


async def add_item(work: Work, *, code: str, difference: int, **more: Any) -> int:
    """Open one blocking item and return its id."""
    row = {
        "code": code,
        "difference": difference,
        "is_blocking": True,
        "state": "open",
        "owner": "",
        "opened_at": work.now,
        "reason": "",
        "proposed_by": "",
        "closed_by": "",
        **more,
    }
    added: int = (
        await work.session.execute(insert(work_item).values(row).returning(work_item.c.id))
    ).scalar_one()
    return added


async def add_items(session: WriteSession, rows: Iterable[tuple[object, ...]]) -> None:
    """Open many items at once, in the order of `COLUMNS`."""
    await session.copy(work_item, COLUMNS, rows)


async def items_by_id(session: ReadSession, ids: Sequence[int]) -> Mapping[int, Row[Any]]:
    """Return items by their ids."""
    rows = await session.execute(_items().where(work_item.c.id == any_(IDS)), {"ids": list(ids)})
    return {row.id: row for row in rows}


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which items somebody asks for; None does not narrow."""

    tax_year: int | None = None
    state: str | None = None
    owner: str | None = None
    code: str | None = None
    is_blocking: bool | None = None
    sender_code: str | None = None
    ids: Sequence[int] | None = None
    is_open: bool = False

    def narrow(self, statement: Select[Any]) -> Select[Any]:
        """Add the conditions to a statement on items and their senders."""
        for name in ("tax_year", "state", "owner", "code", "is_blocking"):
            value = getattr(self, name)
            if value is not None:
                statement = statement.where(work_item.c[name] == value)
        if self.sender_code is not None:
            statement = statement.where(sender.c.code == self.sender_code)
        if self.ids is not None:
            statement = statement.where(work_item.c.id.in_(self.ids))
        return statement.where(work_item.c.state != "closed") if self.is_open else statement


async def list_items(
    session: ReadSession, wanted: Wanted, *, after: int | None = None, limit: int | None = None
) -> Sequence[Row[Any]]:
    """Return a page of items, the oldest first."""
    statement = wanted.narrow(_items()).order_by(work_item.c.id).limit(limit)
    if after is not None:
        statement = statement.where(work_item.c.id > after)
    rows: Sequence[Row[Any]] = (await session.execute(statement)).all()
    return rows


async def change(session: WriteSession, item_id: int, expected: int, **values: Any) -> None:
    """Change an item that nobody changed meanwhile; raises Conflict with the present version, NotFound."""
    changed = await session.execute(
        update(work_item)
        .where(work_item.c.id == item_id, work_item.c.version == expected)
        .values(version=work_item.c.version + 1, **values)
        .returning(work_item.c.id)
    )
    if changed.one_or_none() is not None:
        return
    present = await session.scalar(select(work_item.c.version).where(work_item.c.id == item_id))
    if present is None:
        raise NotFound
    raise Conflict(currentVersion=present)


async def counts(session: ReadSession, tax_year: int | None) -> Sequence[Row[Any]]:
    """Return how many items are open, by code and owner, with the oldest of each."""
    statement = (
        select(
            work_item.c.code,
            work_item.c.owner,
            func.count().label("items"),
            func.count().filter(work_item.c.is_blocking).label("blocking"),
            func.min(work_item.c.opened_at).label("oldest"),
        )
        .where(work_item.c.state != "closed")
        .group_by(work_item.c.code, work_item.c.owner)
        .order_by(work_item.c.code, work_item.c.owner)
    )
    if tax_year is not None:
        statement = statement.where(work_item.c.tax_year == tax_year)
    return (await session.execute(statement)).all()


def _items() -> Select[Any]:
    """Return items with their sender and file, and with how many records each is about."""
    of_file = (
        select(func.count())
        .where(finding.c.file_id == work_item.c.file_id, finding.c.code == work_item.c.code)
        .scalar_subquery()
    )
    records = case(
        (work_item.c.document_id.is_not(None), 1),
        (work_item.c.file_id.is_not(None), of_file),
        else_=work_item.c.difference,
    )
    return (
        select(
            work_item,
            sender.c.code.label("sender_code"),
            file.c.name.label("file_name"),
            records.label("records"),
        )
        .join_from(work_item, sender, sender.c.id == work_item.c.sender_id)
        .outerjoin(file, file.c.id == work_item.c.file_id)
    )
