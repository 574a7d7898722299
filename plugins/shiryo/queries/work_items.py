"""Work items: opened by the intake, taken, decided and confirmed by people."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import BigInteger, Row, bindparam, func, insert, select, text, update
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.sql import any_

from core.errors import Conflict, NotFound
from core.storage.database import ReadSession, WriteSession
from plugins.shiryo.tables import delivery, file, sender, work_item
from plugins.shiryo.work import Work

IDS = bindparam("ids", type_=ARRAY(BigInteger))
COLUMNS = (
    *("tax_year", "sender_id", "delivery_id", "file_id", "document_id", "code", "is_blocking", "state"),
    *("owner", "opened_at", "difference", "reason", "proposed_by", "closed_by"),
)

# One item for each record with findings; it bears the code of the worst. Only held records block.
OPEN_FOR_FINDINGS = text("""
INSERT INTO shiryo.work_item (tax_year, sender_id, delivery_id, file_id, document_id, code, is_blocking,
    state, owner, opened_at, difference, reason, proposed_by, closed_by)
SELECT d.tax_year, d.sender_id, f.delivery_id, f.id, d.id, worst.code, d.is_held, 'open', '', :now,
    d.is_held::int, '', '', ''
FROM shiryo.file f
JOIN (SELECT DISTINCT ON (file_id, line) file_id, line, code FROM shiryo.finding
      ORDER BY file_id, line, severity, id) worst ON worst.file_id = f.id
JOIN shiryo.document d ON d.file_id = f.id AND d.line = worst.line
WHERE f.delivery_id = ANY(:ids) AND f.findings > 0
""")

OPEN_FOR_DOCUMENTS = text("""
INSERT INTO shiryo.work_item (tax_year, sender_id, delivery_id, file_id, document_id, code, is_blocking,
    state, owner, opened_at, difference, reason, proposed_by, closed_by)
SELECT d.tax_year, d.sender_id, f.delivery_id, f.id, d.id, :code, true, 'open', '', :now, 1, '', '', ''
FROM shiryo.document d JOIN shiryo.file f ON f.id = d.file_id
WHERE d.id = ANY(:ids)
""")


async def open_for_findings(work: Work, delivery_ids: Sequence[int]) -> None:
    """Open an item for each record of the deliveries with which something is wrong."""
    await work.session.execute(
        OPEN_FOR_FINDINGS.bindparams(IDS), {"ids": list(delivery_ids), "now": work.now}
    )


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


async def list_items(
    session: ReadSession,
    *,
    tax_year: int | None = None,
    state: str | None = None,
    owner: str | None = None,
    code: str | None = None,
    is_open: bool = False,
    after: int | None = None,
    limit: int | None = None,
) -> Sequence[Row[Any]]:
    """Return a page of items, the oldest first."""
    wanted = {"tax_year": tax_year, "state": state, "owner": owner, "code": code}
    statement = _items().order_by(work_item.c.id).limit(limit)
    for name, value in wanted.items():
        if value is not None:
            statement = statement.where(work_item.c[name] == value)
    if is_open:
        statement = statement.where(work_item.c.state != "closed")
    if after is not None:
        statement = statement.where(work_item.c.id > after)
    return (await session.execute(statement)).all()


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


def _items() -> Any:
    return (
        select(work_item, sender.c.code.label("sender_code"), file.c.name.label("file_name"))
        .join_from(work_item, sender, sender.c.id == work_item.c.sender_id)
        .outerjoin(file, file.c.id == work_item.c.file_id)
    )
