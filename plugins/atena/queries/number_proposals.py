"""My Numbers that one officer typed and that wait for a second one."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Row, Select, insert, select, update

from core.storage.database import ReadSession, WriteSession
from plugins.atena.tables import number_proposal, person

proposal = number_proposal.c
OPEN = "open"


async def add_proposal(session: WriteSession, values: Mapping[str, Any]) -> int:
    """Note a proposal and return its id; raises IntegrityError if one about the person is open."""
    statement = insert(number_proposal).values(values).returning(proposal.id)
    added: int = (await session.execute(statement)).scalar_one()
    return added


async def decide(session: WriteSession, proposal_id: int, decision: Mapping[str, Any]) -> bool:
    """Note what was decided; tells whether the proposal was still open."""
    still_open = (proposal.id == proposal_id) & (proposal.outcome == OPEN)
    statement = update(number_proposal).where(still_open).values(decision).returning(proposal.id)
    return (await session.execute(statement)).one_or_none() is not None


async def find_proposal(session: ReadSession, proposal_id: int) -> Row[Any] | None:
    """Return one proposal with the person's number and version."""
    row: Row[Any] | None = (await session.execute(_all().where(proposal.id == proposal_id))).one_or_none()
    return row


async def proposals_before(session: ReadSession, before: int | None, limit: int) -> Sequence[Row[Any]]:
    """Return proposals older than an id, the latest first."""
    statement = _all().order_by(proposal.id.desc()).limit(limit)
    if before is not None:
        statement = statement.where(proposal.id < before)
    rows: Sequence[Row[Any]] = (await session.execute(statement)).all()
    return rows


def _all() -> Select[Any]:
    joined = number_proposal.join(person, person.c.id == proposal.person_id)
    return select(number_proposal, person.c.atena_number, person.c.version).select_from(joined)
