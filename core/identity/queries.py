"""The SQL of sign-in, sessions and programs; that of the staff register stands in `register_queries`."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Select, bindparam, delete, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert

from core.identity.tables import (
    EnrolmentRow,
    PasswordRow,
    RefreshRow,
    RoleRow,
    SessionRow,
    StaffRow,
    TotpRow,
)
from core.storage.database import ReadSession, WriteSession


class Validity(NamedTuple):
    """From when to when, and whether somebody ended it early."""

    valid_from: date
    valid_to: date | None
    disabled_at: datetime | None

    def holds(self, today: date) -> bool:
        """Tell whether it holds today."""
        begun = self.valid_from <= today
        return begun and self.disabled_at is None and (self.valid_to is None or today < self.valid_to)


class SessionState(NamedTuple):
    """A session and its person, as one statement sees them."""

    number: str
    department: str
    last_seen: datetime
    ends_at: datetime
    revoked_at: datetime | None
    valid_from: date
    valid_to: date | None
    disabled_at: datetime | None
    roles: Sequence[str] | None
    password_set_at: datetime | None

    @property
    def validity(self) -> Validity:
        """The validity of the person."""
        return Validity(self.valid_from, self.valid_to, self.disabled_at)


class Credentials(NamedTuple):
    """What a sign-in is checked against."""

    hash: str
    password_set_at: datetime
    secret: bytes
    valid_from: date
    valid_to: date | None
    disabled_at: datetime | None

    @property
    def validity(self) -> Validity:
        """The validity of the person."""
        return Validity(self.valid_from, self.valid_to, self.disabled_at)


def role_holds(today: Any) -> Any:
    """Return the condition that a role is held on a day."""
    ends_later = or_(RoleRow.valid_to.is_(None), RoleRow.valid_to > today)
    return (RoleRow.valid_from <= today) & ends_later & RoleRow.revoked_at.is_(None)


def _newest_password(column: Any) -> Any:
    return (
        select(column)
        .where(PasswordRow.staff_number == StaffRow.number)
        .order_by(PasswordRow.id.desc())
        .limit(1)
        .correlate(StaffRow)
        .scalar_subquery()
    )


def _session_query() -> Select[Any]:
    roles = (
        select(func.array_agg(RoleRow.role))
        .where(RoleRow.staff_number == StaffRow.number, role_holds(bindparam("today")))
        .correlate(StaffRow)
        .scalar_subquery()
    )
    return (
        select(
            StaffRow.number,
            StaffRow.department,
            SessionRow.last_seen,
            SessionRow.ends_at,
            SessionRow.revoked_at,
            StaffRow.valid_from,
            StaffRow.valid_to,
            StaffRow.disabled_at,
            roles,
            _newest_password(PasswordRow.set_at),
        )
        .join(StaffRow, SessionRow.staff_number == StaffRow.number)
        .where(SessionRow.id == bindparam("id"))
    )


SESSION = _session_query()


async def session_state(session: ReadSession, session_id: UUID, today: date) -> SessionState | None:
    """Return one session with its person's validity, present roles and password's date."""
    row = (await session.execute(SESSION, {"id": session_id, "today": today})).one_or_none()
    return None if row is None else SessionState(*row)


async def credentials(session: ReadSession, number: str) -> Credentials | None:
    """Return what a person signs in with; None for an unknown number and before enrolment."""
    query = (
        select(
            _newest_password(PasswordRow.hash),
            _newest_password(PasswordRow.set_at),
            TotpRow.secret,
            StaffRow.valid_from,
            StaffRow.valid_to,
            StaffRow.disabled_at,
        )
        .join(TotpRow, TotpRow.staff_number == StaffRow.number)
        .where(StaffRow.number == number)
    )
    row = (await session.execute(query)).one_or_none()
    return None if row is None else Credentials(*row)


async def use_step(session: WriteSession, number: str, step: int) -> bool:
    """Mark a TOTP step as used; False if it, or a later one, was used before."""
    done = await session.execute(
        update(TotpRow)
        .where(TotpRow.staff_number == number, TotpRow.last_step < step)
        .values(last_step=step)
        .returning(TotpRow.staff_number)
    )
    return done.one_or_none() is not None


async def set_totp(session: WriteSession, number: str, secret: bytes) -> None:
    """Give a person a new second factor."""
    new = insert(TotpRow).values(staff_number=number, secret=secret, last_step=0)
    await session.execute(
        new.on_conflict_do_update(
            index_elements=[TotpRow.staff_number], set_={"secret": secret, "last_step": 0}
        )
    )


async def drop_totp(session: WriteSession, number: str) -> None:
    """Take a person's second factor away: without it nobody signs in."""
    await session.execute(delete(TotpRow).where(TotpRow.staff_number == number))


async def password_hashes(session: ReadSession, number: str, most: int) -> Sequence[str]:
    """Return a person's last password hashes, newest first."""
    query = select(PasswordRow.hash).where(PasswordRow.staff_number == number)
    return (await session.scalars(query.order_by(PasswordRow.id.desc()).limit(most))).all()


async def add_password(session: WriteSession, number: str, hashed: str, now: datetime) -> None:
    """Give a person a new password."""
    await session.execute(insert(PasswordRow).values(staff_number=number, hash=hashed, set_at=now))


async def use_enrolment(session: WriteSession, number: str, code_hash: bytes, now: datetime) -> bool:
    """Use up an enrolment code; False if it is not the person's, was used, or is too old."""
    done = await session.execute(
        update(EnrolmentRow)
        .where(
            EnrolmentRow.staff_number == number,
            EnrolmentRow.code_hash == code_hash,
            EnrolmentRow.used_at.is_(None),
            EnrolmentRow.expires_at > now,
        )
        .values(used_at=now)
        .returning(EnrolmentRow.staff_number)
    )
    return done.one_or_none() is not None


async def add_session(session: WriteSession, values: dict[str, Any]) -> UUID:
    """Open a session and return its id."""
    done = await session.execute(insert(SessionRow).values(values).returning(SessionRow.id))
    return done.scalar_one()


async def touch_session(session: WriteSession, session_id: UUID, now: datetime) -> None:
    """Note that the person was active."""
    live = (SessionRow.id == session_id) & SessionRow.revoked_at.is_(None)
    await session.execute(update(SessionRow).where(live, SessionRow.last_seen < now).values(last_seen=now))


async def revoke_session(session: WriteSession, session_id: UUID, now: datetime, reason: str) -> str | None:
    """End one open session and return its person's number; None if there is no such open session."""
    ending = update(SessionRow).where(SessionRow.id == session_id, SessionRow.revoked_at.is_(None))
    number: str | None = await session.scalar(
        ending.values(revoked_at=now, revoked_reason=reason).returning(SessionRow.staff_number)
    )
    return number


async def revoke_sessions(
    session: WriteSession, number: str, now: datetime, reason: str, keep: UUID | None = None
) -> None:
    """End all open sessions of a person but the one to `keep`."""
    ending = update(SessionRow).where(SessionRow.staff_number == number, SessionRow.revoked_at.is_(None))
    if keep is not None:
        ending = ending.where(SessionRow.id != keep)
    await session.execute(ending.values(revoked_at=now, revoked_reason=reason))


async def add_refresh(session: WriteSession, hashed: bytes, session_id: UUID, now: datetime) -> None:
    """Keep the hash of a new refresh token."""
    await session.execute(insert(RefreshRow).values(hash=hashed, session_id=session_id, issued_at=now))


async def refresh_locked(session: WriteSession, hashed: bytes) -> tuple[UUID, datetime | None] | None:
    """Return session and time of use of a refresh token, held against a second use at the same moment."""
    query = select(RefreshRow.session_id, RefreshRow.used_at).where(RefreshRow.hash == hashed)
    row = (await session.execute(query.with_for_update())).one_or_none()
    return None if row is None else (row[0], row[1])


async def use_refresh(session: WriteSession, hashed: bytes, replaced_by: bytes, now: datetime) -> None:
    """Note that a refresh token was used and which one took its place."""
    used = update(RefreshRow).where(RefreshRow.hash == hashed)
    await session.execute(used.values(used_at=now, replaced_by=replaced_by))
