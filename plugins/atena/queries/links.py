"""Several numbers of one person: who is whose, and how it came to be."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import DateTime, Row, and_, exists, func, literal_column, or_, select, union

from core.storage.database import ReadSession, WriteSession
from plugins.atena.history import LATEST
from plugins.atena.queries.census import Among
from plugins.atena.queries.history import among, known
from plugins.atena.tables import person, person_link

link = person_link.c


async def primaries_of(
    session: ReadSession, person_ids: Sequence[int], as_known_at: datetime = LATEST
) -> Mapping[int, int]:
    """Return the primary of each person who is linked to one."""
    asked = among(link.person_id, person_ids)
    rows = await session.execute(select(person_link).where(asked, known(person_link, as_known_at)))
    return {row.person_id: row.primary_id for row in rows}


async def linked_to(
    session: ReadSession, person_ids: Sequence[int], as_known_at: datetime = LATEST
) -> Mapping[int, Sequence[int]]:
    """Return who is linked to each of these primaries."""
    asked = among(link.primary_id, person_ids)
    statement = select(person_link).where(asked, known(person_link, as_known_at)).order_by(link.person_id)
    found: defaultdict[int, list[int]] = defaultdict(list)
    for row in await session.execute(statement):
        found[row.primary_id].append(row.person_id)
    return found


async def linked_around(session: ReadSession, wanted: Among) -> Mapping[int, int]:
    """Return the primary of every linked person who is wanted, or whose primary is."""
    concerned = or_(wanted(link.person_id), wanted(link.primary_id))
    rows = await session.execute(select(person_link).where(concerned, known(person_link, LATEST)))
    return {row.person_id: row.primary_id for row in rows}


async def relinked_since(session: ReadSession, since: datetime) -> Sequence[int]:
    """Return, in order, whose links were made or undone after `since`, with their primaries."""
    ended = and_(link.known_to > since, link.known_to < literal_column("'infinity'"))
    news = or_(link.known_from > since, ended)
    both = union(select(link.person_id.label("id")).where(news), select(link.primary_id).where(news))
    return (await session.scalars(both.order_by("id"))).all()


async def link_histories(session: ReadSession, person_ids: Sequence[int]) -> Mapping[int, Sequence[Row[Any]]]:
    """Return every link that each person ever had, the earliest first, with the primary's number."""
    unlinked_at = func.nullif(link.known_to, literal_column("'infinity'"), type_=DateTime(timezone=True))
    columns = (link.person_id, link.known_from, unlinked_at.label("unlinked_at"), person.c.atena_number)
    statement = (
        select(*columns)
        .join(person, person.c.id == link.primary_id)
        .where(among(link.person_id, person_ids))
        .order_by(link.known_from)
    )
    found: defaultdict[int, list[Row[Any]]] = defaultdict(list)
    for row in await session.execute(statement):
        found[row.person_id].append(row)
    return found


async def hold_primary(session: WriteSession, atena_number: str) -> int | None:
    """Return a person's id, held so that nobody links them elsewhere meanwhile."""
    found = select(person.c.id).where(person.c.atena_number == atena_number).with_for_update()
    return await session.scalar(found)


async def has_linked(session: ReadSession, person_id: int) -> bool:
    """Tell whether others are linked to the person."""
    others = exists().where(link.primary_id == person_id, known(person_link, LATEST))
    return bool(await session.scalar(select(others)))
