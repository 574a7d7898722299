"""The outbox for the common platform: noted with the change, numbered, sent, answered."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Row, Table, any_, func, insert, literal, select, update
from sqlalchemy.dialects.postgresql import ARRAY, distinct_on

from core.storage.database import ReadSession, WriteSession
from plugins.atena.tables import address_revision, my_number, person, person_revision, platform_message

LOCK = 0x504C4154
"""Key of the advisory lock that whoever numbers messages holds ("PLAT")."""
message = platform_message.c
STATES: Mapping[str, ColumnElement[bool]] = {
    "waiting": message.sent_at.is_(None),
    "sent": message.sent_at.is_not(None) & message.result.is_(None),
    "accepted": message.result == "accepted",
    "refused": (message.result == "refused") & message.closed_by.is_(None),
    "closed": message.closed_by.is_not(None),
}


async def note(session: WriteSession, person_ids: Sequence[int], kind: str, known_at: datetime) -> None:
    """Note that the platform must learn of these persons as they are known at the moment."""
    rows = [(person_id, kind, known_at) for person_id in person_ids]
    await session.copy(platform_message, ("person_id", "kind", "known_at"), rows)


async def number(session: WriteSession, limit: int) -> int:
    """Give the next numbers to messages that have none, in the order they were noted; returns how many."""
    await session.execute(select(func.pg_advisory_xact_lock(LOCK)))
    last = await session.scalar(select(func.max(message.sequence))) or 0
    position = func.row_number().over(order_by=message.id).label("position")
    unnumbered = select(message.id, position).where(message.sequence.is_(None), message.sent_at.is_(None))
    chosen = unnumbered.order_by(message.id).limit(limit).subquery("chosen")
    statement = update(platform_message).where(message.id == chosen.c.id)
    numbered = statement.values(sequence=last + chosen.c.position).returning(message.id)
    return len((await session.execute(numbered)).all())


async def to_send(session: WriteSession, limit: int) -> Sequence[Row[Any]]:
    """Return numbered messages that are not sent, in their order, held, with the persons' numbers."""
    statement = (
        select(platform_message, person.c.atena_number)
        .join(person)
        .where(message.sent_at.is_(None), message.sequence.is_not(None))
        .order_by(message.sequence)
        .limit(limit)
        .with_for_update(of=platform_message)
    )
    return (await session.execute(statement)).all()


async def told_of(session: ReadSession, rows: Sequence[Row[Any]]) -> Mapping[str, Mapping[int, Row[Any]]]:
    """Return by table and message what is known of its person: what holds that day, else what comes next."""
    ids = [row.id for row in rows]
    tables = (person_revision, address_revision, my_number)
    return {table.name: await _known_then(session, table, ids) for table in tables}


async def mark_sent(session: WriteSession, ids: Sequence[int], now: datetime) -> None:
    """Note that messages were handed over."""
    sent = message.id == any_(literal(list(ids), ARRAY(BigInteger)))
    await session.execute(update(platform_message).where(sent).values(sent_at=now))


async def by_sequence(session: WriteSession, sequences: Sequence[int]) -> Mapping[int, Row[Any]]:
    """Return sent messages by their numbers, held."""
    asked = message.sequence == any_(literal(list(sequences), ARRAY(BigInteger)))
    held = select(platform_message).where(asked, message.sent_at.is_not(None)).with_for_update()
    return {row.sequence: row for row in await session.execute(held)}


async def by_id(session: ReadSession, message_id: int) -> Row[Any] | None:
    """Return one message."""
    row: Row[Any] | None = (
        await session.execute(select(platform_message).where(message.id == message_id))
    ).one_or_none()
    return row


async def hold(session: WriteSession, message_id: int) -> Row[Any] | None:
    """Return one message, held against others."""
    held = select(platform_message).where(message.id == message_id).with_for_update()
    row: Row[Any] | None = (await session.execute(held)).one_or_none()
    return row


async def write(session: WriteSession, message_id: int, values: Mapping[str, Any]) -> None:
    """Note an answer, or how a refused message was closed."""
    await session.execute(update(platform_message).where(message.id == message_id).values(values))


async def add(session: WriteSession, row: Mapping[str, Any]) -> int:
    """Add one message."""
    added: int = (
        await session.execute(insert(platform_message).values(row).returning(message.id))
    ).scalar_one()
    return added


async def messages_after(session: ReadSession, state: str, after: int, limit: int) -> Sequence[Row[Any]]:
    """Return messages of a state behind an id, the oldest first."""
    statement = select(platform_message).where(STATES[state], message.id > after)
    return (await session.execute(statement.order_by(message.id).limit(limit))).all()


async def count_of(session: ReadSession, state: str, before: datetime | None = None) -> int:
    """Return how many messages are in a state; with `before`, only those that were sent before it."""
    statement = select(func.count()).select_from(platform_message).where(STATES[state])
    if before is not None:
        statement = statement.where(message.sent_at < before)
    return await session.scalar(statement) or 0


async def _known_then(session: ReadSession, table: Table, ids: Sequence[int]) -> Mapping[int, Row[Any]]:
    day = func.date(func.timezone("Asia/Tokyo", message.known_at))
    holds = (table.c.valid_from <= day) & (day < table.c.valid_to)
    statement = (
        select(message.id.label("message_id"), table)
        .join_from(platform_message, table, table.c.person_id == message.person_id)
        .ext(distinct_on(message.id))
        .where(
            message.id == any_(literal(list(ids), ARRAY(BigInteger))),
            table.c.known_from <= message.known_at,
            message.known_at < table.c.known_to,
        )
        .order_by(message.id, holds.desc(), table.c.valid_from.desc())
    )
    return {row.message_id: row for row in await session.execute(statement)}
