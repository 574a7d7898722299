"""All SQL of return forms: who meets conditions, and what was made."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import (
    CTE,
    ColumnElement,
    FromClause,
    Row,
    Subquery,
    and_,
    func,
    insert,
    literal_column,
    not_,
    or_,
    select,
    true,
    update,
)
from sqlalchemy.dialects.postgresql import array

from core.storage.database import ReadSession, WriteSession
from plugins.atena.api import one_of
from plugins.shikakeisan.base.standing import Standing
from plugins.shikakeisan.base.tables import base_person
from plugins.shikakeisan.forms.catalogue import Chosen, Condition
from plugins.shikakeisan.forms.tables import form, form_run
from plugins.shikakeisan.merge.tables import claim
from plugins.shikakeisan.sql import INFINITY, hold, present_row
from plugins.shiryo.api import documents_by_person

person = base_person.c
BY_DOCUMENTS = frozenset({"document", "no_document"})


class Papers:
    """What documents tell of each person for some conditions: those of a year are looked through once."""

    def __init__(self, tax_year: int, chosen: Chosen) -> None:
        asking = [one for one in (*chosen.include, *chosen.exclude) if one.test in BY_DOCUMENTS]
        self.years = {
            offset: _told(tax_year + offset, [one for one in asking if one.offset == offset])
            for offset in sorted({one.offset for one in asking})
        }

    def tell(self, condition: Condition) -> ColumnElement[bool]:
        """Tell whether a person has a document that fits."""
        return func.coalesce(self.years[condition.offset].c[condition.code], False)


def _told(tax_year: int, conditions: Sequence[Condition]) -> Subquery:
    said = documents_by_person(tax_year).subquery()
    fits = [func.bool_or(_fits(one, said)).label(one.code) for one in conditions]
    return select(said.c.person_id, *fits).group_by(said.c.person_id).subquery(f"papers_{tax_year}")


def _fits(condition: Condition, said: Subquery) -> ColumnElement[bool]:
    asked: list[ColumnElement[bool]] = [true()]
    if condition.kinds:
        asked.append(said.c.kind.in_(condition.kinds))
    if condition.stating:
        asked.append(said.c.amounts.has_any(array(condition.stating)))
    return and_(*asked)


def _document(condition: Condition, _tax_year: int, papers: Papers) -> ColumnElement[bool]:
    return papers.tell(condition)


def _no_document(condition: Condition, _tax_year: int, papers: Papers) -> ColumnElement[bool]:
    return ~papers.tell(condition)


def _claimed(condition: Condition, tax_year: int, _papers: Papers) -> ColumnElement[bool]:
    claimed = select(claim.c.relative_id).where(
        claim.c.tax_year == tax_year + condition.offset,
        claim.c.known_to == INFINITY,
        claim.c.relative_id.is_not(None),
        claim.c.role != "family_employee",
    )
    return person.person_id.in_(claimed)


def _welfare(_condition: Condition, _tax_year: int, _papers: Papers) -> ColumnElement[bool]:
    return person.is_welfare.is_(True)


def _age_below(condition: Condition, tax_year: int, _papers: Papers) -> ColumnElement[bool]:
    """Tell of the age on 1 January; who is born on 2 January reaches it at the end of the day before."""
    return func.coalesce(person.birth_date > date(tax_year - condition.age, 1, 2), False)


def _standing(condition: Condition, _tax_year: int, _papers: Papers) -> ColumnElement[bool]:
    return person.standing.in_(condition.standings)


TESTS: Mapping[str, Callable[[Condition, int, Papers], ColumnElement[bool]]] = {
    "document": _document,
    "no_document": _no_document,
    "claimed": _claimed,
    "welfare": _welfare,
    "age_below": _age_below,
    "standing": _standing,
}
"""What a condition asks of a person of the base."""


async def counts(session: ReadSession, tax_year: int, chosen: Chosen) -> Row[Any]:
    """Return how many `people` meet the conditions, how many of them `already` have a form.

    Beside it each condition by its code: of how many of the base it holds, taken alone.
    """
    flags = _flags(tax_year, chosen)
    meets, codes = _meets(flags, chosen), [one.code for one in (*chosen.include, *chosen.exclude)]
    statement = select(
        func.count().filter(meets).label("people"),
        func.count().filter(and_(meets, flags.c.has_form)).label("already"),
        *(func.count().filter(flags.c[code]).label(code) for code in codes),
    ).select_from(flags)
    rows: Sequence[Any] = (await session.execute(statement)).all()
    row: Row[Any] = rows[0]
    return row


async def people_without(session: ReadSession, tax_year: int, chosen: Chosen) -> Sequence[int]:
    """Return who meets the conditions and has no form yet, by household of 1 January."""
    flags = _flags(tax_year, chosen)
    statement = (
        select(flags.c.person_id)
        .where(_meets(flags, chosen), ~flags.c.has_form)
        .order_by(flags.c.household_number, flags.c.person_id)
    )
    return (await session.scalars(statement)).all()


async def hold_year(session: WriteSession, tax_year: int) -> None:
    """Let nobody else make forms of the year until the transaction ends."""
    await hold(session, f"forms:{tax_year}")


async def last_serial(session: ReadSession, tax_year: int) -> int:
    """Return the last serial of the year, 0 before the first."""
    return await session.scalar(select(func.max(form.c.serial)).where(form.c.tax_year == tax_year)) or 0


async def add_run(session: WriteSession, values: Mapping[str, Any]) -> int:
    """Write a run and return its id."""
    added = insert(form_run).values(values).returning(form_run.c.id)
    number: int = (await session.execute(added)).scalar_one()
    return number


async def seal_run(session: WriteSession, run_id: int, files: Mapping[str, str]) -> None:
    """Write down the digests of a new run's files."""
    await session.execute(update(form_run).where(form_run.c.id == run_id).values(files=files))


FORM_COLUMNS = ("tax_year", "serial", "run_id", "person_id", "sent_to", "is_private")


async def add_forms(session: WriteSession, rows: Sequence[tuple[object, ...]]) -> None:
    """Write forms in bulk, in the order of FORM_COLUMNS."""
    await session.copy(form, FORM_COLUMNS, rows)


async def run_row(session: ReadSession, run_id: int) -> Row[Any]:
    """Return a run. Raises NotFound."""
    return await present_row(session, form_run, run_id)


async def runs(session: ReadSession, tax_year: int, before: int | None, limit: int) -> Sequence[Row[Any]]:
    """Return the runs of a year, the latest first."""
    statement = select(form_run).where(form_run.c.tax_year == tax_year)
    if before is not None:
        statement = statement.where(form_run.c.id < before)
    return (await session.execute(statement.order_by(form_run.c.id.desc()).limit(limit))).all()


async def forms_of_run(session: ReadSession, run_id: int) -> Sequence[Row[Any]]:
    """Return the forms of a run by serial."""
    statement = select(form).where(form.c.run_id == run_id).order_by(form.c.serial)
    return (await session.execute(statement)).all()


async def forms_of_persons(session: ReadSession, person_ids: Sequence[int]) -> Sequence[Row[Any]]:
    """Return the forms of persons with when and by whom they were made, by year."""
    statement = (
        select(form, form_run.c.made_at, form_run.c.made_by)
        .join(form_run, form_run.c.id == form.c.run_id)
        .where(one_of(person_ids)(form.c.person_id))
    )
    return (await session.execute(statement.order_by(form.c.tax_year, form.c.serial))).all()


def _flags(tax_year: int, chosen: Chosen) -> CTE:
    """Ask every condition of everybody of the base, once."""
    own = person.tax_year == tax_year, person.known_to == INFINITY, person.standing != Standing.OUTSIDE
    has_form = person.person_id.in_(select(form.c.person_id).where(form.c.tax_year == tax_year))
    papers = Papers(tax_year, chosen)
    asked = [
        TESTS[one.test](one, tax_year, papers).label(one.code) for one in (*chosen.include, *chosen.exclude)
    ]
    joined: FromClause = base_person
    for told in papers.years.values():
        joined = joined.outerjoin(told, told.c.person_id == person.person_id)
    everybody = select(person.person_id, person.household_number, has_form.label("has_form"), *asked)
    return everybody.select_from(joined).where(*own).cte("flags").prefix_with("MATERIALIZED")


def _meets(flags: CTE, chosen: Chosen) -> ColumnElement[bool]:
    included = or_(literal_column("false"), *(flags.c[one.code] for one in chosen.include))
    excluded = or_(literal_column("false"), *(flags.c[one.code] for one in chosen.exclude))
    return and_(included, not_(excluded))
