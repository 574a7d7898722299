"""All SQL of circumstances: proposals with the people they are about, and what was approved."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Row,
    Text,
    and_,
    exists,
    func,
    insert,
    literal,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import ARRAY

from core.errors import Conflict, NotFound
from core.storage.database import ReadSession, WriteSession
from plugins.atena.api import one_of
from plugins.shikakeisan.base.tables import circumstance, circumstance_entry, circumstance_proposal
from plugins.shikakeisan.sql import INFINITY, row_by_id
from plugins.shikakeisan.states import ProposalState

proposal, entry, fact = circumstance_proposal.c, circumstance_entry.c, circumstance.c
ENTRY = ("proposal_id", "person_id", "ward_code")


class Entry(NamedTuple):
    """Whom a circumstance is said of; `ward_code` is empty where it has no place."""

    person_id: int
    ward_code: str


async def add_proposal(session: WriteSession, values: Mapping[str, Any], entries: Sequence[Entry]) -> int:
    """Write a proposal with its people and return its id."""
    added = insert(circumstance_proposal).values(values).returning(proposal.id)
    proposal_id: int = (await session.execute(added)).scalar_one()
    await session.copy(circumstance_entry, ENTRY, [(proposal_id, *each) for each in entries])
    return proposal_id


async def proposal_row(session: ReadSession, proposal_id: int) -> Row[Any] | None:
    """Return a proposal."""
    return await row_by_id(session, circumstance_proposal, proposal_id)


async def decide(
    session: WriteSession, proposal_id: int, expected: int, state: ProposalState, by: str, at: datetime
) -> None:
    """Write what became of a proposal; raises Conflict with the present version, NotFound."""
    counted = await session.execute(
        update(circumstance_proposal)
        .where(
            proposal.id == proposal_id, proposal.version == expected, proposal.state == ProposalState.PROPOSED
        )
        .values(state=state, decided_by=by, decided_at=at, version=proposal.version + 1)
        .returning(proposal.id)
    )
    if counted.one_or_none() is None:
        row = await proposal_row(session, proposal_id)
        raise NotFound if row is None else Conflict(currentVersion=row.version)


async def begin(session: WriteSession, row: Row[Any], at: datetime) -> None:
    """Let what a proposal says hold from now on, where it does not hold already."""
    there = exists().where(
        fact.tax_year == row.tax_year,
        fact.person_id == entry.person_id,
        fact.kind == row.kind,
        fact.ward_code == entry.ward_code,
        fact.known_to == INFINITY,
    )
    columns = ("tax_year", "person_id", "kind", "ward_code", "proposal_id", "known_from")
    said = (literal(row.tax_year), entry.person_id, literal(row.kind), entry.ward_code)
    rows = select(*said, entry.proposal_id, literal(at)).where(entry.proposal_id == row.id, ~there)
    await session.execute(insert(circumstance).from_select(columns, rows))


async def end(session: WriteSession, row: Row[Any], at: datetime) -> None:
    """Let what a proposal says hold no longer."""
    await session.execute(
        update(circumstance)
        .where(
            fact.tax_year == row.tax_year,
            fact.kind == row.kind,
            fact.known_to == INFINITY,
            entry.proposal_id == row.id,
            fact.person_id == entry.person_id,
            fact.ward_code == entry.ward_code,
        )
        .values(known_to=at)
    )


async def persons_of(session: ReadSession, proposal_id: int) -> Sequence[int]:
    """Return in order whom a proposal is about."""
    statement = select(entry.person_id).distinct().where(entry.proposal_id == proposal_id)
    return (await session.scalars(statement.order_by(entry.person_id))).all()


async def entries_page(
    session: ReadSession, proposal_id: int, after: tuple[int, str], limit: int
) -> Sequence[Row[Any]]:
    """Return the next people of a proposal."""
    behind = (entry.person_id > after[0]) | and_(entry.person_id == after[0], entry.ward_code > after[1])
    statement = select(circumstance_entry).where(entry.proposal_id == proposal_id, behind)
    return (await session.execute(statement.order_by(entry.person_id, entry.ward_code).limit(limit))).all()


async def list_proposals(
    session: ReadSession, tax_year: int, *, state: str | None = None, after: int = 0, limit: int = 100
) -> Sequence[Row[Any]]:
    """Return proposals of a year, the oldest first."""
    statement = select(circumstance_proposal).where(proposal.tax_year == tax_year, proposal.id > after)
    if state is not None:
        statement = statement.where(proposal.state == state)
    return (await session.execute(statement.order_by(proposal.id).limit(limit))).all()


async def in_force(session: ReadSession, person_ids: Sequence[int], known_at: datetime) -> Sequence[Row[Any]]:
    """Return what was approved of persons and in force at a moment, by person, year and kind."""
    statement = (
        select(circumstance)
        .where(one_of(person_ids)(fact.person_id), fact.known_from <= known_at, fact.known_to > known_at)
        .order_by(fact.person_id, fact.tax_year, fact.kind, fact.ward_code)
    )
    return (await session.execute(statement)).all()


async def holding(
    session: ReadSession, tax_year: int, kind: str, entries: Sequence[Entry]
) -> frozenset[Entry]:
    """Return which of these are approved and in force."""
    return await _among(
        session,
        entries,
        circumstance.select()
        .where(fact.tax_year == tax_year, fact.kind == kind, fact.known_to == INFINITY)
        .subquery("held"),
    )


async def proposed(
    session: ReadSession, tax_year: int, kind: str, entries: Sequence[Entry]
) -> frozenset[Entry]:
    """Return about which of these a proposal waits."""
    waiting = (
        select(entry.person_id, entry.ward_code)
        .join(circumstance_proposal, proposal.id == entry.proposal_id)
        .where(proposal.tax_year == tax_year, proposal.kind == kind, proposal.state == ProposalState.PROPOSED)
    )
    return await _among(session, entries, waiting.subquery("waiting"))


async def _among(session: ReadSession, entries: Sequence[Entry], table: Any) -> frozenset[Entry]:
    asked = (
        func.unnest(
            literal([each.person_id for each in entries], ARRAY(BigInteger)),
            literal([each.ward_code for each in entries], ARRAY(Text)),
        )
        .table_valued("person_id", "ward_code", name="asked")
        .render_derived()
    )
    same: ColumnElement[bool] = and_(
        table.c.person_id == asked.c.person_id, table.c.ward_code == asked.c.ward_code
    )
    rows = await session.execute(select(asked.c.person_id, asked.c.ward_code).join(table, same))
    return frozenset(Entry(row.person_id, row.ward_code) for row in rows)
