"""All SQL of the access log."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    Select,
    Text,
    Tuple,
    and_,
    cast,
    false,
    func,
    insert,
    literal,
    or_,
    select,
    text,
    true,
    tuple_,
)
from sqlalchemy.dialects.postgresql import ARRAY

from core.access.subject import About
from core.storage.database import ReadSession, WriteSession
from plugins.audit.chain import Checkpoint
from plugins.audit.tables import checkpoint, entry, seal

SEALER_LOCK = 0x41554454
"""Key of the advisory lock that one sealer at a time holds ("AUDT")."""
INSERT = insert(entry).inline()
TRY_LOCK = select(func.pg_try_advisory_xact_lock(SEALER_LOCK))


def _number(snapshot_end: Any) -> ColumnElement[int]:
    return cast(cast(snapshot_end, Text), BigInteger)


OLDEST_RUNNING = _number(func.pg_snapshot_xmin(func.pg_current_snapshot()))
"""Every transaction before this one has ended, so no row of an earlier transaction can still appear."""
NEXT_TRANSACTION = _number(func.pg_snapshot_xmax(func.pg_current_snapshot()))


def _moment(column: ColumnElement[datetime]) -> ColumnElement[str]:
    return func.to_char(func.timezone("UTC", column), 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')


def _spelt(column: Column[Any]) -> ColumnElement[Any]:
    if column.name in ("recorded_at", "happened_at"):
        return _moment(column)
    return cast(column, Text) if column.name == "session" else column


NAMES = [str(column.name) for column in entry.columns]
ROW = [_spelt(column).label(name) for name, column in zip(NAMES, entry.columns, strict=True)]
"""An entry as it is sealed: whatever has several spellings is spelt by PostgreSQL, once and for all."""

Row = dict[str, Any]


class Head(NamedTuple):
    """The end of the chain: its last sealed row, and where that one lies in the log."""

    sequence: int
    transaction_id: int
    entry_id: int
    link: bytes


async def insert_entries(session: WriteSession, rows: Sequence[Mapping[str, object]]) -> None:
    """Append to the log, in one statement."""
    await session.execute(INSERT, rows)


async def become_sealer(session: WriteSession) -> bool:
    """Take the one sealer's place until the end of the transaction; False if somebody else has it."""
    return bool(await session.scalar(TRY_LOCK))


async def head(session: ReadSession) -> Head | None:
    """Return the end of the chain, or None before the first row was sealed."""
    columns = (seal.c.sequence, seal.c.transaction_id, seal.c.entry_id, seal.c.link)
    row = (await session.execute(select(*columns).order_by(seal.c.sequence.desc()).limit(1))).first()
    return None if row is None else Head(*row)


async def next_transaction(session: ReadSession) -> int:
    """Return the number that the next transaction of this PostgreSQL cluster will get."""
    return int(await session.scalar(select(NEXT_TRANSACTION)) or 0)


PLACE = tuple_(entry.c.transaction_id, entry.c.id)


def _place(transaction_id: int, entry_id: int) -> Tuple:
    return tuple_(literal(transaction_id, BigInteger), literal(entry_id, BigInteger))


def _after(found: Head | None) -> ColumnElement[bool]:
    return _place(found.transaction_id, found.entry_id) < PLACE if found else true()


async def unsealed(session: ReadSession, found: Head | None, limit: int) -> list[Row]:
    """Return the committed entries that come next in the chain."""
    query = (
        select(*ROW)
        .where(_after(found), entry.c.transaction_id < OLDEST_RUNNING)
        .order_by(entry.c.transaction_id, entry.c.id)
        .limit(limit)
    )
    return [dict(zip(NAMES, row, strict=True)) for row in await session.execute(query)]


async def longest_wait(session: ReadSession) -> timedelta | None:
    """Return for how long the oldest unsealed entry has been waiting, or None if all are sealed."""
    query = select(func.clock_timestamp() - func.min(entry.c.recorded_at)).where(_after(await head(session)))
    found: timedelta | None = await session.scalar(query)
    return found


async def insert_seals(session: WriteSession, seals: Iterable[tuple[int, int, int, bytes]]) -> None:
    """Append to the chain: (sequence, transaction_id, entry_id, link) each."""
    await session.copy(seal, ("sequence", "transaction_id", "entry_id", "link"), seals)


async def insert_checkpoint(session: WriteSession, made: Checkpoint) -> None:
    """Append a checkpoint."""
    await session.execute(insert(checkpoint).values(asdict(made)))


def _checkpoints() -> Select[Any]:
    c = checkpoint.c
    return select(c.origin, c.number, c.size, c.root, c.time, c.signature)


async def last_checkpoint(session: ReadSession) -> Checkpoint | None:
    """Return the latest checkpoint."""
    query = _checkpoints().order_by(checkpoint.c.number.desc()).limit(1)
    row = (await session.execute(query)).first()
    return None if row is None else Checkpoint(*row)


async def checkpoints_after(session: ReadSession, number: int) -> list[Checkpoint]:
    """Return the checkpoints with higher numbers, in order."""
    query = _checkpoints().where(checkpoint.c.number > number).order_by(checkpoint.c.number)
    return [Checkpoint(*row) for row in await session.execute(query)]


async def checkpoint_at(session: ReadSession, number: int) -> Checkpoint | None:
    """Return the checkpoint with this number."""
    row = (await session.execute(_checkpoints().where(checkpoint.c.number == number))).first()
    return None if row is None else Checkpoint(*row)


async def sealed(session: ReadSession, start: int, limit: int) -> list[tuple[bytes, Row]]:
    """Return up to `limit` links with their entries, from number `start` on; a lost entry is absent."""
    on = (entry.c.transaction_id == seal.c.transaction_id) & (entry.c.id == seal.c.entry_id)
    query = (
        select(seal.c.link, *ROW, seal.c.sequence)
        .join_from(seal, entry, on)
        .where(seal.c.sequence >= start, seal.c.sequence < start + limit)
        .order_by(seal.c.sequence)
    )
    names = [*NAMES, "sequence"]
    return [(link, dict(zip(names, row, strict=True))) for link, *row in await session.execute(query)]


@dataclass(frozen=True, slots=True)
class Filter:
    """Which entries are wanted; None means any. `since` is included, `until` is not.

    `objects` wants those about any of these objects: with none of them, no entry.
    """

    staff_number: str | None = None
    object_type: str | None = None
    objects: Sequence[About] | None = None
    since: datetime | None = None
    until: datetime | None = None

    def conditions(self) -> Iterator[ColumnElement[bool]]:
        """Yield what an entry must fulfil."""
        if self.staff_number is not None:
            yield entry.c.staff_number == self.staff_number
        if self.object_type is not None:
            yield entry.c.object_type == self.object_type
        if self.objects is not None:
            yield or_(false(), *_about(self.objects))
        if self.since is not None:
            yield entry.c.recorded_at >= self.since
        if self.until is not None:
            yield entry.c.recorded_at < self.until


async def page(session: ReadSession, wanted: Filter, after: tuple[int, int] | None, limit: int) -> list[Row]:
    """Return entries, newest first, from behind `after`, each with its sealed number if it has one.

    Nothing is found by going through the log, until the transaction ends: of many ids the server expects half
    of it. (Switched on again, it would be on for whoever asks side by side.)
    """
    await session.execute(text("SET LOCAL enable_seqscan = off"))
    rows = (await session.execute(_page(wanted, after, limit))).mappings()
    return [dict(row) for row in rows]


def _page(wanted: Filter, after: tuple[int, int] | None, limit: int) -> Select[Any]:
    """Find entries about objects first, and put them in order then.

    Else the server would go back through the log by its key, until a page is full.
    """
    chosen = select(entry.c.transaction_id, entry.c.id).where(*wanted.conditions())
    if after is not None:
        chosen = chosen.where(_place(*after) > PLACE)
    if wanted.objects is not None:
        chosen = select(chosen.cte("found").prefix_with("MATERIALIZED"))
    place = chosen.selected_columns
    top = chosen.order_by(place.transaction_id.desc(), place.id.desc()).limit(limit).subquery("top")
    is_it = (entry.c.transaction_id == top.c.transaction_id) & (entry.c.id == top.c.id)
    sealed_by = (entry.c.transaction_id == seal.c.transaction_id) & (entry.c.id == seal.c.entry_id)
    query = select(entry, seal.c.sequence).join_from(top, entry, is_it).outerjoin(seal, sealed_by)
    return query.order_by(entry.c.transaction_id.desc(), entry.c.id.desc())


def _about(objects: Iterable[About]) -> Iterator[ColumnElement[bool]]:
    """Yield a condition for all objects of one type and time; the index stands on the ids."""
    ids: defaultdict[tuple[str, datetime | None, datetime | None], list[str]] = defaultdict(list)
    for each in objects:
        ids[each.object_type, each.since, each.until].append(each.object_id)
    for (kind, since, until), some in ids.items():
        named = [entry.c.object_type == kind, entry.c.object_ids.overlap(literal(some, ARRAY(Text)))]
        if since is not None:
            named.append(entry.c.happened_at >= since)
        if until is not None:
            named.append(entry.c.happened_at < until)
        yield and_(*named)
