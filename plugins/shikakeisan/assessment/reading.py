"""Reading whom to decide about: base, merged facts, claims, blocking findings, reductions."""

from collections.abc import Mapping, Sequence
from typing import Any

import orjson
from sqlalchemy import ColumnElement, Row, Select, Text, cast, func, select
from sqlalchemy.sql import any_

from core.runtime import Runtime
from core.storage.database import ReadSession
from plugins.atena.api import Among, ids_between, one_of
from plugins.shikakeisan.assessment.outcome import Ground
from plugins.shikakeisan.assessment.subject import Relief, Subject
from plugins.shikakeisan.base.standing import Standing
from plugins.shikakeisan.base.tables import base_person
from plugins.shikakeisan.merge.tables import basis, claim, finding
from plugins.shikakeisan.sql import IDS, INFINITY
from plugins.shikakeisan.states import OPEN_FINDINGS, FindingStage

DEPENDENT = ("spouse", "dependant", "under16")
"""Roles of relatives whose income is small; a 事業専従者 is paid."""
_Merged = tuple[int | None, Mapping[str, Any] | None, bool]
"""`basis_id`, `facts` and `has_documents` of a Subject."""
_UNMERGED: _Merged = (None, None, False)


async def subjects_after(
    runtime: Runtime, session: ReadSession, tax_year: int, after: int, limit: int
) -> Sequence[Subject]:
    """Return the next people of the base by id."""
    statement = (
        _people(tax_year)
        .where(base_person.c.person_id > after, base_person.c.standing != Standing.OUTSIDE)
        .order_by(base_person.c.person_id)
        .limit(limit)
    )
    rows = (await session.execute(statement)).all()
    if not rows:
        return []
    bounds = (rows[0].person_id, rows[-1].person_id)
    return await _subjects(runtime, session, tax_year, rows, ids_between(*bounds))


async def subjects_of(
    runtime: Runtime, session: ReadSession, tax_year: int, person_ids: Sequence[int]
) -> Sequence[Subject]:
    """Return these people, by id; who never was in the base of the year is left out."""
    among = one_of(person_ids)
    wanted = _people(tax_year).where(among(base_person.c.person_id))
    rows = (await session.execute(wanted.order_by(base_person.c.person_id))).all()
    return await _subjects(runtime, session, tax_year, rows, among)


async def subjects_as_decided(session: ReadSession, decided: Sequence[Row[Any]]) -> Sequence[Subject]:
    """Return the very people that revisions were decided about, from the rows that they name.

    What others said of them then is known from the ground alone.
    """
    bases = await _rows(session, base_person, [row.base_id for row in decided])
    bases_of_facts = await _rows(session, basis, [row.basis_id for row in decided if row.basis_id])
    return [_subject_as_decided(row, bases[row.base_id], bases_of_facts.get(row.basis_id)) for row in decided]


async def origins_by_basis(session: ReadSession, basis_ids: Sequence[int]) -> Mapping[int, Mapping[str, Any]]:
    """Return the origins of merged facts by the row that holds them."""
    return {row.id: row.origins for row in (await _rows(session, basis, basis_ids)).values()}


async def reliefs_of(
    runtime: Runtime, session: ReadSession, tax_year: int, person_ids: Sequence[int]
) -> Mapping[int, Relief]:
    """Ask the plug-ins whose tax is lowered by a decision; where two say so, the greater share counts."""
    answers = await runtime.plugins.run(
        "reductions", session=session, tax_year=tax_year, person_ids=person_ids
    )
    said = [one for answer in answers for one in answer]
    said.sort(key=lambda one: (one.person_id, one.share, one.decision))
    return {one.person_id: Relief(one.share, one.decision) for one in said}


def subject_of(row: Any, **more: Any) -> Subject:
    """Make a subject of a row of the base (or anything with its fields)."""
    return Subject(
        person_id=row.person_id,
        base_id=row.id,
        standing=row.standing,
        birth_date=row.birth_date,
        is_welfare=row.is_welfare,
        house_wards=row.house_wards,
        **more,
    )


def _people(tax_year: int) -> Select[Any]:
    """Ask for people in the order of the first fields of a Subject."""
    return select(
        base_person.c.person_id,
        base_person.c.id,
        base_person.c.standing,
        base_person.c.birth_date,
        base_person.c.is_welfare,
        base_person.c.house_wards,
    ).where(base_person.c.tax_year == tax_year, base_person.c.known_to == INFINITY)


async def _subjects(
    runtime: Runtime, session: ReadSession, tax_year: int, rows: Sequence[Any], among: Among
) -> Sequence[Subject]:
    """Put together what the tables say; joined here, for right after the merge the server knows no statistics
    of it, and would compare everybody with everybody."""
    merged = await _merged(session, tax_year, among)
    claimed = await _claimed(session, tax_year, among)
    blocked = await _blocked(session, tax_year, among)
    reliefs = await reliefs_of(runtime, session, tax_year, [row.person_id for row in rows])
    return [
        Subject(
            *(person_id, base_id, standing, birth_date, is_welfare, house_wards),
            *(basis_id, facts, has_documents),
            *(person_id in claimed, person_id in blocked, reliefs.get(person_id)),
        )
        for person_id, base_id, standing, birth_date, is_welfare, house_wards in rows
        for basis_id, facts, has_documents in [merged.get(person_id, _UNMERGED)]
    ]


async def _merged(session: ReadSession, tax_year: int, among: Among) -> Mapping[int, _Merged]:
    statement = select(
        basis.c.person_id,
        basis.c.id,
        cast(basis.c.facts, Text),
        func.cardinality(basis.c.documents) > 0,
    ).where(basis.c.tax_year == tax_year, basis.c.known_to == INFINITY, among(basis.c.person_id))
    return {
        person_id: (basis_id, orjson.loads(facts), has_documents)
        for person_id, basis_id, facts, has_documents in await session.execute(statement)
    }


async def _claimed(session: ReadSession, tax_year: int, among: Among) -> frozenset[int]:
    statement = select(claim.c.relative_id).where(
        claim.c.tax_year == tax_year,
        claim.c.known_to == INFINITY,
        claim.c.role.in_(DEPENDENT),
        among(claim.c.relative_id),
    )
    return frozenset(await session.scalars(statement))


async def _blocked(session: ReadSession, tax_year: int, among: Among) -> frozenset[int]:
    statement = select(finding.c.person_id).where(
        finding.c.tax_year == tax_year,
        finding.c.state.in_(OPEN_FINDINGS),
        finding.c.is_blocking,
        finding.c.stage != FindingStage.ASSESSMENT,
        among(finding.c.person_id),
    )
    return frozenset(await session.scalars(statement))


async def _rows(session: ReadSession, table: Any, ids: Sequence[int]) -> Mapping[int, Row[Any]]:
    wanted: ColumnElement[bool] = table.c.id == any_(IDS)
    found = await session.execute(select(table).where(wanted), {"ids": list(ids)})
    return {row.id: row for row in found}


def _subject_as_decided(decided: Row[Any], base: Row[Any], merged: Row[Any] | None) -> Subject:
    return subject_of(
        base,
        basis_id=decided.basis_id,
        facts=None if merged is None else merged.facts,
        has_documents=merged is not None and bool(merged.documents),
        is_claimed=decided.ground == Ground.CLAIMED.value,
        is_blocked=decided.ground == Ground.MERGE_FINDING.value,
        relief=Relief.of(decided.reduction),
    )
