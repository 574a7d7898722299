"""Names and addresses of everybody, a page at a time, for the file that other systems get."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, Table, and_, exists, func, or_, select

from core.storage.database import ReadSession
from plugins.atena.history import LATEST
from plugins.atena.queries.bulk import PLACE
from plugins.atena.queries.hidden import hidden_on, living_with
from plugins.atena.queries.history import holds, known
from plugins.atena.tables import address_revision, person, person_revision, protection


async def count_names(session: ReadSession, as_of: date, since: datetime | None) -> int:
    """Return how many persons the file must hold."""
    return await session.scalar(select(func.count()).select_from(_names(as_of, since).subquery())) or 0


async def names_after(
    session: ReadSession, as_of: date, today: date, since: datetime | None, after: int, limit: int
) -> Sequence[Row[Any]]:
    """Return persons with their address of the day, and whether it is hidden (on `as_of` or today)."""
    place = address_revision.c
    lives = and_(
        place.person_id == person.c.id, holds(address_revision, as_of), known(address_revision, LATEST)
    )
    hidden = person.c.id.in_(hidden_on(*{as_of, today})).label("hidden")
    statement = (
        _names(as_of, since)
        .add_columns(*(place[name] for name in PLACE), hidden)
        .outerjoin(address_revision, lives)
        .where(person.c.id > after)
        .order_by(person.c.id)
        .limit(limit)
    )
    return (await session.execute(statement)).all()


def _names(as_of: date, since: datetime | None) -> Select[Any]:
    said = person_revision.c
    joined = person.join(person_revision, said.person_id == person.c.id)
    columns = (said.kind, said.name, said.kana, said.birth_date, said.birth_precision, said.birth_note)
    statement = select(person.c.id, person.c.atena_number, *columns, said.sex, said.death_date)
    statement = statement.select_from(joined).where(
        holds(person_revision, as_of), known(person_revision, LATEST)
    )
    return statement if since is None else statement.where(_changed(since, as_of))


def _changed(since: datetime, as_of: date) -> ColumnElement[bool]:
    """Entered since then, or entered before and begun or ended since; or living with whose 支援措置 did."""
    begun = [_begun(table, since.date(), as_of) for table in (person_revision, address_revision, protection)]
    beside = person.c.id.in_(living_with(_turned(since, as_of), as_of))
    return or_(person.c.changed_at > since, *begun, beside)


def _turned(since: datetime, as_of: date) -> Select[Any]:
    """Select whose protection was entered or taken back since, or begins or ends in these days."""
    told = protection.c
    turns = [day.between(since.date(), as_of) for day in (told.valid_from, told.valid_to)]
    entered = [and_(since < moment, moment < LATEST) for moment in (told.known_from, told.known_to)]
    return select(told.person_id).where(or_(*turns, *entered))


def _begun(table: Table, since: date, as_of: date) -> ColumnElement[bool]:
    other = table.alias()
    turns = [day.between(since, as_of) for day in (other.c.valid_from, other.c.valid_to)]
    return exists().where(other.c.person_id == person.c.id, known(other, LATEST), or_(*turns))
