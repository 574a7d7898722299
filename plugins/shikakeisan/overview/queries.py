"""How far each room has come with a year, in numbers."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Row, Select, case, func, select

from core.storage.database import ReadSession
from plugins.shikakeisan.assessment.outcome import Outcome
from plugins.shikakeisan.assessment.tables import assessment
from plugins.shikakeisan.base.tables import base_person, circumstance_proposal
from plugins.shikakeisan.correction.tables import proposal
from plugins.shikakeisan.merge.tables import basis, claim, finding
from plugins.shikakeisan.sql import INFINITY
from plugins.shikakeisan.states import OPEN_FINDINGS, ProposalState

PENSION_AGE = 65
"""From this age on 1 April tax on public pensions is collected from them (地方税法321条の7の2)."""


async def merged(session: ReadSession, tax_year: int) -> int:
    """Return of how many people documents were merged."""
    wanted = select(func.count()).where(basis.c.tax_year == tax_year, basis.c.known_to == INFINITY)
    return await session.scalar(wanted) or 0


async def outcomes(session: ReadSession, tax_year: int) -> Sequence[Row[Any]]:
    """Return how many people (`people`) have each `outcome`."""
    statement = (
        select(assessment.c.outcome, func.count().label("people"))
        .where(assessment.c.tax_year == tax_year, assessment.c.superseded_at == INFINITY)
        .group_by(assessment.c.outcome)
    )
    return (await session.execute(statement)).all()


async def notified(session: ReadSession, tax_year: int) -> Mapping[str, int]:
    """Return how many people are told a tax, by how their own income lets expect it to be paid.

    Everybody counts once: `salary` who has income from pay, else `pension` who is 65 on 1 April with public
    pensions, else `bills`.
    """
    # an age is reached on the day before the birthday
    is_old = base_person.c.birth_date <= date(tax_year - PENSION_AGE, 4, 2)
    way = case(
        (assessment.c.salary_income > 0, "salary"),
        ((assessment.c.pension_income > 0) & is_old, "pension"),
        else_="bills",
    )
    here = (base_person.c.tax_year == tax_year) & (base_person.c.known_to == INFINITY)
    people = assessment.outerjoin(base_person, here & (base_person.c.person_id == assessment.c.person_id))
    statement = (
        select(way.label("way"), func.count().label("people"))
        .select_from(people)
        .where(
            assessment.c.tax_year == tax_year,
            assessment.c.superseded_at == INFINITY,
            assessment.c.outcome == Outcome.TAXED,
        )
        .group_by(way)
    )
    return {row.way: row.people for row in await session.execute(statement)}


async def open_findings(session: ReadSession, tax_year: int) -> Sequence[Row[Any]]:
    """Return how many findings (`findings`) wait, by `stage`, and how many of them keep tax undecided."""
    statement = (
        select(
            finding.c.stage,
            func.count().label("findings"),
            func.count().filter(finding.c.is_blocking).label("blocking"),
        )
        .where(finding.c.tax_year == tax_year, finding.c.state.in_(OPEN_FINDINGS))
        .group_by(finding.c.stage)
        .order_by(finding.c.stage)
    )
    return (await session.execute(statement)).all()


async def telling_assessment(session: ReadSession) -> tuple[int, int] | None:
    """Return year and person id of who is taxed on a salary and claims and files the most."""
    claims = (
        select(func.count())
        .where(
            claim.c.tax_year == assessment.c.tax_year,
            claim.c.taxpayer_id == assessment.c.person_id,
            claim.c.known_to == INFINITY,
        )
        .scalar_subquery()
    )
    statement = (
        select(assessment.c.tax_year, assessment.c.person_id)
        .join(basis, basis.c.id == assessment.c.basis_id)
        .where(
            assessment.c.superseded_at == INFINITY,
            assessment.c.outcome == Outcome.TAXED,
            basis.c.facts.has_key("salary"),
        )
        .order_by(
            assessment.c.tax_year.desc(),
            (claims + func.cardinality(basis.c.documents)).desc(),
            assessment.c.person_id,
        )
        .limit(1)
    )
    row = (await session.execute(statement)).one_or_none()
    return None if row is None else (row.tax_year, row.person_id)


async def waiting_proposals(session: ReadSession, tax_year: int) -> tuple[int, int]:
    """Return how many proposals wait for another person: of circumstances, of corrections."""
    return (
        await session.scalar(_waiting(circumstance_proposal, tax_year)) or 0,
        await session.scalar(_waiting(proposal, tax_year)) or 0,
    )


def _waiting(table: Any, tax_year: int) -> Select[int]:
    return select(func.count()).where(table.c.tax_year == tax_year, table.c.state == ProposalState.PROPOSED)
