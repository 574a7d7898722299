"""Deliveries, their files and the sealed bytes."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from sqlalchemy import (
    BigInteger,
    LargeBinary,
    Row,
    Text,
    any_,
    bindparam,
    exists,
    func,
    or_,
    select,
    text,
    update,
)
from sqlalchemy.dialects.postgresql import ARRAY

from core.storage.database import ReadSession, WriteSession
from core.storage.ids import reserve_ids
from core.work import Work
from plugins.shiryo.manifest import Announced, Manifest, Sender
from plugins.shiryo.tables import chunk, delivery, file, sender, work_item

CHUNK_COLUMNS = ("file_id", "number", "key_version", "sealed")
DELIVERY_COLUMNS = (
    *("id", "tax_year", "sender_id", "channel"),
    *("state", "held_for", "received_by", "received_at"),
)
FILE_COLUMNS = (
    *("id", "delivery_id", "name", "kind", "version"),
    *("announced_records", "announced_sha256", "announced_totals", "layout"),
    *("sha256", "size", "received_records", "is_live"),
)

IDS = bindparam("ids", type_=ARRAY(BigInteger))
"""Ids as one array: a list of parameters, one for each, would be compiled anew for each number of them."""
CODES = bindparam("code", type_=ARRAY(Text))
ADD_SENDERS = text("""
INSERT INTO shiryo.sender (code, kind, name) SELECT * FROM unnest(:code, :kind, :name)
ON CONFLICT DO NOTHING
""").bindparams(*(bindparam(name, type_=ARRAY(Text)) for name in ("code", "kind", "name")))
NUMBERS = ("file_id", "read", "held", "findings")
SAVE_FILES = text("""
UPDATE shiryo.file f
SET layout = said.layout, read_records = said.read, held_records = said.held, findings = said.findings,
    totals = said.totals::jsonb
FROM unnest(:file_id, :layout, :read, :held, :findings, :totals)
    AS said (file_id, layout, read, held, findings, totals)
WHERE f.id = said.file_id
""").bindparams(
    *(bindparam(name, type_=ARRAY(BigInteger)) for name in NUMBERS),
    *(bindparam(name, type_=ARRAY(Text)) for name in ("layout", "totals")),
)


@dataclass(frozen=True, slots=True)
class Entered:
    """A file of a delivery as it is entered; what did not come has no bytes and counts for nothing."""

    delivery_id: int
    announced: Announced
    sha256: bytes | None = None
    size: int | None = None
    received_records: int | None = None
    is_live: bool = True


async def sender_id(session: WriteSession, given: Sender) -> int:
    """Return the id of a sender, who is registered at the first delivery."""
    return (await sender_ids(session, [given]))[given.code]


async def sender_ids(session: WriteSession, given: Sequence[Sender]) -> Mapping[str, int]:
    """Return the ids of senders by code; who is new is registered."""
    said = {name: [getattr(each, name) for each in given] for name in ("code", "kind", "name")}
    await session.execute(ADD_SENDERS, said)
    wanted = select(sender.c.code, sender.c.id).where(sender.c.code == any_(CODES))
    return {row.code: row.id for row in await session.execute(wanted, {"code": said["code"]})}


async def add_deliveries(work: Work, entered: Sequence[tuple[Manifest, int, str]]) -> Sequence[int]:
    """Enter deliveries (manifest, sender, why it is held at once or empty) and return their ids."""
    ids = await reserve_ids(work.session, delivery, len(entered))
    rows = [
        (
            *(delivery_id, manifest.tax_year, sender_id, manifest.channel),
            *("held" if held_for else "received", held_for, work.staff, work.now),
        )
        for delivery_id, (manifest, sender_id, held_for) in zip(ids, entered, strict=True)
    ]
    await work.session.copy(delivery, DELIVERY_COLUMNS, rows)
    return ids


async def add_files(session: WriteSession, entered: Sequence[Entered]) -> Sequence[int]:
    """Enter files: what was announced of each, and what came; return their ids."""
    ids = await reserve_ids(session, file, len(entered))
    rows = [_file_row(file_id, each) for file_id, each in zip(ids, entered, strict=True)]
    await session.copy(file, FILE_COLUMNS, rows)
    return ids


def _file_row(file_id: int, entered: Entered) -> tuple[object, ...]:
    announced = entered.announced
    totals = orjson.dumps(announced.totals).decode() if announced.sha256 is not None else None
    return (
        *(file_id, entered.delivery_id, announced.name, announced.kind, announced.version or ""),
        *(announced.records, announced.sha256, totals, ""),
        *(entered.sha256, entered.size, entered.received_records, entered.is_live),
    )


async def add_chunks(session: WriteSession, rows: Iterable[tuple[object, ...]]) -> None:
    """Keep the sealed bytes of a file."""
    await session.copy(chunk, CHUNK_COLUMNS, rows)


async def chunks_of(session: ReadSession, file_id: int, first: int, last: int | None) -> Sequence[Row[Any]]:
    """Return chunks of a file in order, `last` included; None means all of them."""
    statement = select(chunk).where(chunk.c.file_id == file_id, chunk.c.number >= first)
    if last is not None:
        statement = statement.where(chunk.c.number <= last)
    return (await session.execute(statement.order_by(chunk.c.number))).all()


async def chunks_of_files(session: ReadSession, file_ids: Sequence[int]) -> Sequence[Row[Any]]:
    """Return all chunks of files, those of each in order."""
    in_order = select(chunk).where(chunk.c.file_id == any_(IDS)).order_by(chunk.c.file_id, chunk.c.number)
    return (await session.execute(in_order, {"ids": list(file_ids)})).all()


async def live_files(session: ReadSession, sha256: Sequence[bytes]) -> Sequence[Row[Any]]:
    """Return the files with these bytes that count or will count, each with the state of its delivery."""
    statement = (
        select(file, delivery.c.state)
        .join(delivery, delivery.c.id == file.c.delivery_id)
        .where(file.c.sha256 == any_(bindparam("sha256", type_=ARRAY(LargeBinary))), file.c.is_live)
    )
    rows: Sequence[Row[Any]] = (await session.execute(statement, {"sha256": list(sha256)})).all()
    return rows


async def held_deliveries(session: ReadSession, sender_codes: Collection[str]) -> Sequence[Row[Any]]:
    """Return held deliveries of senders that nobody has closed yet, each with the `code` of its sender."""
    is_open = work_item.c.delivery_id == delivery.c.id, work_item.c.state != "closed"
    statement = (
        select(delivery.c.id, delivery.c.tax_year, delivery.c.channel, sender.c.code)
        .join(sender, sender.c.id == delivery.c.sender_id)
        .where(
            delivery.c.state == "held",
            sender.c.code == any_(CODES),
            exists().where(*is_open, work_item.c.code == delivery.c.held_for),
        )
    )
    rows: Sequence[Any] = (await session.execute(statement, {"code": sorted(sender_codes)})).all()
    return rows


async def waiting_deliveries(session: ReadSession) -> Sequence[Row[Any]]:
    """Return received deliveries that are yet to be read (`id`, `records`), a begun one before the others."""
    records = func.coalesce(func.sum(file.c.received_records), 0)
    statement = (
        select(delivery.c.id, (records - delivery.c.taken_records).label("records"))
        .outerjoin(file, file.c.delivery_id == delivery.c.id)
        .where(delivery.c.state == "received")
        .group_by(delivery.c.id)
        .order_by(delivery.c.taken_records.desc(), delivery.c.id)
    )
    rows: Sequence[Any] = (await session.execute(statement)).all()
    return rows


async def to_be_read_count(session: ReadSession) -> tuple[int, int]:
    """Return how many deliveries are yet to be read, and how many records of them."""
    waiting = await waiting_deliveries(session)
    return len(waiting), sum(int(row.records) for row in waiting)


async def is_any_left(session: ReadSession) -> bool:
    """Tell whether anything is yet to be read or attached."""
    left = exists().where(or_(delivery.c.state == "received", delivery.c.state == "accepted"))
    return bool(await session.scalar(select(left)))


async def to_be_read(session: ReadSession, delivery_ids: Sequence[int]) -> Sequence[Row[Any]]:
    """Return received deliveries in the order given, each with the code of its sender."""
    statement = (
        select(delivery, sender.c.code.label("sender_code"))
        .join(sender, sender.c.id == delivery.c.sender_id)
        .where(delivery.c.id == any_(IDS), delivery.c.state == "received")
    )
    rows = {row.id: row for row in await session.execute(statement, {"ids": list(delivery_ids)})}
    return [rows[key] for key in delivery_ids if key in rows]


async def files_of(session: ReadSession, delivery_ids: Sequence[int]) -> Mapping[int, list[Row[Any]]]:
    """Return the files of deliveries in the order in which they were announced."""
    found: defaultdict[int, list[Row[Any]]] = defaultdict(list)
    statement = select(file).where(file.c.delivery_id == any_(IDS)).order_by(file.c.id)
    for row in await session.execute(statement, {"ids": list(delivery_ids)}):
        found[row.delivery_id].append(row)
    return found


async def save_files(session: WriteSession, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write how far files were read: `file_id`, `layout`, `read`, `held`, `findings`, `totals`."""
    if rows:
        said = {
            name: [row[name] for row in rows] for name in ("file_id", "layout", "read", "held", "findings")
        }
        totals = [orjson.dumps(row["totals"]).decode() for row in rows]
        await session.execute(SAVE_FILES, {**said, "totals": totals})


async def hold(session: WriteSession, delivery_id: int, cause: str) -> None:
    """Hold a delivery whole; see `let_go_of_held`."""
    await session.execute(
        update(delivery)
        .where(delivery.c.id == delivery_id)
        .values(state="held", held_for=cause, taken_records=0)
    )


async def let_go_of_held(session: WriteSession) -> None:
    """Let files of held deliveries no longer stand in the way of the same bytes with a right manifest."""
    of_held = delivery.c.id == file.c.delivery_id, delivery.c.state == "held", file.c.is_live
    await session.execute(update(file).where(*of_held).values(is_live=False))


async def accept(work: Work, delivery_ids: Sequence[int]) -> None:
    """Let deliveries count from now on."""
    ids = {"ids": list(delivery_ids)}
    await work.session.execute(
        update(delivery)
        .where(delivery.c.id == any_(IDS))
        .values(state="accepted", accepted_at=work.now, taken_records=0),
        ids,
    )
    await work.session.execute(
        update(file).where(file.c.delivery_id == any_(IDS)).values(accepted_records=file.c.read_records), ids
    )


async def save_taken(session: WriteSession, delivery_id: int, taken: int) -> None:
    """Note how many records of a delivery are written."""
    await session.execute(update(delivery).where(delivery.c.id == delivery_id).values(taken_records=taken))


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
