"""Everybody as of one day, for those who count a whole city at once: a statement, not rows."""

from collections.abc import Callable, Collection, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Select,
    Subquery,
    and_,
    any_,
    func,
    lateral,
    literal,
    or_,
    select,
    true,
)
from sqlalchemy.dialects.postgresql import ARRAY

from core.storage.database import ReadSession
from plugins.atena.history import FOREVER, LATEST
from plugins.atena.particulars import Kind
from plugins.atena.queries.history import holds, known
from plugins.atena.tables import (
    address_revision,
    household_member,
    person,
    person_link,
    person_revision,
    protection,
)

Among = Callable[[ColumnElement[int]], ColumnElement[bool]]
"""Tells of a column of person ids which persons are wanted."""


def census(day: date, among: Among, known_at: datetime = LATEST) -> Select[Any]:
    """Return a statement that gives each wanted person as of a day, as known at a moment.

    `kind` is what the person is on the day, None where nothing is said of it: `first_kind` is then what the
    person is said to be first. `was_resident` tells of a 住登外者 whether they lived here before;
    `primary_id` whose other number this is (None: nobody's). Of a primary who is no resident while another
    number of theirs is one, that number's facts are given: they are one person. `death_date` may lie after
    the day.
    """
    link, seen = _known(person_link, known_at), _sources(day, known_at)
    source = func.coalesce(seen.c.source_id, person.c.id)
    here = person_revision.alias("here")
    first = _first(here, source, known_at)
    dead, home = person_revision.alias("dead"), address_revision.alias("home")
    member, guarded = household_member.alias("member"), protection.alias("guarded")
    joined = (
        person.outerjoin(link, link.c.person_id == person.c.id)
        .outerjoin(seen, seen.c.primary_id == person.c.id)
        .outerjoin(here, and_(here.c.person_id == source, holds(here, day), known(here, known_at)))
        .outerjoin(first, true())
        .outerjoin(dead, and_(dead.c.person_id == source, _is_last_death(dead), known(dead, known_at)))
        .outerjoin(home, and_(home.c.person_id == source, holds(home, day), known(home, known_at)))
        .outerjoin(member, and_(member.c.person_id == source, holds(member, day), known(member, known_at)))
        .outerjoin(
            guarded, and_(guarded.c.person_id == source, holds(guarded, day), known(guarded, known_at))
        )
    )
    return (
        select(
            person.c.id.label("person_id"),
            link.c.primary_id,
            here.c.kind,
            first.c.kind.label("first_kind"),
            _was_resident(here, source, day, known_at).label("was_resident"),
            home.c.municipality_code,
            member.c.household_number,
            member.c.relation,
            func.coalesce(here.c.birth_date, first.c.birth_date).label("birth_date"),
            func.coalesce(here.c.sex, first.c.sex).label("sex"),
            func.coalesce(here.c.death_date, dead.c.death_date).label("death_date"),
            guarded.c.id.is_not(None).label("is_protected"),
        )
        .select_from(joined)
        .where(among(person.c.id), or_(here.c.id.is_not(None), first.c.id.is_not(None)))
    )


def one_of(person_ids: Collection[int]) -> Among:
    """Want exactly these persons, however many, with one parameter."""
    wanted = literal(list(person_ids), ARRAY(BigInteger))
    return lambda column: column == any_(wanted)


def ids_between(first: int, last: int) -> Among:
    """Want the persons with ids of a range, both ends with it."""
    return lambda column: column.between(first, last)


async def persons_changed_since(session: ReadSession, since: datetime) -> Sequence[int]:
    """Return in order of whom something was said after a moment, with all their other numbers."""
    changed = select(person.c.id).where(person.c.changed_at > since)
    return sorted(await family_of(session, (await session.scalars(changed)).all()))


async def highest_id(session: ReadSession) -> int:
    """Return the highest id of a person, 0 if there is nobody: ids up to it are looked at in ranges."""
    return await session.scalar(select(func.max(person.c.id))) or 0


async def family_of(session: ReadSession, person_ids: Sequence[int]) -> set[int]:
    """Return these persons with everybody who is or was another number of them, or whose they are or were."""
    link, concerned = person_link.c, one_of(person_ids)
    primaries = select(link.primary_id).where(concerned(link.person_id))
    own = or_(concerned(link.primary_id), link.primary_id.in_(primaries))
    rows = await session.execute(
        select(link.person_id, link.primary_id).where(or_(own, concerned(link.person_id)))
    )
    return {*person_ids, *(number for row in rows for number in row)}


def _known(table: Any, known_at: datetime) -> Subquery:
    return select(table).where(known(table, known_at)).subquery(f"known_{table.name}")


def _first(here: Any, source: ColumnElement[int], known_at: datetime) -> Any:
    """What is said of somebody first; looked up only for those of whom nothing is said on the day."""
    said = person_revision.alias("said")
    asked = (here.c.id.is_(None), said.c.person_id == source, known(said, known_at))
    return lateral(select(said).where(*asked).order_by(said.c.valid_from).limit(1), name="first")


def _sources(day: date, known_at: datetime) -> Subquery:
    """Of which number to take the facts, for primaries who are not residents while a linked number is."""
    link = person_link.alias("linked")
    own, other = person_revision.alias("own"), person_revision.alias("other")
    resident = [
        and_(holds(each, day), known(each, known_at), each.c.kind == Kind.RESIDENT.value)
        for each in (own, other)
    ]
    joined = link.join(other, and_(other.c.person_id == link.c.person_id, resident[1])).outerjoin(
        own, and_(own.c.person_id == link.c.primary_id, resident[0])
    )
    return (
        select(link.c.primary_id, func.min(link.c.person_id).label("source_id"))
        .select_from(joined)
        .where(known(link, known_at), own.c.id.is_(None))
        .group_by(link.c.primary_id)
        .subquery("sources")
    )


def _is_last_death(dead: Any) -> ColumnElement[bool]:
    return and_(dead.c.death_date.is_not(None), dead.c.valid_to == FOREVER)


def _was_resident(
    here: Any, source: ColumnElement[int], day: date, known_at: datetime
) -> ColumnElement[bool]:
    """Asked of 住登外者 alone, for it is a look-up for each."""
    before = person_revision.alias("before")
    lived = (
        select(before.c.id)
        .where(
            before.c.person_id == source,
            before.c.kind == Kind.RESIDENT.value,
            before.c.valid_from <= day,
            known(before, known_at),
        )
        .exists()
    )
    return and_(here.c.kind == Kind.NON_RESIDENT.value, lived)
