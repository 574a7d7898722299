"""The SQL of account changes: what waits for a second administrator, and what was decided."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert

from core.identity.tables import AccountChangeRow, RoleRow, StaffRow
from core.storage.database import ReadSession, WriteSession


async def add_change(session: WriteSession, values: Mapping[str, Any]) -> int:
    """Write a proposal and return its number."""
    added = await session.scalar(insert(AccountChangeRow).values(values).returning(AccountChangeRow.id))
    return int(added or 0)


async def decide_change(
    session: WriteSession, change_id: int, state: str, decided_by: str, now: datetime
) -> None:
    """End a proposal; the half of a code that it kept goes."""
    await session.execute(
        update(AccountChangeRow)
        .where(AccountChangeRow.id == change_id)
        .values(state=state, decided_by=decided_by, decided_at=now, code_part=None)
    )


async def change(session: ReadSession, change_id: int) -> AccountChangeRow | None:
    """Return a proposal as it stands in the database now."""
    statement = select(AccountChangeRow).where(AccountChangeRow.id == change_id)
    found: AccountChangeRow | None = await session.scalar(statement.execution_options(populate_existing=True))
    return found


async def changes_page(
    session: ReadSession, after: int, most: int, *, only_waiting: bool
) -> Sequence[AccountChangeRow]:
    """Return proposals, newest first, those before the number `after`."""
    statement = select(AccountChangeRow).where(AccountChangeRow.id < after)
    if only_waiting:
        statement = statement.where(AccountChangeRow.state == "proposed")
    return (await session.scalars(statement.order_by(AccountChangeRow.id.desc()).limit(most))).all()


async def count_with_role(session: ReadSession, role: str, today: date) -> int:
    """Count the people who hold a role on a day and are not barred."""
    statement = (
        select(func.count(func.distinct(RoleRow.staff_number)))
        .join(StaffRow, StaffRow.number == RoleRow.staff_number)
        .where(
            RoleRow.role == role,
            RoleRow.revoked_at.is_(None),
            *(row.valid_from <= today for row in (RoleRow, StaffRow)),
            *((row.valid_to.is_(None)) | (row.valid_to > today) for row in (RoleRow, StaffRow)),
            StaffRow.disabled_at.is_(None),
        )
    )
    return await session.scalar(statement) or 0
