"""The SQL of batches: who is selected, their proposals, who looked at the sample."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Row, cast, func, insert, select, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.sql import any_

from core.storage.database import ReadSession, WriteSession
from core.work import Work
from plugins.shikakeisan.assessment.tables import assessment
from plugins.shikakeisan.correction.tables import batch, proposal, sample_look
from plugins.shikakeisan.merge.tables import finding
from plugins.shikakeisan.sql import IDS, INFINITY, change_row, present_row, row_by_id
from plugins.shikakeisan.states import OPEN_FINDINGS, ProposalState


async def find_batch(session: ReadSession, batch_id: int) -> Row[Any] | None:
    """Return a batch, None where there is none."""
    return await row_by_id(session, batch, batch_id)


async def batch_row(session: ReadSession, batch_id: int) -> Row[Any]:
    """Return a batch. Raises NotFound."""
    return await present_row(session, batch, batch_id)


async def change_batch(session: WriteSession, batch_id: int, expected: int, **values: Any) -> None:
    """Change a batch that nobody changed meanwhile. Raises Conflict with its present version, NotFound."""
    await change_row(session, batch, batch_id, expected, values)


async def batches(session: ReadSession, tax_year: int, before: int | None, limit: int) -> Sequence[Row[Any]]:
    """Return the batches of a year, the newest first."""
    statement = select(batch).where(batch.c.tax_year == tax_year)
    if before is not None:
        statement = statement.where(batch.c.id < before)
    return (await session.execute(statement.order_by(batch.c.id.desc()).limit(limit))).all()


async def add_batch(session: WriteSession, values: Mapping[str, Any]) -> int:
    """Write a batch and return its id."""
    number: int = (await session.execute(insert(batch).values(values).returning(batch.c.id))).scalar_one()
    return number


async def look(work: Work, proposal_id: int) -> None:
    """Write down that somebody looked at a proposal of a sample."""
    row = {"proposal_id": proposal_id, "staff": work.staff, "looked_at": work.now}
    await work.session.execute(upsert(sample_look).values(row).on_conflict_do_nothing())


async def looked_at(session: ReadSession, proposal_ids: Sequence[int], staff: str) -> frozenset[int]:
    """Return which of the proposals somebody looked at."""
    wanted = select(sample_look.c.proposal_id).where(
        sample_look.c.staff == staff, sample_look.c.proposal_id == any_(IDS)
    )
    return frozenset(await session.scalars(wanted, {"ids": list(proposal_ids)}))


async def with_finding(
    session: ReadSession, tax_year: int, code: str, after: int, limit: int
) -> Sequence[int]:
    """Return the next persons who have an open finding of a code."""
    statement = (
        select(finding.c.person_id)
        .where(
            finding.c.tax_year == tax_year,
            finding.c.code == code,
            finding.c.state.in_(OPEN_FINDINGS),
            finding.c.person_id > after,
        )
        .distinct()
        .order_by(finding.c.person_id)
    )
    return (await session.scalars(statement.limit(limit))).all()


async def by_other_rules(
    session: ReadSession, tax_year: int, version: str, after: int, limit: int
) -> Sequence[int]:
    """Return the next persons whose tax was decided by other rules than `version`."""
    statement = (
        select(assessment.c.person_id)
        .where(
            assessment.c.tax_year == tax_year,
            assessment.c.superseded_at == INFINITY,
            assessment.c.rules_version != version,
            assessment.c.person_id > after,
        )
        .order_by(assessment.c.person_id)
    )
    return (await session.scalars(statement.limit(limit))).all()


async def members(session: ReadSession, batch_id: int) -> Sequence[Row[Any]]:
    """Return the planned proposals of a batch with what would be paid before and after."""
    statement = select(
        proposal.c.id,
        proposal.c.person_id,
        _payable(proposal.c.before).label("payable_before"),
        _payable(proposal.c.after).label("payable_after"),
    ).where(proposal.c.batch_id == batch_id, proposal.c.state == ProposalState.PLANNED)
    return (await session.execute(statement)).all()


async def member_states(session: ReadSession, batch_id: int) -> Mapping[str, int]:
    """Count the proposals of a batch by state."""
    statement = select(proposal.c.state, func.count().label("proposals")).where(
        proposal.c.batch_id == batch_id
    )
    return {row.state: row.proposals for row in await session.execute(statement.group_by(proposal.c.state))}


async def move_members(
    work: Work, batch_id: int, states: Sequence[ProposalState], state: ProposalState
) -> None:
    """Let the proposals of a batch go on together."""
    ended = {} if state == ProposalState.PROPOSED else {"decided_by": work.staff, "decided_at": work.now}
    statement = update(proposal).where(proposal.c.batch_id == batch_id, proposal.c.state.in_(states))
    await work.session.execute(statement.values(state=state, version=proposal.c.version + 1, **ended))


def _payable(side: ColumnElement[Any]) -> ColumnElement[int]:
    return cast(side["figures"]["payable"].astext, BigInteger)
