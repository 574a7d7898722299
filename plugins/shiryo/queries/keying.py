"""What officers keyed, and the documents made of it."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Row, func, select, update
from sqlalchemy.sql import any_

from core.storage.database import ReadSession, WriteSession
from core.work import Work
from plugins.shiryo.queries.documents import IDS
from plugins.shiryo.tables import delivery, document, work_item
from plugins.shiryo.tables_keying import keying

COLUMNS = (
    *("id", "item_id", "document_id", "layout", "channel", "key_version", "sealed"),
    *("keyed_by", "keyed_at"),
)


async def reserve_id(session: WriteSession) -> int:
    """Take the id of an attempt that is yet to be written: its seal is bound to it."""
    sequence = func.pg_get_serial_sequence(keying.fullname, "id")
    found: int = (await session.execute(select(func.nextval(sequence)))).scalar_one()
    return found


async def add(session: WriteSession, row: Mapping[str, Any]) -> None:
    """Write an attempt; `row` has all of `COLUMNS`."""
    await session.copy(keying, COLUMNS, [tuple(row[name] for name in COLUMNS)])


async def by_id(session: ReadSession, keying_id: int) -> Row[Any] | None:
    """Return one attempt."""
    return (await session.execute(select(keying).where(keying.c.id == keying_id))).one_or_none()


async def of_items(session: ReadSession, ids: Sequence[int]) -> Mapping[int, list[Row[Any]]]:
    """Return the attempts at items, the latest first."""
    return await _by(session, "item_id", ids)


async def of_documents(session: ReadSession, ids: Sequence[int]) -> Mapping[int, list[Row[Any]]]:
    """Return the attempts at correcting documents, the latest first."""
    return await _by(session, "document_id", ids)


async def open_item(session: ReadSession, document_id: int, code: str) -> int | None:
    """Return the item under which a correction of a document is already open."""
    statement = select(work_item.c.id).where(
        work_item.c.document_id == document_id, work_item.c.code == code, work_item.c.state != "closed"
    )
    found: int | None = await session.scalar(statement)
    return found


async def revisions(session: ReadSession, document_id: int) -> Sequence[int]:
    """Return the ids of the documents that one stands in a line with by superseding, the first one first."""
    ids = {document_id}
    while True:
        ring = select(document.c.id, document.c.superseded_by).where(
            document.c.id.in_(ids) | document.c.superseded_by.in_(ids)
        )
        found = {each for row in await session.execute(ring) for each in row if each is not None}
        if found <= ids:
            return sorted(ids)
        ids |= found


async def supersede(work: Work, document_id: int, made_id: int) -> bool:
    """Let a document be superseded by another; False if something else superseded it before."""
    changed = await work.session.execute(
        update(document)
        .where(document.c.id == document_id, document.c.superseded_by.is_(None))
        .values(superseded_at=work.now, superseded_by=made_id)
        .returning(document.c.id)
    )
    return changed.one_or_none() is not None


async def finish(session: WriteSession, keying_id: int, delivery_id: int, made_id: int) -> None:
    """Note what an attempt became; its delivery is attached already."""
    await session.execute(update(keying).where(keying.c.id == keying_id).values(made_id=made_id))
    await session.execute(update(delivery).where(delivery.c.id == delivery_id).values(state="attached"))


async def close_items(work: Work, document_id: int, proposed_by: str, reason: str, made_id: int) -> None:
    """Close what is open on a document that was corrected: it does not count any more."""
    await work.session.execute(
        update(work_item)
        .where(work_item.c.document_id == document_id, work_item.c.state != "closed")
        .values(
            state="closed",
            version=work_item.c.version + 1,
            proposal={"action": "corrected", "document_id": made_id},
            reason=reason,
            proposed_by=proposed_by,
            closed_by=work.staff,
            closed_at=work.now,
        )
    )


async def _by(session: ReadSession, column: str, ids: Sequence[int]) -> Mapping[int, list[Row[Any]]]:
    found: defaultdict[int, list[Row[Any]]] = defaultdict(list)
    statement = select(keying).where(keying.c[column] == any_(IDS)).order_by(keying.c.id.desc())
    for row in await session.execute(statement, {"ids": list(ids)}):
        found[row._mapping[column]].append(row)
    return found
