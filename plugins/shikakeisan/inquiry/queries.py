"""All SQL of inquiries and replies; whom to look at is in `checks`."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Row, func, insert, select, update

from core.errors import Conflict
from core.storage.database import ReadSession, WriteSession
from core.work import Work
from plugins.atena.api import one_of
from plugins.shikakeisan.inquiry.tables import inquiry, inquiry_person, inquiry_reply
from plugins.shikakeisan.sql import hold, present_row, row_by_id, there
from plugins.shikakeisan.states import InquiryState, ReplyState

IN_FORCE = (ReplyState.ENTERED, ReplyState.CONFIRMED)


async def hold_year(session: WriteSession, tax_year: int) -> None:
    """Let nobody else make inquiries of the year until the transaction ends."""
    await hold(session, f"inquiry:{tax_year}")


async def hold_inquiry(session: WriteSession, inquiry_id: int) -> Row[Any]:
    """Return an inquiry that nobody else changes until the transaction ends. Raises NotFound."""
    statement = select(inquiry).where(inquiry.c.id == inquiry_id).with_for_update()
    return there((await session.execute(statement)).one_or_none())


async def find_inquiry(session: ReadSession, inquiry_id: int) -> Row[Any] | None:
    """Return an inquiry, None where there is none."""
    return await row_by_id(session, inquiry, inquiry_id)


async def inquiry_row(session: ReadSession, inquiry_id: int) -> Row[Any]:
    """Return an inquiry. Raises NotFound."""
    return await present_row(session, inquiry, inquiry_id)


async def reply_row(session: ReadSession, reply_id: int) -> Row[Any]:
    """Return a reply. Raises NotFound."""
    return await present_row(session, inquiry_reply, reply_id)


async def asked_about(session: ReadSession, tax_year: int, person_ids: Sequence[int]) -> frozenset[int]:
    """Return about whom an inquiry of the year stands; one answered by "not resident here" does not."""
    reply, person = inquiry_reply.c, inquiry_person.c
    elsewhere = select(reply.id).where(
        reply.inquiry_id == person.inquiry_id,
        reply.person_id == person.person_id,
        reply.state == ReplyState.CONFIRMED,
        reply.kind == "not_resident",
    )
    statement = (
        select(person.person_id)
        .join(inquiry, inquiry.c.id == person.inquiry_id)
        .where(inquiry.c.tax_year == tax_year, inquiry.c.state != InquiryState.CANCELLED)
        .where(one_of(person_ids)(person.person_id), ~elsewhere.exists())
    )
    return frozenset(await session.scalars(statement))


async def next_sequence(session: WriteSession, tax_year: int) -> int:
    """Return the next number of the year; the caller holds the year."""
    last = select(func.max(inquiry.c.sequence)).where(inquiry.c.tax_year == tax_year)
    return (await session.scalar(last) or 0) + 1


async def add_inquiry(session: WriteSession, values: Mapping[str, Any], person_ids: Sequence[int]) -> int:
    """Write an inquiry about people, numbered by line, and return its id."""
    added = insert(inquiry).values(values).returning(inquiry.c.id)
    number: int = (await session.execute(added)).scalar_one()
    lines = [
        {"inquiry_id": number, "line": line, "person_id": person_id}
        for line, person_id in enumerate(person_ids, 1)
    ]
    await session.execute(insert(inquiry_person), lines)
    return number


async def change_inquiry(session: WriteSession, inquiry_id: int, **values: Any) -> None:
    """Change an inquiry that the caller holds."""
    statement = update(inquiry).where(inquiry.c.id == inquiry_id)
    await session.execute(statement.values(**values, version=inquiry.c.version + 1))


async def people_of(session: ReadSession, inquiry_ids: Sequence[int]) -> Mapping[int, Sequence[Row[Any]]]:
    """Return the lines of inquiries, in order."""
    asked = select(inquiry_person).where(one_of(inquiry_ids)(inquiry_person.c.inquiry_id))
    found: dict[int, list[Row[Any]]] = {one: [] for one in inquiry_ids}
    for row in await session.execute(asked.order_by(inquiry_person.c.inquiry_id, inquiry_person.c.line)):
        found[row.inquiry_id].append(row)
    return found


async def replies_of(session: ReadSession, inquiry_ids: Sequence[int]) -> Sequence[Row[Any]]:
    """Return every reply to inquiries, the oldest first, also those sent back."""
    asked = select(inquiry_reply).where(one_of(inquiry_ids)(inquiry_reply.c.inquiry_id))
    return (await session.execute(asked.order_by(inquiry_reply.c.id))).all()


async def reply_in_force(session: ReadSession, inquiry_id: int, person_id: int) -> Row[Any] | None:
    """Return the reply about a person that was not sent back."""
    asked = select(inquiry_reply).where(
        inquiry_reply.c.inquiry_id == inquiry_id,
        inquiry_reply.c.person_id == person_id,
        inquiry_reply.c.state.in_(IN_FORCE),
    )
    row: Row[Any] | None = (await session.execute(asked)).one_or_none()
    return row


async def add_reply(work: Work, values: Mapping[str, Any]) -> int:
    """Write a reply and return its id."""
    added = insert(inquiry_reply).values(values).returning(inquiry_reply.c.id)
    number: int = (await work.session.execute(added)).scalar_one()
    return number


async def decide_reply(work: Work, reply_id: int, expected: int, **values: Any) -> None:
    """End a reply that nobody changed meanwhile. Raises Conflict with its present version."""
    reply = inquiry_reply.c
    statement = (
        update(inquiry_reply)
        .where(reply.id == reply_id, reply.version == expected, reply.state == ReplyState.ENTERED)
        .values(**values, decided_by=work.staff, decided_at=work.now, version=reply.version + 1)
        .returning(reply.id)
    )
    if await work.session.scalar(statement) is None:
        raise Conflict(currentVersion=(await reply_row(work.session, reply_id)).version)


async def is_answered(session: ReadSession, inquiry_id: int) -> bool:
    """Tell whether the reply about everybody is confirmed."""
    person, reply = inquiry_person.c, inquiry_reply.c
    confirmed = select(reply.id).where(
        reply.inquiry_id == person.inquiry_id,
        reply.person_id == person.person_id,
        reply.state == ReplyState.CONFIRMED,
    )
    waiting = select(person.line).where(person.inquiry_id == inquiry_id, ~confirmed.exists()).limit(1)
    return await session.scalar(waiting) is None


async def inquiries(
    session: ReadSession,
    tax_year: int,
    *,
    state: str | None = None,
    overdue_on: date | None = None,
    after: int = 0,
    limit: int = 100,
) -> Sequence[Row[Any]]:
    """Return inquiries of a year by number; `overdue_on` asks for those overdue on a day."""
    asked: list[ColumnElement[bool]] = [inquiry.c.tax_year == tax_year, inquiry.c.id > after]
    if state is not None:
        asked.append(inquiry.c.state == state)
    if overdue_on is not None:
        asked += [inquiry.c.state == InquiryState.SENT, inquiry.c.due_on < overdue_on]
    statement = select(inquiry).where(*asked).order_by(inquiry.c.id).limit(limit)
    rows: Sequence[Row[Any]] = (await session.execute(statement)).all()
    return rows


async def inquiries_about(
    session: ReadSession, person_ids: Sequence[int], tax_year: int | None = None
) -> Sequence[Row[Any]]:
    """Return the inquiries about persons with `person_id`, the oldest first, also cancelled ones."""
    statement = select(inquiry, inquiry_person.c.person_id).join(
        inquiry_person, inquiry_person.c.inquiry_id == inquiry.c.id
    )
    if tax_year is not None:
        statement = statement.where(inquiry.c.tax_year == tax_year)
    asked = statement.where(one_of(person_ids)(inquiry_person.c.person_id))
    return (await session.execute(asked.order_by(inquiry.c.id))).all()
