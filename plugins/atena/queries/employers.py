"""Finding and reading employers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Column, ColumnElement, Row, Select, insert, select

from core.storage.database import ReadSession, WriteSession
from plugins.atena.queries.history import begins, comes_after, holds, known, said_in
from plugins.atena.queries.persons import Moment
from plugins.atena.tables import designation_serial, employer, employer_revision

revision = employer_revision.c


@dataclass(frozen=True)
class EmployerSearch:
    """What an employer is looked for by; all that is given must fit. Keys are folded (search_keys.py)."""

    designation_number: str | None = None
    corporate_number: str | None = None
    name_key: str | None = None
    kana_key: str | None = None


async def add_employer(session: WriteSession, designation_number: str, at: datetime) -> int:
    """Make an employer; raises IntegrityError if the number is taken."""
    row = {"designation_number": designation_number, "changed_at": at}
    added: int = (await session.execute(insert(employer).values(row).returning(employer.c.id))).scalar_one()
    return added


async def next_serial(session: WriteSession) -> int:
    """Take the next serial for a 指定番号."""
    return (await session.scalars(select(designation_serial.next_value()))).one()


async def find_employer(session: ReadSession, designation_number: str, moment: Moment) -> Row[Any] | None:
    """Return one employer as of a moment, or None."""
    found = await session.execute(
        _employers(moment).where(employer.c.designation_number == designation_number)
    )
    row: Row[Any] | None = found.one_or_none()
    return row


async def ids_of(session: ReadSession, designation_numbers: Sequence[str]) -> Mapping[str, int]:
    """Return the ids of employers by their numbers."""
    numbered = select(employer.c.designation_number, employer.c.id)
    rows = await session.execute(numbered.where(employer.c.designation_number.in_(designation_numbers)))
    return {row.designation_number: row.id for row in rows}


async def employers_by_id(session: ReadSession, ids: Sequence[int], moment: Moment) -> Mapping[int, Row[Any]]:
    """Return employers as of a moment by their ids."""
    found = await session.execute(_employers(moment).where(employer.c.id.in_(ids)))
    return {row.id: row for row in found}


async def employers_alike(
    session: ReadSession, content: Mapping[str, Any], moment: Moment
) -> Sequence[Row[Any]]:
    """Return employers with the 法人番号 or the folded name of the content, in the order of their numbers."""
    same_name = revision.name_key == content["name_key"]
    corporate = content.get("corporate_number")
    same = same_name | (revision.corporate_number == corporate) if corporate is not None else same_name
    statement = _employers(moment).where(same).order_by(employer.c.designation_number)
    rows: Sequence[Row[Any]] = (await session.execute(statement)).all()
    return rows


async def search_employers(
    session: ReadSession, search: EmployerSearch, moment: Moment, limit: int, after: int | None
) -> Sequence[Row[Any]]:
    """Return up to `limit` employers behind the given revision, in the order of what is asked for."""
    order = _order(search)
    statement = _employers(moment).where(*_conditions(search)).order_by(*order).limit(limit)
    if after is not None:
        statement = statement.where(comes_after(employer_revision, order, after))
    rows: Sequence[Row[Any]] = (await session.execute(statement)).all()
    return rows


def _employers(moment: Moment) -> Select[Any]:
    columns = (employer.c.id, employer.c.designation_number, employer.c.version)
    frame = (revision.id.label("revision_id"), revision.valid_from, revision.valid_to, revision.known_from)
    said = said_in(employer_revision)
    joined = employer.join(employer_revision, revision.employer_id == employer.c.id)
    at = holds(employer_revision, moment.as_of), known(employer_revision, moment.as_known_at)
    return select(*columns, *frame, *said).select_from(joined).where(*at)


def _conditions(search: EmployerSearch) -> list[ColumnElement[bool]]:
    conditions = []
    if search.designation_number is not None:
        conditions.append(employer.c.designation_number == search.designation_number)
    if search.corporate_number is not None:
        conditions.append(revision.corporate_number == search.corporate_number)
    if search.name_key is not None:
        conditions.append(begins(revision.name_key, search.name_key))
    if search.kana_key is not None:
        conditions.append(begins(revision.kana_key, search.kana_key))
    return conditions


def _order(search: EmployerSearch) -> tuple[Column[str], Column[int]]:
    by_name = search.name_key is not None and search.kana_key is None
    return (revision.name_key if by_name else revision.kana_key), revision.employer_id
