"""The run held against the ledger: what it counted and summed on the way must stand in the tables."""

from collections.abc import Mapping

from sqlalchemy import BigInteger, cast, func, select

from core.storage.database import ReadSession
from plugins.shikakeisan.assessment.errors import RunUnbalanced
from plugins.shikakeisan.assessment.outcome import Ground, Outcome
from plugins.shikakeisan.assessment.queries import people_in_base
from plugins.shikakeisan.assessment.tables import FIGURES, assessment
from plugins.shikakeisan.sql import INFINITY


async def check_balance(
    session: ReadSession,
    tax_year: int,
    counts: Mapping[str, int],
    totals: Mapping[str, int],
    *,
    is_written: bool,
) -> None:
    """Raise RunUnbalanced unless people of the base = taxed + non-taxable + undecided, run and ledger alike.

    Sums of figures are compared with those of the revisions in force, where the run has written any.
    """
    decided = sum(counts.get(outcome.value, 0) for outcome in Outcome)
    people = await people_in_base(session, tax_year)
    if not people == decided == counts.get("people", 0):
        raise RunUnbalanced
    if is_written:
        stored_counts, stored_totals = await ledger(session, tax_year)
        wanted = {outcome.value: counts.get(outcome.value, 0) for outcome in Outcome}
        if stored_counts != wanted or stored_totals != {name: totals.get(name, 0) for name in FIGURES}:
            raise RunUnbalanced


async def ledger(session: ReadSession, tax_year: int) -> tuple[dict[str, int], dict[str, int]]:
    """Count and sum the revisions in force of a year by outcome; who has left the base is left out."""
    column = assessment.c
    sums = [cast(func.coalesce(func.sum(column[name]), 0), BigInteger).label(name) for name in FIGURES]
    statement = (
        select(column.outcome, func.count().label("people"), *sums)
        .where(
            column.tax_year == tax_year,
            column.superseded_at == INFINITY,
            column.ground != Ground.OUTSIDE.value,
        )
        .group_by(column.outcome)
    )
    rows = (await session.execute(statement)).all()
    counts = {outcome.value: 0 for outcome in Outcome} | {row.outcome: row.people for row in rows}
    return counts, {name: sum(getattr(row, name) for row in rows) for name in FIGURES}
