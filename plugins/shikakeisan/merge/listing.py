"""Findings and decisions as people look for them: lists, counts, one by id."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, func, insert, select, update

from core.storage.database import ReadSession, WriteSession
from plugins.atena.api import one_of
from plugins.shikakeisan.merge.queries import STAGE
from plugins.shikakeisan.merge.tables import basis, claim, decision, finding
from plugins.shikakeisan.sql import INFINITY, change_row, row_by_id
from plugins.shikakeisan.states import OPEN_FINDINGS


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which findings are asked for, of the merge where nothing else is said; None is any."""

    tax_year: int
    stage: str = STAGE
    code: str | None = None
    owner: str | None = None
    state: str | None = None
    is_open: bool | None = None
    person_id: int | None = None


async def list_findings(
    session: ReadSession, wanted: Wanted, *, after: int, limit: int
) -> Sequence[Row[Any]]:
    """Return findings, the oldest first, behind an id."""
    statement = select(finding).where(
        finding.c.tax_year == wanted.tax_year, finding.c.stage == wanted.stage, finding.c.id > after
    )
    for column, value in (
        (finding.c.code, wanted.code),
        (finding.c.owner, wanted.owner),
        (finding.c.state, wanted.state),
        (finding.c.person_id, wanted.person_id),
    ):
        if value is not None:
            statement = statement.where(column == value)
    if wanted.is_open is not None:
        is_open = finding.c.state.in_(OPEN_FINDINGS)
        statement = statement.where(is_open if wanted.is_open else ~is_open)
    return (await session.execute(statement.order_by(finding.c.id).limit(limit))).all()


async def findings_by_id(session: ReadSession, ids: Collection[int]) -> Mapping[int, Row[Any]]:
    """Return findings of the merge by id."""
    statement = select(finding).where(finding.c.stage == STAGE, one_of(ids)(finding.c.id))
    return {row.id: row for row in await session.execute(statement)}


async def change_finding(session: WriteSession, finding_id: int, expected: int, **values: Any) -> None:
    """Change a finding that nobody changed meanwhile. Raises Conflict with its present version."""
    await change_row(session, finding, finding_id, expected, values)


async def counts(session: ReadSession, tax_year: int, stage: str = STAGE) -> Sequence[Row[Any]]:
    """Return how many findings of a stage there are, by code and state."""
    statement = (
        select(finding.c.stage, finding.c.code, finding.c.state, func.count().label("findings"))
        .where(finding.c.tax_year == tax_year, finding.c.stage == stage)
        .group_by(finding.c.stage, finding.c.code, finding.c.state)
        .order_by(finding.c.code, finding.c.state)
    )
    return (await session.execute(statement)).all()


async def bases_known(
    session: ReadSession, tax_year: int, person_ids: Collection[int], known_at: datetime
) -> Mapping[int, Row[Any]]:
    """Return by person the basis as it was known at a moment."""
    statement = select(basis).where(
        basis.c.tax_year == tax_year,
        one_of(person_ids)(basis.c.person_id),
        basis.c.known_from <= known_at,
        basis.c.known_to > known_at,
    )
    return {row.person_id: row for row in await session.execute(statement)}


async def claims_on(
    session: ReadSession, person_ids: Collection[int], known_at: datetime
) -> Sequence[Row[Any]]:
    """Return who claims these persons, in all years, as known at a moment."""
    return await _claims(session, one_of(person_ids)(claim.c.relative_id), known_at)


async def claims_by(
    session: ReadSession, tax_year: int, person_ids: Collection[int], known_at: datetime
) -> Sequence[Row[Any]]:
    """Return whom these taxpayers claim in a year, as known at a moment."""
    among = one_of(person_ids)(claim.c.taxpayer_id) & (claim.c.tax_year == tax_year)
    return await _claims(session, among, known_at)


async def _claims(session: ReadSession, among: ColumnElement[bool], known_at: datetime) -> Sequence[Row[Any]]:
    statement = select(claim).where(among, claim.c.known_from <= known_at, claim.c.known_to > known_at)
    return (
        await session.execute(statement.order_by(claim.c.tax_year, claim.c.taxpayer_id, claim.c.id))
    ).all()


async def decisions_of(
    session: ReadSession, tax_year: int, person_id: int, *, with_ended: bool
) -> Sequence[Row[Any]]:
    """Return proposed and approved decisions about a person, the oldest first."""
    statement = select(decision).where(decision.c.tax_year == tax_year, decision.c.person_id == person_id)
    if not with_ended:
        statement = statement.where(decision.c.known_to == INFINITY)
    return (await session.execute(statement.order_by(decision.c.id))).all()


async def decision_by_id(session: ReadSession, decision_id: int) -> Row[Any] | None:
    """Return one decision."""
    return await row_by_id(session, decision, decision_id)


async def is_known(session: ReadSession, decision_id: int) -> bool:
    """Tell whether a decision, proposed or approved, has not ended."""
    statement = select(decision.c.id).where(decision.c.id == decision_id, decision.c.known_to == INFINITY)
    return (await session.execute(statement)).one_or_none() is not None


async def add_decision(session: WriteSession, values: Mapping[str, Any]) -> int:
    """Write a decision; return its number."""
    added = insert(decision).values(**values).returning(decision.c.id)
    return int((await session.execute(added)).scalar_one())


async def end_decisions(session: WriteSession, ids: Sequence[int], now: datetime) -> None:
    """End decisions, proposed or approved."""
    statement = update(decision).where(one_of(ids)(decision.c.id), decision.c.known_to == INFINITY)
    await session.execute(statement.values(known_to=now))
