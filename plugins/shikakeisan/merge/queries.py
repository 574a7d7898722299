"""Reading whom to merge, and writing bases, claims and findings where something differs."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import (
    ColumnElement,
    Row,
    Table,
    Text,
    and_,
    cast,
    func,
    literal,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.sql import any_

from core.storage.database import ReadSession, WriteSession
from plugins.atena.api import Among, one_of
from plugins.shikakeisan.base.tables import base_person, fiscal_year
from plugins.shikakeisan.merge.people import BasePerson, Decision
from plugins.shikakeisan.merge.tables import basis, claim, decision, finding
from plugins.shikakeisan.sql import IDS, INFINITY
from plugins.shikakeisan.states import OPEN_FINDINGS, FindingStage, FindingState, YearState

STAGE = FindingStage.MERGE
BASIS_COLUMNS = (
    *("tax_year", "person_id", "facts", "origins", "aside", "documents", "merge_version", "known_from"),
)
CLAIM_COLUMNS = (
    *("tax_year", "taxpayer_id", "relative_id", "role", "document_id", "path", "stated", "known_from"),
)
FINDING_COLUMNS = (
    *("tax_year", "person_id", "stage", "code", "documents", "others", "details", "is_blocking"),
    *("state", "opened_at"),
)


async def year_merged(session: WriteSession, tax_year: int, now: datetime) -> None:
    """Note that the documents of a year are merged; a later state stays."""
    await session.execute(
        update(fiscal_year)
        .where(fiscal_year.c.tax_year == tax_year, fiscal_year.c.state == YearState.FROZEN)
        .values(state=YearState.MERGED, version=fiscal_year.c.version + 1)
    )
    await session.execute(update(fiscal_year).where(fiscal_year.c.tax_year == tax_year).values(merged_at=now))


async def block_ends(session: ReadSession, tax_year: int, after: int, size: int) -> Sequence[int]:
    """Return the last person ids of the whole blocks behind an id; who comes behind them makes one more."""
    place = func.row_number().over(order_by=base_person.c.person_id)
    numbered = (
        select(base_person.c.person_id, place.label("place"))
        .where(_present(tax_year), base_person.c.person_id > after)
        .subquery()
    )
    statement = select(numbered.c.person_id).where(numbered.c.place % size == 0)
    return (await session.scalars(statement.order_by(numbered.c.person_id))).all()


async def people_up_to(session: ReadSession, tax_year: int, bounds: tuple[int, int]) -> int:
    """Return how many rows the base has in a range of ids."""
    statement = select(func.count()).select_from(base_person)
    within = base_person.c.person_id.between(*bounds)
    return int(await session.scalar(statement.where(_present(tax_year), within)) or 0)


async def people_in_base(session: ReadSession, tax_year: int) -> int:
    """Return how many rows the base of a year has, those of people outside with them."""
    statement = select(func.count()).select_from(base_person)
    return int(await session.scalar(statement.where(_present(tax_year))) or 0)


async def people(session: ReadSession, tax_year: int, among: Among) -> Mapping[int, BasePerson]:
    """Return the people of the base by id, those outside with them."""
    statement = select(
        base_person.c.person_id,
        base_person.c.tax_year,
        base_person.c.birth_date,
        base_person.c.sex,
        base_person.c.death_date,
        base_person.c.household_number,
        base_person.c.relation,
        base_person.c.standing,
    ).where(_present(tax_year), among(base_person.c.person_id))
    return {row[0]: BasePerson(*row) for row in await session.execute(statement)}


async def hold_people(session: WriteSession, tax_year: int, person_ids: Sequence[int]) -> None:
    """Let nobody else merge these people until the end of the transaction."""
    statement = (
        select(base_person.c.id)
        .where(_present(tax_year), one_of(person_ids)(base_person.c.person_id))
        .order_by(base_person.c.person_id)
        .with_for_update(key_share=True)
    )
    await session.execute(statement)


async def decisions(
    session: ReadSession, tax_year: int, among: Among
) -> Mapping[int, Mapping[str, Decision]]:
    """Return the approved decisions in force, by person and path."""
    statement = select(decision).where(
        decision.c.tax_year == tax_year,
        decision.c.known_to == INFINITY,
        decision.c.approved_by != "",
        among(decision.c.person_id),
    )
    found: defaultdict[int, dict[str, Decision]] = defaultdict(dict)
    for row in await session.execute(statement):
        found[row.person_id][row.path] = Decision(row.value, row.seen, row.id)
    return found


async def present_bases(session: ReadSession, tax_year: int, among: Among) -> Mapping[int, Row[Any]]:
    """Return the bases in force by person; JSON as text."""
    statement = select(
        basis.c.id,
        basis.c.person_id,
        cast(basis.c.facts, Text).label("facts"),
        cast(basis.c.origins, Text).label("origins"),
        cast(basis.c.aside, Text).label("aside"),
        basis.c.documents,
    ).where(basis.c.tax_year == tax_year, basis.c.known_to == INFINITY, among(basis.c.person_id))
    return {row.person_id: row for row in await session.execute(statement)}


async def present_claims(session: ReadSession, tax_year: int, among: Among) -> Sequence[Row[Any]]:
    """Return the claims in force of these taxpayers."""
    return await _claims(session, tax_year, among(claim.c.taxpayer_id))


async def claims_of_relatives(
    session: ReadSession, tax_year: int, relative_ids: Collection[int]
) -> Sequence[Row[Any]]:
    """Return the claims in force of these relatives, by whomever."""
    return await _claims(session, tax_year, one_of(relative_ids)(claim.c.relative_id))


async def _claims(session: ReadSession, tax_year: int, condition: ColumnElement[bool]) -> Sequence[Row[Any]]:
    statement = select(claim).where(claim.c.tax_year == tax_year, claim.c.known_to == INFINITY, condition)
    return (await session.execute(statement.order_by(claim.c.taxpayer_id, claim.c.id))).all()


async def present_findings(session: ReadSession, tax_year: int, among: Among) -> Sequence[Row[Any]]:
    """Return the findings of the merge that are not gone."""
    statement = select(finding).where(
        finding.c.tax_year == tax_year,
        finding.c.stage == STAGE,
        finding.c.state != FindingState.GONE,
        among(finding.c.person_id),
    )
    return (await session.execute(statement.order_by(finding.c.id))).all()


async def findings_about(
    session: ReadSession, tax_year: int, relatives: Collection[str]
) -> Sequence[Row[Any]]:
    """Return the findings that are not gone about relatives (ids, or blind indexes of numbers, as text)."""
    about = finding.c.details["relative"].astext
    statement = select(finding).where(
        finding.c.tax_year == tax_year,
        finding.c.stage == STAGE,
        finding.c.state != FindingState.GONE,
        about == any_(literal(list(relatives), ARRAY(Text))),
    )
    return (await session.execute(statement.order_by(finding.c.id))).all()


async def findings_with(session: ReadSession, tax_year: int, codes: Sequence[str]) -> Sequence[Row[Any]]:
    """Return the findings with these codes that are not gone."""
    statement = select(finding).where(
        finding.c.tax_year == tax_year,
        finding.c.stage == STAGE,
        finding.c.state != FindingState.GONE,
        finding.c.code.in_(codes),
    )
    return (await session.execute(statement.order_by(finding.c.id))).all()


async def count_findings(session: ReadSession, tax_year: int) -> Mapping[str, int]:
    """Return how many findings of the merge are not settled, by code."""
    statement = (
        select(finding.c.code, func.count().label("findings"))
        .where(finding.c.tax_year == tax_year, finding.c.stage == STAGE, finding.c.state.in_(OPEN_FINDINGS))
        .group_by(finding.c.code)
        .order_by(finding.c.code)
    )
    return {row.code: row.findings for row in await session.execute(statement)}


async def end_rows(session: WriteSession, table: Table, ids: Sequence[int], now: datetime) -> None:
    """End what was known by these rows."""
    if ids:
        statement = update(table).where(table.c.id == any_(IDS)).values(known_to=now)
        await session.execute(statement, {"ids": list(ids)})


async def add_bases(session: WriteSession, rows: Sequence[Sequence[object]]) -> None:
    """Write bases (columns `BASIS_COLUMNS`) by COPY."""
    if rows:
        await session.copy(basis, BASIS_COLUMNS, rows)


async def add_claims(session: WriteSession, rows: Sequence[Sequence[object]]) -> None:
    """Write claims (columns `CLAIM_COLUMNS`) by COPY."""
    if rows:
        await session.copy(claim, CLAIM_COLUMNS, rows)


async def let_go(session: WriteSession, ids: Sequence[int]) -> None:
    """Note that findings are no longer found."""
    if ids:
        statement = update(finding).where(finding.c.id == any_(IDS))
        await session.execute(
            statement.values(state=FindingState.GONE, version=finding.c.version + 1), {"ids": list(ids)}
        )


async def add_findings(session: WriteSession, rows: Sequence[Sequence[object]]) -> None:
    """Write findings (columns `FINDING_COLUMNS`) by COPY."""
    if rows:
        await session.copy(finding, FINDING_COLUMNS, rows)


def _present(tax_year: int) -> ColumnElement[bool]:
    return and_(base_person.c.tax_year == tax_year, base_person.c.known_to == INFINITY)


def as_json(value: object) -> str:
    """Return JSON in the one form in which values are compared."""
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS).decode()
