"""Deliveries, their files and the sealed bytes."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Row, bindparam, func, insert, or_, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from core.storage.database import ReadSession, WriteSession
from plugins.shiryo.manifest import Announced, Manifest, Sender
from plugins.shiryo.tables import chunk, delivery, file, sender
from plugins.shiryo.work import Work

CHUNK_COLUMNS = ("file_id", "number", "key_version", "sealed")


async def sender_id(session: WriteSession, given: Sender) -> int:
    """Return the id of a sender, who is registered at the first delivery."""
    row = {"code": given.code, "kind": given.kind, "name": given.name}
    await session.execute(upsert(sender).values(row).on_conflict_do_nothing())
    found: int = (await session.execute(select(sender.c.id).where(sender.c.code == given.code))).scalar_one()
    return found


async def add_delivery(work: Work, manifest: Manifest, sender_id: int, held_for: str) -> int:
    """Enter a delivery as received, or as held at once."""
    row = {
        "tax_year": manifest.tax_year,
        "sender_id": sender_id,
        "channel": manifest.channel,
        "state": "held" if held_for else "received",
        "held_for": held_for,
        "received_by": work.staff,
        "received_at": work.now,
    }
    added: int = (
        await work.session.execute(insert(delivery).values(row).returning(delivery.c.id))
    ).scalar_one()
    return added


async def add_file(
    session: WriteSession, delivery_id: int, announced: Announced, received: Mapping[str, Any]
) -> int:
    """Enter a file: what was announced of it, and what came (nothing, if it is missing)."""
    row = {
        "delivery_id": delivery_id,
        "name": announced.name,
        "kind": announced.kind,
        "version": announced.version or "",
        "announced_records": announced.records,
        "announced_sha256": announced.sha256,
        "announced_totals": dict(announced.totals) if announced.sha256 is not None else None,
        "layout": "",
        **received,
    }
    added: int = (await session.execute(insert(file).values(row).returning(file.c.id))).scalar_one()
    return added


async def add_chunks(session: WriteSession, rows: Iterable[tuple[object, ...]]) -> None:
    """Keep the sealed bytes of a file."""
    await session.copy(chunk, CHUNK_COLUMNS, rows)


async def chunks_of(session: ReadSession, file_id: int, first: int, last: int | None) -> Sequence[Row[Any]]:
    """Return chunks of a file in order, `last` included; None means all of them."""
    statement = select(chunk).where(chunk.c.file_id == file_id, chunk.c.number >= first)
    if last is not None:
        statement = statement.where(chunk.c.number <= last)
    return (await session.execute(statement.order_by(chunk.c.number))).all()


async def live_files(session: ReadSession, sha256: Sequence[bytes]) -> Sequence[Row[Any]]:
    """Return the files with these bytes that count or will count, each with the state of its delivery."""
    statement = (
        select(file, delivery.c.state)
        .join(delivery, delivery.c.id == file.c.delivery_id)
        .where(file.c.sha256.in_(sha256), file.c.is_live)
    )
    rows: Sequence[Row[Any]] = (await session.execute(statement)).all()
    return rows


async def waiting_deliveries(session: ReadSession, limit: int) -> Sequence[Row[Any]]:
    """Return received deliveries that are yet to be read, one that was begun before the others."""
    statement = (
        select(delivery, sender.c.code.label("sender_code"), sender.c.kind.label("sender_kind"))
        .join(sender, sender.c.id == delivery.c.sender_id)
        .where(delivery.c.state == "received")
        .order_by(delivery.c.taken_records.desc(), delivery.c.id)
        .limit(limit)
    )
    return (await session.execute(statement)).all()


async def files_of(session: ReadSession, delivery_ids: Sequence[int]) -> Mapping[int, list[Row[Any]]]:
    """Return the files of deliveries in the order in which they were announced."""
    found: defaultdict[int, list[Row[Any]]] = defaultdict(list)
    statement = select(file).where(file.c.delivery_id.in_(delivery_ids)).order_by(file.c.id)
    for row in await session.execute(statement):
        found[row.delivery_id].append(row)
    return found


async def waiting_records(session: ReadSession) -> int:
    """Return how many records of received deliveries are yet to be read."""
    statement = (
        select(func.coalesce(func.sum(file.c.received_records), 0))
        .join(delivery, delivery.c.id == file.c.delivery_id)
        .where(delivery.c.state == "received")
    )
    return int((await session.execute(statement)).scalar_one())


async def save_files(session: WriteSession, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write how far files were read: `file_id`, `layout`, `read`, `held`, `findings`, `totals`."""
    if not rows:
        return
    await session.execute(
        update(file)
        .where(file.c.id == bindparam("file_id"))
        .values(
            layout=bindparam("b_layout"),
            read_records=bindparam("b_read"),
            held_records=bindparam("b_held"),
            findings=bindparam("b_findings"),
            totals=bindparam("b_totals"),
        ),
        [{f"b_{name}" if name != "file_id" else name: value for name, value in row.items()} for row in rows],
    )


async def hold(session: WriteSession, delivery_id: int, cause: str) -> None:
    """Hold a delivery whole: its files no longer stand in the way of the same bytes with a right manifest."""
    await session.execute(
        update(delivery).where(delivery.c.id == delivery_id).values(state="held", held_for=cause)
    )
    await session.execute(update(file).where(file.c.delivery_id == delivery_id).values(is_live=False))


async def accept(work: Work, delivery_ids: Sequence[int]) -> None:
    """Let deliveries count from now on."""
    await work.session.execute(
        update(delivery).where(delivery.c.id.in_(delivery_ids)).values(state="accepted", accepted_at=work.now)
    )
    await work.session.execute(
        update(file).where(file.c.delivery_id.in_(delivery_ids)).values(accepted_records=file.c.read_records)
    )


async def save_taken(session: WriteSession, delivery_id: int, taken: int) -> None:
    """Note how many records of a delivery are written."""
    await session.execute(update(delivery).where(delivery.c.id == delivery_id).values(taken_records=taken))


async def save_attached(session: WriteSession, delivery_id: int, document_id: int) -> None:
    """Note up to which document attaching has come; it is one of this delivery."""
    await session.execute(
        update(delivery).where(delivery.c.id == delivery_id).values(attached_to=document_id)
    )


async def finish_attaching(session: WriteSession) -> None:
    """Mark accepted deliveries: every document of theirs was tried."""
    await session.execute(update(delivery).where(delivery.c.state == "accepted").values(state="attached"))


async def delivery_rows(
    session: ReadSession,
    *,
    ids: Sequence[int] = (),
    tax_year: int | None = None,
    states: Sequence[str] = (),
    after: int | None = None,
    limit: int | None = None,
) -> Sequence[Row[Any]]:
    """Return deliveries with code, kind and name of their sender, the latest first."""
    statement = (
        select(
            delivery,
            sender.c.code.label("sender_code"),
            sender.c.kind.label("sender_kind"),
            sender.c.name.label("sender_name"),
        )
        .join(sender, sender.c.id == delivery.c.sender_id)
        .order_by(delivery.c.id.desc())
        .limit(limit)
    )
    if ids:
        statement = statement.where(delivery.c.id.in_(ids))
    if tax_year is not None:
        statement = statement.where(delivery.c.tax_year == tax_year)
    if states:
        statement = statement.where(or_(*(delivery.c.state == state for state in states)))
    if after is not None:
        statement = statement.where(delivery.c.id < after)
    return (await session.execute(statement)).all()
