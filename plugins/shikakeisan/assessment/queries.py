"""Reading assessments on both clocks, and writing revisions."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Row,
    Select,
    and_,
    cast,
    func,
    insert,
    or_,
    select,
    update,
)
from sqlalchemy.sql import any_

from core.storage.database import ReadSession, WriteSession
from plugins.shikakeisan.assessment.outcome import Outcome
from plugins.shikakeisan.assessment.tables import FIGURES, assessment, difference, run
from plugins.shikakeisan.base.standing import Standing
from plugins.shikakeisan.base.tables import base_person, fiscal_year
from plugins.shikakeisan.merge.tables import basis
from plugins.shikakeisan.sql import IDS, INFINITY, joining_by_hash, row_by_id
from plugins.shikakeisan.states import YearState

COPIED: tuple[str, ...] = (
    *("tax_year", "person_id", "revision", "outcome", "ground", "base_id", "basis_id", "reduction"),
    *("rules_version", "reason", "run_id", "proposal_id", "decided_at", "digest"),
    *FIGURES,
)
"""The columns of a new revision, in the order in which they are copied."""
column = assessment.c


async def current(session: ReadSession, tax_year: int, person_ids: Sequence[int]) -> Mapping[int, Row[Any]]:
    """Return the present revision of each person; who has none is left out."""
    statement = _of(tax_year).where(column.superseded_at == INFINITY)
    return _by_person(await session.execute(statement, {"ids": list(person_ids)}))


async def current_between(
    session: ReadSession, tax_year: int, first: int, last: int
) -> Mapping[int, Row[Any]]:
    """Return the present revision of each person of a range of ids, both ends with it."""
    statement = select(assessment).where(
        column.tax_year == tax_year,
        column.superseded_at == INFINITY,
        column.person_id.between(first, last),
    )
    return _by_person(await session.execute(statement))


async def assessments_as_of(
    session: ReadSession, tax_year: int, person_ids: Sequence[int], known_at: datetime
) -> Mapping[int, Row[Any]]:
    """Return the revision that was in force for each person at a moment."""
    statement = _of(tax_year).where(*_in_force(known_at))
    return _by_person(await session.execute(statement, {"ids": list(person_ids)}))


async def of_persons(
    session: ReadSession, person_ids: Sequence[int], known_at: datetime
) -> Sequence[Row[Any]]:
    """Return the revisions in force at a moment for all years of persons, by person and year."""
    statement = (
        select(assessment)
        .where(column.person_id == any_(IDS), *_in_force(known_at))
        .order_by(column.person_id, column.tax_year)
    )
    rows: Sequence[Row[Any]] = (await session.execute(statement, {"ids": list(person_ids)})).all()
    return rows


async def history(session: ReadSession, tax_year: int, person_id: int) -> Sequence[Row[Any]]:
    """Return all revisions of a person's tax of a year, the first one first."""
    statement = _of(tax_year).order_by(column.revision)
    rows: Sequence[Row[Any]] = (await session.execute(statement, {"ids": [person_id]})).all()
    return rows


async def changes_between(session: ReadSession, since: datetime, until: datetime) -> Sequence[Row[Any]]:
    """Return the revisions decided after `since` and up to `until`, by year, person and revision."""
    statement = (
        select(assessment)
        .where(column.decided_at > since, column.decided_at <= until)
        .order_by(column.tax_year, column.person_id, column.revision)
    )
    return (await session.execute(statement)).all()


async def undecided(
    session: ReadSession, tax_year: int, ground: str | None, after: int, limit: int
) -> Sequence[Row[Any]]:
    """Return who is undecided, for one ground or for any, by person."""
    statement = select(assessment).where(
        column.tax_year == tax_year,
        column.superseded_at == INFINITY,
        column.outcome == Outcome.UNDECIDED,
        column.person_id > after,
    )
    if ground is not None:
        statement = statement.where(column.ground == ground)
    return (await session.execute(statement.order_by(column.person_id).limit(limit))).all()


async def supersede(session: WriteSession, assessment_ids: Sequence[int], at: datetime) -> int:
    """End present revisions and return how many there were; those that others ended are not counted."""
    statement = (
        update(assessment)
        .where(column.id == any_(IDS), column.superseded_at == INFINITY)
        .values(superseded_at=at)
        .returning(column.id)
    )
    return len((await session.execute(statement, {"ids": list(assessment_ids)})).all())


async def add_revisions(session: WriteSession, records: Sequence[Sequence[object]]) -> None:
    """Write new revisions (columns `COPIED`) by COPY."""
    await session.copy(assessment, COPIED, records)


async def people_in_base(session: ReadSession, tax_year: int) -> int:
    """Return how many people the base of a year has."""
    present = (base_person.c.tax_year == tax_year, base_person.c.known_to == INFINITY)
    statement = select(func.count()).where(*present, base_person.c.standing != Standing.OUTSIDE)
    return await session.scalar(statement) or 0


async def year_assessed(session: WriteSession, tax_year: int, at: datetime) -> None:
    """Write down that the tax of a year was decided; a second run leaves the first moment alone."""
    statement = (
        update(fiscal_year)
        .where(fiscal_year.c.tax_year == tax_year, fiscal_year.c.state == YearState.MERGED)
        .values(state=YearState.ASSESSED, assessed_at=at, version=fiscal_year.c.version + 1)
    )
    await session.execute(statement)


async def add_run(session: WriteSession, values: Mapping[str, Any]) -> int:
    """Write down that a run began and return its id."""
    added: int = (await session.execute(insert(run).values(values).returning(run.c.id))).scalar_one()
    return added


async def end_run(
    session: WriteSession, run_id: int, counts: Mapping[str, int], totals: Mapping[str, int], at: datetime
) -> None:
    """Write down what a run gave."""
    values = {"counts": counts, "totals": totals, "ended_at": at}
    await session.execute(update(run).where(run.c.id == run_id).values(values))


async def decided_from_old(session: WriteSession, tax_year: int, run_id: int) -> Sequence[int]:
    """Return in order of whom a run decided from a row of the base or a basis that is no longer in force."""
    revision, base, merged = assessment.c, base_person.c, basis.c
    in_force = and_(
        merged.tax_year == tax_year, merged.person_id == revision.person_id, merged.known_to == INFINITY
    )
    statement = (
        select(revision.person_id)
        .join_from(assessment, base_person, base.id == revision.base_id)
        .outerjoin(basis, in_force)
        .where(revision.tax_year == tax_year, revision.run_id == run_id, revision.superseded_at == INFINITY)
        .where(or_(base.known_to != INFINITY, revision.basis_id.is_distinct_from(merged.id)))
        .order_by(revision.person_id)
    )
    async with joining_by_hash(session):
        return (await session.scalars(statement)).all()


async def run_row(session: ReadSession, run_id: int) -> Row[Any] | None:
    """Return a run."""
    return await row_by_id(session, run, run_id)


async def run_of_job(session: ReadSession, job_id: int) -> Row[Any] | None:
    """Return the run that a job does, None before its first step."""
    row: Row[Any] | None = (await session.execute(select(run).where(run.c.job_id == job_id))).one_or_none()
    return row


async def runs_of(session: ReadSession, tax_year: int, before: int | None, limit: int) -> Sequence[Row[Any]]:
    """Return the runs of a year, the newest first."""
    statement = select(run).where(run.c.tax_year == tax_year)
    if before is not None:
        statement = statement.where(run.c.id < before)
    return (await session.execute(statement.order_by(run.c.id.desc()).limit(limit))).all()


async def differences_of(
    session: ReadSession, run_id: int, cause: str | None, after: int, limit: int
) -> Sequence[Row[Any]]:
    """Return the differences that a run found, of one cause or of all."""
    statement = select(difference).where(difference.c.run_id == run_id, difference.c.id > after)
    if cause is not None:
        statement = statement.where(difference.c.cause == cause)
    return (await session.execute(statement.order_by(difference.c.id).limit(limit))).all()


async def causes_of(session: ReadSession, run_id: int) -> Sequence[Row[Any]]:
    """Count the differences of a run by cause, with the change of the annual tax; the most frequent first."""
    pair = difference.c.figures["annual_total"]
    change = cast(pair[1].astext, BigInteger) - cast(pair[0].astext, BigInteger)
    statement = (
        select(
            difference.c.cause,
            func.count().label("people"),
            cast(func.coalesce(func.sum(change), 0), BigInteger).label("annual_total"),
        )
        .where(difference.c.run_id == run_id)
        .group_by(difference.c.cause)
        .order_by(func.count().desc(), difference.c.cause)
    )
    return (await session.execute(statement)).all()


async def add_differences(session: WriteSession, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write down where a dry or shadow run gives something else."""
    if rows:
        await session.execute(insert(difference), rows)


def _of(tax_year: int) -> Select[Any]:
    return select(assessment).where(column.tax_year == tax_year, column.person_id == any_(IDS))


def _in_force(known_at: datetime) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return column.decided_at <= known_at, column.superseded_at > known_at


def _by_person(rows: Any) -> Mapping[int, Row[Any]]:
    return {row.person_id: row for row in rows}
