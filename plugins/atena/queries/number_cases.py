"""The work list of My Numbers that a document states and that we did not take."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Row, Select, insert, select

from core.storage.database import ReadSession, WriteSession
from plugins.atena.tables import number_case, number_case_outcome, person

case = number_case.c
outcome = number_case_outcome.c


async def open_case_of(session: ReadSession, person_id: int, indexes: Sequence[bytes]) -> int | None:
    """Return the open case of a person about one number, if there is one."""
    statement = _cases().where(
        case.person_id == person_id, case.blind_index.in_(indexes), outcome.case_id.is_(None)
    )
    row = (await session.execute(statement.limit(1))).one_or_none()
    return None if row is None else int(row.id)


async def add_case(session: WriteSession, row: Mapping[str, Any]) -> int:
    """Open a case."""
    added: int = (await session.execute(insert(number_case).values(row).returning(case.id))).scalar_one()
    return added


async def find_case(session: ReadSession, case_id: int) -> Row[Any] | None:
    """Return one case with its outcome, if it has one."""
    found = await session.execute(_cases().where(case.id == case_id))
    row: Row[Any] | None = found.one_or_none()
    return row


async def cases_after(session: ReadSession, after: int, limit: int, *, only_open: bool) -> Sequence[Row[Any]]:
    """Return cases behind an id, the oldest first."""
    statement = _cases().where(case.id > after).order_by(case.id).limit(limit)
    if only_open:
        statement = statement.where(outcome.case_id.is_(None))
    rows: Sequence[Row[Any]] = (await session.execute(statement)).all()
    return rows


async def add_outcome(session: WriteSession, row: Mapping[str, Any]) -> None:
    """Note how a case ended; raises IntegrityError if it ended before."""
    await session.execute(insert(number_case_outcome), [row])


def _cases() -> Select[Any]:
    ended = [outcome.outcome, outcome.note, outcome.resolved_by, outcome.resolved_at]
    joined = number_case.join(person).outerjoin(number_case_outcome)
    return select(number_case, person.c.atena_number, *ended).select_from(joined)
