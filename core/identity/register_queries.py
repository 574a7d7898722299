"""The SQL of the staff register: departments, staff, roles, enrolment, and the sessions of a person."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, or_, select, update
from sqlalchemy.dialects.postgresql import insert

from core.identity.tables import DepartmentRow, EnrolmentRow, RoleRow, SessionRow, StaffRow
from core.storage.database import ReadSession, WriteSession


async def put_departments(session: WriteSession, names: Mapping[str, str]) -> None:
    """Enter departments by code, or rename those that are there."""
    new = insert(DepartmentRow).values([{"code": code, "name": name} for code, name in names.items()])
    await session.execute(
        new.on_conflict_do_update(index_elements=[DepartmentRow.code], set_={"name": new.excluded.name})
    )


async def departments(session: ReadSession, codes: Sequence[str]) -> Mapping[str, DepartmentRow]:
    """Return departments by code."""
    found = await session.scalars(select(DepartmentRow).where(DepartmentRow.code.in_(codes)))
    return {row.code: row for row in found}


async def staff_page(session: ReadSession, after: str, most: int) -> Sequence[StaffRow]:
    """Return staff in the order of their numbers, after the given one."""
    query = select(StaffRow).where(StaffRow.number > after).order_by(StaffRow.number).limit(most)
    return (await session.scalars(query)).all()


async def staff(session: ReadSession, number: str) -> StaffRow | None:
    """Return one member of staff."""
    found: StaffRow | None = await session.scalar(select(StaffRow).where(StaffRow.number == number))
    return found


async def add_staff(session: WriteSession, values: Mapping[str, Any]) -> bool:
    """Enter a person; False if the number is taken."""
    done = await session.execute(
        insert(StaffRow).values(values).on_conflict_do_nothing().returning(StaffRow.number)
    )
    return done.one_or_none() is not None


async def disable_staff(session: WriteSession, number: str, now: datetime) -> bool:
    """Bar a person from signing in; False if that was done before."""
    done = await session.execute(
        update(StaffRow)
        .where(StaffRow.number == number, StaffRow.disabled_at.is_(None))
        .values(disabled_at=now)
        .returning(StaffRow.number)
    )
    return done.one_or_none() is not None


async def put_enrolment(session: WriteSession, number: str, code_hash: bytes, expires: datetime) -> None:
    """Give a person a new enrolment code; an older one no longer works."""
    fresh = {"code_hash": code_hash, "expires_at": expires, "used_at": None}
    new = insert(EnrolmentRow).values(staff_number=number, **fresh)
    await session.execute(new.on_conflict_do_update(index_elements=[EnrolmentRow.staff_number], set_=fresh))


async def roles(session: ReadSession, numbers: Sequence[str]) -> Mapping[str, Sequence[RoleRow]]:
    """Return the roles given to people, past and coming ones too, but not those taken away."""
    query = select(RoleRow).where(RoleRow.staff_number.in_(numbers), RoleRow.revoked_at.is_(None))
    found: dict[str, list[RoleRow]] = defaultdict(list)
    for row in await session.scalars(query.order_by(RoleRow.role, RoleRow.id)):
        found[row.staff_number].append(row)
    return found


async def last_seen(session: ReadSession, numbers: Sequence[str]) -> Mapping[str, datetime]:
    """Return when each of these people last did something; who never signed in is left out."""
    number, seen = SessionRow.staff_number, func.max(SessionRow.last_seen)
    found = await session.execute(select(number, seen).where(number.in_(numbers)).group_by(number))
    return {row[0]: row[1] for row in found}


async def roles_locked(session: WriteSession, number: str, today: date) -> Sequence[str]:
    """Return the roles a person holds today or will hold; nobody else changes them meanwhile."""
    await session.execute(select(StaffRow.number).where(StaffRow.number == number).with_for_update())
    lasting = or_(RoleRow.valid_to.is_(None), RoleRow.valid_to > today)
    query = select(RoleRow.role).where(RoleRow.staff_number == number, lasting, RoleRow.revoked_at.is_(None))
    return (await session.scalars(query)).all()


async def add_role(session: WriteSession, values: Mapping[str, Any]) -> None:
    """Give a person a role."""
    await session.execute(insert(RoleRow).values(values))


async def end_role(session: WriteSession, number: str, role: str, now: datetime, by: str) -> bool:
    """Take a role from a person; False if they do not have it."""
    done = await session.execute(
        update(RoleRow)
        .where(RoleRow.staff_number == number, RoleRow.role == role, RoleRow.revoked_at.is_(None))
        .values(revoked_at=now, revoked_by=by)
        .returning(RoleRow.id)
    )
    return bool(done.all())


async def open_sessions(session: ReadSession, number: str, now: datetime) -> Sequence[SessionRow]:
    """Return a person's sessions that were not ended, newest first."""
    query = select(SessionRow).where(
        SessionRow.staff_number == number, SessionRow.revoked_at.is_(None), SessionRow.ends_at > now
    )
    return (await session.scalars(query.order_by(SessionRow.id.desc()))).all()
