"""Which rows of 宛名 tell of one person, past ones too: for whoever asks who has looked at them."""

from collections.abc import Mapping, Sequence
from itertools import chain
from typing import Any

from sqlalchemy import DateTime, Row, cast, func, or_, select
from sqlalchemy.dialects.postgresql import distinct_on

from core.storage.database import ReadSession
from plugins.atena.queries.census import one_of
from plugins.atena.queries.links import linked_to, primaries_of
from plugins.atena.queries.persons import ids_of, numbers_of
from plugins.atena.tables import (
    eltax_user,
    eltax_user_holder,
    feed_message,
    feed_remedy,
    number_case,
    platform_message,
)


async def one_person(session: ReadSession, atena_number: str) -> Mapping[int, str]:
    """Return id and 宛名番号 of a person and of all their other numbers (関連宛名); empty for nobody.

    The links of today: whose link was undone is somebody else.
    """
    asked = list((await ids_of(session, [atena_number])).values())
    primaries = {**{person_id: person_id for person_id in asked}, **await primaries_of(session, asked)}
    heads = list(primaries.values())
    return await numbers_of(session, [*heads, *chain(*(await linked_to(session, heads)).values())])


async def eltax_ids_ever(session: ReadSession, person_ids: Sequence[int]) -> Sequence[Row[Any]]:
    """Return each `user_id` that was ever these persons', `since` it was, and `until` it was another's.

    An id that ended, and that nobody else got, stays theirs.
    """
    held, later = eltax_user_holder.c, eltax_user_holder.alias("later")
    theirs = one_of(person_ids)
    another = or_(later.c.person_id.is_(None), ~theirs(later.c.person_id))
    given = func.greatest(later.c.known_from, cast(later.c.valid_from, DateTime(timezone=True)))
    until = (
        select(func.min(given))
        .where(later.c.eltax_user_id == held.eltax_user_id, later.c.known_from > held.known_from, another)
        .scalar_subquery()
    )
    statement = (
        select(eltax_user.c.user_id, held.known_from.label("since"), until.label("until"))
        .join_from(eltax_user_holder, eltax_user)
        .where(theirs(held.person_id))
        .ext(distinct_on(eltax_user.c.user_id, until))
        .order_by(eltax_user.c.user_id, until, held.known_from)
    )
    rows: Sequence[Any] = (await session.execute(statement)).all()
    return rows


async def number_cases_of(session: ReadSession, person_ids: Sequence[int]) -> Sequence[int]:
    """Return the numbers of the cases about My Numbers that documents of these persons stated."""
    asked = one_of(person_ids)(number_case.c.person_id)
    return (await session.scalars(select(number_case.c.id).where(asked))).all()


async def platform_messages_of(session: ReadSession, person_ids: Sequence[int]) -> Sequence[int]:
    """Return the numbers of what the common platform was told of these persons."""
    asked = one_of(person_ids)(platform_message.c.person_id)
    return (await session.scalars(select(platform_message.c.id).where(asked))).all()


async def feed_remedies_of(session: ReadSession, known: Mapping[int, str]) -> Sequence[int]:
    """Return the numbers of the proposals that say something of these persons, applied or not."""
    remedy, message = feed_remedy.c, feed_message.c
    applied = select(message.remedy_id).where(one_of(list(known))(message.person_id))
    named = remedy.replacement["atenaNumber"].astext.in_(known.values())
    return (await session.scalars(select(remedy.id).where(or_(named, remedy.id.in_(applied))))).all()
