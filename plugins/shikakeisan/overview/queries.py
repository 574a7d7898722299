"""How far each room has come with a year, in numbers."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, DateTime, Row, Select, func, literal_column, select

from core.storage.database import ReadSession
from plugins.shikakeisan.assessment.tables import assessment
from plugins.shikakeisan.base.tables import circumstance_proposal
from plugins.shikakeisan.correction.tables import proposal
from plugins.shikakeisan.merge.tables import basis, finding

INFINITY: ColumnElement[datetime] = literal_column("'infinity'", DateTime(timezone=True))


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
        .order_by(assessment.c.outcome)
    )
    return (await session.execute(statement)).all()


async def open_findings(session: ReadSession, tax_year: int) -> Sequence[Row[Any]]:
    """Return how many findings (`findings`) wait, by `stage`, and how many of them keep tax undecided."""
    statement = (
        select(
            finding.c.stage,
            func.count().label("findings"),
            func.count().filter(finding.c.is_blocking).label("blocking"),
        )
        .where(finding.c.tax_year == tax_year, finding.c.state.in_(("open", "proposed")))
        .group_by(finding.c.stage)
        .order_by(finding.c.stage)
    )
    return (await session.execute(statement)).all()


async def waiting_proposals(session: ReadSession, tax_year: int) -> tuple[int, int]:
    """Return how many proposals wait for another person: of circumstances, of corrections."""
    return (
        await session.scalar(_waiting(circumstance_proposal, tax_year)) or 0,
        await session.scalar(_waiting(proposal, tax_year)) or 0,
    )


def _waiting(table: Any, tax_year: int) -> Select[int]:
    return select(func.count()).where(table.c.tax_year == tax_year, table.c.state == "proposed")
