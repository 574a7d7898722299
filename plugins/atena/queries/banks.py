"""The bank master and the accounts of persons."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, Row, any_, exists, insert, literal, select
from sqlalchemy.dialects.postgresql import ARRAY

from core.storage.database import ReadSession, WriteSession
from plugins.atena.history import LATEST
from plugins.atena.queries.history import holds, known
from plugins.atena.queries.persons import Moment
from plugins.atena.tables import bank_account, bank_branch, bank_branch_revision


async def add_branch(session: WriteSession, code: str, at: datetime) -> int:
    """Make a branch; raises IntegrityError if the code is taken."""
    row = {"code": code, "changed_at": at}
    statement = insert(bank_branch).values(row).returning(bank_branch.c.id)
    added: int = (await session.execute(statement)).scalar_one()
    return added


async def add_branches(session: WriteSession, codes: Sequence[str], at: datetime) -> None:
    """Make many branches; raises IntegrityError if a code is taken meanwhile."""
    await session.copy(bank_branch, ("code", "changed_at"), [(code, at) for code in codes])


async def branch_at(session: ReadSession, code: str, moment: Moment) -> Row[Any] | None:
    """Return a branch as of a moment, merged or not; None if it is not known then."""
    at = (holds(bank_branch_revision, moment.as_of), known(bank_branch_revision, moment.as_known_at))
    statement = (
        select(bank_branch.c.code, bank_branch.c.version, bank_branch_revision)
        .join(bank_branch, bank_branch.c.id == bank_branch_revision.c.bank_branch_id)
        .where(bank_branch.c.code == code, *at)
    )
    row: Row[Any] | None = (await session.execute(statement)).one_or_none()
    return row


async def branches(session: ReadSession) -> Mapping[str, int]:
    """Return all branches that were ever known: code to id."""
    rows = await session.execute(select(bank_branch.c.code, bank_branch.c.id))
    return {row.code: row.id for row in rows}


async def holders_at(session: ReadSession, code: str, since: date) -> Sequence[int]:
    """Return whose account is at a branch on or after a day."""
    account = bank_account.c
    at = (account.branch_code == code, account.valid_to > since, known(bank_account, LATEST))
    return (await session.scalars(select(account.person_id).where(*at).distinct())).all()


async def stranded_accounts(session: ReadSession, as_of: date, after: int, limit: int) -> Sequence[Row[Any]]:
    """Return accounts of the day at a branch that is there no longer, behind an account's id."""
    there = (
        exists()
        .where(bank_branch.c.code == bank_account.c.branch_code)
        .where(bank_branch_revision.c.bank_branch_id == bank_branch.c.id)
        .where(holds(bank_branch_revision, as_of), known(bank_branch_revision, LATEST))
    )
    statement = (
        select(bank_account)
        .where(holds(bank_account, as_of), known(bank_account, LATEST), ~there, bank_account.c.id > after)
        .order_by(bank_account.c.id)
        .limit(limit)
    )
    return (await session.execute(statement)).all()


async def successors(session: ReadSession, moment: Moment) -> Mapping[str, str]:
    """Return all branches that are merged into another one at the moment: old code to new."""
    at = (holds(bank_branch_revision, moment.as_of), known(bank_branch_revision, moment.as_known_at))
    successor = bank_branch_revision.c.successor_code
    statement = (
        select(bank_branch.c.code, successor)
        .join(bank_branch, bank_branch.c.id == bank_branch_revision.c.bank_branch_id)
        .where(successor.is_not(None), *at)
    )
    return {row.code: row.successor_code for row in await session.execute(statement)}


async def accounts_of(
    session: ReadSession, person_ids: Sequence[int], moment: Moment
) -> Mapping[int, Row[Any]]:
    """Return the account of each person at the moment, under the branch code that was registered."""
    asked = bank_account.c.person_id == any_(literal(list(person_ids), ARRAY(BigInteger)))
    at = (holds(bank_account, moment.as_of), known(bank_account, moment.as_known_at))
    rows = await session.execute(select(bank_account).where(asked, *at))
    return {row.person_id: row for row in rows}
