"""All SQL of corrections."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import (
    BigInteger,
    Row,
    SmallInteger,
    bindparam,
    insert,
    select,
    text,
    update,
)
from sqlalchemy.sql import any_

from core.storage.database import ReadSession, WriteSession
from core.work import Work
from plugins.shikakeisan.assessment.tables import assessment
from plugins.shikakeisan.correction.tables import contact_slip, proposal
from plugins.shikakeisan.merge.tables import basis, decision
from plugins.shikakeisan.sql import IDS, INFINITY, change_row, hold, present_row
from plugins.shikakeisan.states import ProposalState

WAITING = (ProposalState.PLANNED, ProposalState.PROPOSED)

HOLD = text("""
SELECT p.person_id FROM shikakeisan.base_person p
WHERE p.tax_year = :tax_year AND p.known_to = 'infinity' AND p.person_id = ANY(
    ARRAY(SELECT c.taxpayer_id FROM shikakeisan.claim c
          WHERE c.tax_year = :tax_year AND c.relative_id = :person AND c.known_to = 'infinity')
    || CAST(:person AS bigint))
ORDER BY p.person_id FOR NO KEY UPDATE
""").bindparams(bindparam("tax_year", type_=SmallInteger), bindparam("person", type_=BigInteger))
STANDING = text("""
SELECT y.state, y.municipality_code, p.id AS base_id, b.id AS basis_id, a.revision, greatest(
    a.decided_at,
    (SELECT max(known_from) FROM shikakeisan.basis
        WHERE tax_year = :tax_year AND person_id = ANY(:ids) AND known_to = 'infinity'),
    (SELECT max(known_from) FROM shikakeisan.decision
        WHERE tax_year = :tax_year AND person_id = ANY(:ids) AND known_to = 'infinity'),
    (SELECT max(known_from) FROM shikakeisan.claim
        WHERE tax_year = :tax_year AND taxpayer_id = ANY(:ids) AND known_to = 'infinity')
) AS latest
FROM shikakeisan.fiscal_year y
LEFT JOIN shikakeisan.base_person p
    ON p.tax_year = y.tax_year AND p.person_id = :person AND p.known_to = 'infinity'
LEFT JOIN shikakeisan.basis b
    ON b.tax_year = y.tax_year AND b.person_id = :person AND b.known_to = 'infinity'
LEFT JOIN shikakeisan.assessment a
    ON a.tax_year = y.tax_year AND a.person_id = :person AND a.superseded_at = 'infinity'
WHERE y.tax_year = :tax_year
""").bindparams(bindparam("tax_year", type_=SmallInteger), bindparam("person", type_=BigInteger), IDS)

# The register or another person's correction changed base or merge since, or nothing keeps them undecided any
# more, or they came into the base after everybody was decided.
UNSETTLED = text("""
SELECT p.person_id FROM shikakeisan.base_person p
LEFT JOIN shikakeisan.assessment a
    ON a.tax_year = p.tax_year AND a.person_id = p.person_id AND a.superseded_at = 'infinity'
LEFT JOIN shikakeisan.basis b
    ON b.tax_year = p.tax_year AND b.person_id = p.person_id AND b.known_to = 'infinity'
WHERE p.tax_year = :tax_year AND p.known_to = 'infinity' AND p.person_id > :after
  AND CASE WHEN a.id IS NULL THEN p.standing <> 'outside'
      ELSE p.id <> a.base_id OR b.id IS DISTINCT FROM a.basis_id
          OR (a.ground = 'MERGE_FINDING' AND NOT EXISTS (
              SELECT FROM shikakeisan.finding f
              WHERE f.tax_year = a.tax_year AND f.person_id = a.person_id AND f.is_blocking
                AND f.state IN ('open', 'proposed') AND f.stage <> 'assessment')) END
ORDER BY p.person_id LIMIT :limit
""").bindparams(bindparam("tax_year", type_=SmallInteger))


async def hold_person(session: WriteSession, tax_year: int, person_id: int) -> Sequence[int]:
    """Let nobody else correct or merge this person, or who claims them, until the transaction ends.

    Returns whom it holds.
    """
    await hold(session, f"correction:{tax_year}:{person_id}")
    return (await session.scalars(HOLD, {"tax_year": tax_year, "person": person_id})).all()


async def standing_of(
    session: ReadSession, tax_year: int, person_id: int, people: Sequence[int]
) -> Row[Any] | None:
    """Return how a year and a person in it stand: rows of base and basis, revision in force.

    `latest` is when what stands about `people` was decided or merged. None for a year that is not opened.
    """
    parameters = {"tax_year": tax_year, "person": person_id, "ids": list(people)}
    row: Row[Any] | None = (await session.execute(STANDING, parameters)).one_or_none()
    return row


async def basis_in_force(session: ReadSession, tax_year: int, person_id: int) -> Row[Any, Any] | None:
    """Return the basis that the revision in force was decided from."""
    wanted = (
        select(basis.c.documents, basis.c.aside)
        .join(assessment, assessment.c.basis_id == basis.c.id)
        .where(
            assessment.c.tax_year == tax_year,
            assessment.c.person_id == person_id,
            assessment.c.superseded_at == INFINITY,
        )
    )
    return (await session.execute(wanted)).one_or_none()


async def decide_facts(
    work: Work,
    tax_year: int,
    person_id: int,
    changes: Mapping[str, Any],
    seen: Mapping[str, Any],
    said: Mapping[str, Any],
) -> None:
    """Write decisions on facts, ending earlier ones on the same facts."""
    ended = update(decision).where(
        decision.c.tax_year == tax_year,
        decision.c.person_id == person_id,
        decision.c.path.in_(list(changes)),
        decision.c.known_to == INFINITY,
    )
    await work.session.execute(ended.values(known_to=work.now))
    rows = [
        {
            "tax_year": tax_year,
            "person_id": person_id,
            "path": path,
            "value": value,
            "seen": seen[path],
            **said,
            "known_from": work.now,
        }
        for path, value in changes.items()
    ]
    await work.session.execute(insert(decision), rows)


async def add_proposal(session: WriteSession, values: Mapping[str, Any]) -> int:
    """Write a proposal and return its id."""
    added = insert(proposal).values(values).returning(proposal.c.id)
    number: int = (await session.execute(added)).scalar_one()
    return number


async def proposal_row(session: ReadSession, proposal_id: int) -> Row[Any]:
    """Return a proposal. Raises NotFound."""
    return await present_row(session, proposal, proposal_id)


async def change_proposal(session: WriteSession, proposal_id: int, expected: int, **values: Any) -> None:
    """Change a proposal that nobody changed meanwhile. Raises Conflict with its present version, NotFound."""
    await change_row(session, proposal, proposal_id, expected, values)


async def outdate(work: Work, tax_year: int, person_id: int) -> None:
    """Let the person's other waiting proposals be stale: they were computed from what is no more."""
    statement = update(proposal).where(
        proposal.c.tax_year == tax_year,
        proposal.c.person_id == person_id,
        proposal.c.state.in_(WAITING),
    )
    values = {"state": ProposalState.STALE, "decided_at": work.now, "version": proposal.c.version + 1}
    await work.session.execute(statement.values(values))


async def mark_slip(work: Work, row: Row[Any]) -> None:
    """Mark the person of a proposal for a 資料連絡せん."""
    values = {"tax_year": row.tax_year, "person_id": row.person_id, "proposal_id": row.id}
    await work.session.execute(insert(contact_slip).values(**values, marked_at=work.now))


async def take_slips(work: Work, tax_year: int, limit: int) -> Sequence[Row[Any]]:
    """Return marks whose slip was not printed, and write down that it is printed now."""
    waiting = (
        select(contact_slip.c.id)
        .where(contact_slip.c.tax_year == tax_year, contact_slip.c.printed_at == INFINITY)
        .order_by(contact_slip.c.id)
        .limit(limit)
        .with_for_update()
    )
    statement = (
        update(contact_slip)
        .where(contact_slip.c.id.in_(waiting))
        .values(printed_at=work.now)
        .returning(contact_slip)
    )
    rows = (await work.session.execute(statement)).all()
    return sorted(rows, key=lambda row: row.id)


async def printed_slips(session: ReadSession, tax_year: int, numbers: Sequence[int]) -> Sequence[Row[Any]]:
    """Return those of the slips of a year that were printed, in order."""
    statement = select(contact_slip).where(
        contact_slip.c.id == any_(IDS),
        contact_slip.c.tax_year == tax_year,
        contact_slip.c.printed_at < INFINITY,
    )
    return (await session.execute(statement.order_by(contact_slip.c.id), {"ids": list(numbers)})).all()


async def slips(
    session: ReadSession, tax_year: int, *, is_printed: bool, after: int, limit: int
) -> Sequence[Row[Any]]:
    """Return the slips of a year that wait, or that were printed, the oldest first."""
    printed = contact_slip.c.printed_at
    statement = select(contact_slip).where(
        contact_slip.c.tax_year == tax_year,
        contact_slip.c.id > after,
        printed < INFINITY if is_printed else printed == INFINITY,
    )
    return (await session.execute(statement.order_by(contact_slip.c.id).limit(limit))).all()


async def proposals_by_id(session: ReadSession, ids: Sequence[int]) -> Sequence[Row[Any]]:
    """Return proposals by number, in order; unknown ones are left out."""
    statement = select(proposal).where(proposal.c.id == any_(IDS)).order_by(proposal.c.id)
    rows: Sequence[Row[Any]] = (await session.execute(statement, {"ids": list(ids)})).all()
    return rows


async def proposals(
    session: ReadSession,
    *,
    tax_year: int | None = None,
    person_id: int | None = None,
    batch_id: int | None = None,
    states: Sequence[str] = (),
    after: int = 0,
    limit: int | None = None,
) -> Sequence[Row[Any]]:
    """Return proposals, the oldest first."""
    wanted = {"tax_year": tax_year, "person_id": person_id, "batch_id": batch_id}
    conditions = [proposal.c[name] == value for name, value in wanted.items() if value is not None]
    if states:
        conditions.append(proposal.c.state.in_(states))
    statement = select(proposal).where(proposal.c.id > after, *conditions).order_by(proposal.c.id)
    return (await session.execute(statement.limit(limit))).all()


async def unsettled(session: ReadSession, tax_year: int, after: int, limit: int) -> Sequence[int]:
    """Return the next people whose tax was decided from something else than is merged now."""
    parameters = {"tax_year": tax_year, "after": after, "limit": limit}
    return (await session.scalars(UNSETTLED, parameters)).all()
