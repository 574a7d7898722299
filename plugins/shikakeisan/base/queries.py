"""All SQL of the year and its base. Bulk statements take people by ranges of ids, one statement each."""

from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Insert,
    Row,
    Text,
    func,
    insert,
    literal,
    literal_column,
    select,
    tuple_,
    update,
)
from sqlalchemy.sql import any_

from core.storage.database import ReadSession, WriteSession
from plugins.atena.api import LATEST, Among, one_of, primaries_of
from plugins.shikakeisan.base.judging import COLUMNS, Judged
from plugins.shikakeisan.base.standing import Standing
from plugins.shikakeisan.base.tables import base_person, circumstance, fiscal_year
from plugins.shikakeisan.sql import IDS, INFINITY, joining_by_hash
from plugins.shikakeisan.states import YearState

column = base_person.c
MANY = 200
"""People from whom on a join by hashing is faster, whatever the server knows of the tables."""


async def year_row(session: ReadSession, tax_year: int) -> Row[Any] | None:
    """Return the row of a 課税年度."""
    found = await session.execute(select(fiscal_year).where(fiscal_year.c.tax_year == tax_year))
    row: Row[Any] | None = found.one_or_none()
    return row


async def year_rows(session: ReadSession) -> Sequence[Row[Any]]:
    """Return all opened years, the latest first."""
    return (await session.execute(select(fiscal_year).order_by(fiscal_year.c.tax_year.desc()))).all()


async def add_year(session: WriteSession, values: Mapping[str, Any]) -> None:
    """Write down that a year was opened."""
    await session.execute(insert(fiscal_year).values(values))


async def year_frozen(session: WriteSession, tax_year: int, at: datetime) -> bool:
    """Write down that the base stands; False if it stood before."""
    year = fiscal_year.c
    statement = (
        update(fiscal_year)
        .where(year.tax_year == tax_year, year.state == YearState.OPEN)
        .values(state=YearState.FROZEN, frozen_at=at, replayed_at=at, version=year.version + 1)
        .returning(year.tax_year)
    )
    return await session.scalar(statement) is not None


async def year_replayed(session: WriteSession, tax_year: int, at: datetime) -> None:
    """Write down up to when the news of the register are in the base."""
    await session.execute(
        update(fiscal_year).where(fiscal_year.c.tax_year == tax_year).values(replayed_at=at)
    )


async def judged(session: ReadSession, tax_year: int, municipality_code: str) -> Judged:
    """Return what decides on a year's people, with the links of those who have circumstances."""
    concerned = (
        select(circumstance.c.person_id)
        .distinct()
        .where(circumstance.c.tax_year == tax_year, circumstance.c.known_to == INFINITY)
    )
    ids = (await session.scalars(concerned)).all()
    return Judged(tax_year, municipality_code, await primaries_of(session, ids) if ids else {})


async def change_base(session: WriteSession, year: Judged, among: Among, at: datetime) -> int:
    """Let the base of the wanted people say what the register says now; return how many it changed for.

    A row that says the same already stays; another one ends, and a new one begins.
    """
    wanted = year.people(among)
    await _end(session, year, wanted, among, at)
    added = _addition(year, wanted, at).returning(column.person_id).cte("added")
    return await session.scalar(select(func.count()).select_from(added)) or 0


async def change_people(
    session: WriteSession, year: Judged, person_ids: Sequence[int], at: datetime
) -> Sequence[int]:
    """Do the same for some people, and return those for whom it changed, in order."""
    among = one_of(person_ids)
    wanted = year.people(among)
    async with joining_by_hash(session) if len(person_ids) > MANY else nullcontext():
        await _end(session, year, wanted, among, at)
        added = _addition(year, wanted, at).returning(column.person_id)
        return sorted((await session.scalars(added)).all())


async def base_people(session: ReadSession, tax_year: int, first_id: int, last_id: int) -> Sequence[Row[Any]]:
    """Return who is taxed here of a range of person ids, both ends with it, in order."""
    statement = (
        select(base_person)
        .where(*_present(tax_year), column.person_id.between(first_id, last_id))
        .where(column.standing != Standing.OUTSIDE.value)
        .order_by(column.person_id)
    )
    return (await session.execute(statement)).all()


async def base_of(
    session: ReadSession, tax_year: int, person_ids: Sequence[int], known_at: datetime | None = None
) -> Mapping[int, Row[Any]]:
    """Return the row of each person as known at a moment (left out: now), whatever the standing."""
    statement = select(base_person).where(
        column.tax_year == tax_year, column.person_id == any_(IDS), *_known(known_at or LATEST)
    )
    rows = await session.execute(statement, {"ids": list(person_ids)})
    return {row.person_id: row for row in rows}


async def bases_of(session: ReadSession, person_ids: Sequence[int], known_at: datetime) -> Sequence[Row[Any]]:
    """Return the rows of persons for all years as known at a moment, by person and year."""
    statement = (
        select(base_person)
        .where(column.person_id == any_(IDS), *_known(known_at))
        .order_by(column.person_id, column.tax_year)
    )
    return (await session.execute(statement, {"ids": list(person_ids)})).all()


async def history_of(session: ReadSession, tax_year: int, person_id: int) -> Sequence[Row[Any]]:
    """Return everything that was ever known of a person's base of a year, the oldest first."""
    statement = select(base_person).where(column.tax_year == tax_year, column.person_id == person_id)
    return (await session.execute(statement.order_by(column.known_from, column.id))).all()


async def list_base(
    session: ReadSession,
    tax_year: int,
    *,
    standing: str | None = None,
    reason: str | None = None,
    ward_code: str | None = None,
    after: int = 0,
    limit: int = 100,
) -> Sequence[Row[Any]]:
    """Return people of a base by id, of a standing, a reason, a ward, or any."""
    wanted = {"standing": standing, "reason": reason, "ward_code": ward_code}
    asked = [column[name] == value for name, value in wanted.items() if value is not None]
    statement = select(base_person).where(*_present(tax_year), column.person_id > after, *asked)
    rows: Sequence[Row[Any]] = (
        await session.execute(statement.order_by(column.person_id).limit(limit))
    ).all()
    return rows


async def counts(session: ReadSession, tax_year: int) -> Sequence[Row[Any]]:
    """Return how many people (`people`) have each `standing`, `reason` and `ward_code`.

    Of those outside the ward is left empty: it is anywhere in the country.
    """
    place = literal_column("CASE WHEN standing = 'outside' THEN '' ELSE ward_code END", Text).label(
        "ward_code"
    )
    statement = (
        select(column.standing, column.reason, place, func.count().label("people"))
        .where(*_present(tax_year))
        .group_by(column.standing, column.reason, place)
        .order_by(column.standing, column.reason, place)
    )
    return (await session.execute(statement)).all()


async def _end(session: WriteSession, year: Judged, wanted: Any, among: Among, at: datetime) -> None:
    """End the rows that say something else than what is wanted; of a new base there are none to look at."""
    own = (*_present(year.tax_year), among(column.person_id))
    if await session.scalar(select(column.id).where(*own).limit(1)) is not None:
        differing = update(base_person).where(*own, column.person_id == wanted.c.person_id, _differs(wanted))
        await session.execute(differing.values(known_to=at))


def _addition(year: Judged, wanted: Any, at: datetime) -> Insert:
    there = select(column.id).where(*_present(year.tax_year), column.person_id == wanted.c.person_id)
    said = [wanted.c[name] for name in COLUMNS]
    rows = select(literal(year.tax_year).label("tax_year"), *said, literal(at).label("known_from"))
    return insert(base_person).from_select(
        ["tax_year", *COLUMNS, "known_from"], rows.where(~there.exists()).order_by(wanted.c.person_id)
    )


def _differs(wanted: Any) -> ColumnElement[bool]:
    before = tuple_(*(column[name] for name in COLUMNS[1:]))
    return before.is_distinct_from(tuple_(*(wanted.c[name] for name in COLUMNS[1:])))


def _present(tax_year: int) -> tuple[ColumnElement[bool], ...]:
    return column.tax_year == tax_year, column.known_to == INFINITY


def _known(known_at: datetime) -> tuple[ColumnElement[bool], ...]:
    if known_at == LATEST:
        return (column.known_to == INFINITY,)
    return column.known_from <= known_at, column.known_to > known_at
