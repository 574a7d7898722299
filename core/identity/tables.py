"""The tables of identity, in the schema `core`.

Days are half-open: `valid_to` is the first day that no longer holds.
"""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, LargeBinary, String, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from core.storage.tables import COLUMN_TYPES, RecordedAt, SerialKey, UuidKey, schema_metadata


class Base(DeclarativeBase):
    """Base of the tables of identity."""

    metadata = schema_metadata("core")
    type_annotation_map = {**COLUMN_TYPES, bytes: LargeBinary()}  # noqa: RUF012  # SQLAlchemy reads it so


class Validity:
    """The days on which something holds."""

    valid_from: Mapped[date]
    valid_to: Mapped[date | None]


class DepartmentRow(Base):
    """An office of the municipality (部署)."""

    __tablename__ = "department"

    code: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]


class StaffRow(Validity, Base):
    """A member of staff. A number (職員番号) is never given again: the access log names people by it."""

    __tablename__ = "staff"
    __table_args__ = (CheckConstraint("number ~ '^[0-9A-Za-z]{1,10}$'", "number"),)

    number: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    department: Mapped[str] = mapped_column(ForeignKey(DepartmentRow.code))
    disabled_at: Mapped[datetime | None]
    created_at: Mapped[RecordedAt]


class RoleRow(Validity, Base):
    """A role given to a person for some days. Rows are ended, never deleted, so it is known who held what."""

    __tablename__ = "staff_role"
    __table_args__ = (Index(None, "staff_number"),)

    id: Mapped[SerialKey]
    staff_number: Mapped[str] = mapped_column(ForeignKey(StaffRow.number))
    role: Mapped[str]
    granted_at: Mapped[datetime]
    granted_by: Mapped[str]
    revoked_at: Mapped[datetime | None]
    revoked_by: Mapped[str | None]


class AccountChangeRow(Base):
    """What one administrator wants about an account and another one decides; `details` by `kind`.

    `code_part` is the sealed half of an enrolment code that the proposer was told, until it is decided.
    """

    __tablename__ = "account_change"
    __table_args__ = (
        CheckConstraint("kind IN ('staff', 'enrolment', 'role')", "kind"),
        CheckConstraint("state IN ('proposed', 'approved', 'rejected', 'withdrawn')", "state"),
        CheckConstraint("(state = 'proposed') = (decided_by IS NULL)", "decided"),
        CheckConstraint("state <> 'approved' OR decided_by <> proposed_by", "two_persons"),
        Index("ix_account_change_waiting", "id", postgresql_where=text("state = 'proposed'")),
    )

    id: Mapped[SerialKey]
    kind: Mapped[str]
    staff_number: Mapped[str]
    details: Mapped[dict[str, Any]]
    code_part: Mapped[bytes | None]
    state: Mapped[str] = mapped_column(server_default="proposed")
    proposed_by: Mapped[str]
    proposed_at: Mapped[datetime]
    decided_by: Mapped[str | None]
    decided_at: Mapped[datetime | None]


class PasswordRow(Base):
    """An argon2id hash; a person's newest row is the password, the ones before it are the history."""

    __tablename__ = "password"
    __table_args__ = (Index(None, "staff_number"),)

    id: Mapped[SerialKey]
    staff_number: Mapped[str] = mapped_column(ForeignKey(StaffRow.number))
    hash: Mapped[str]
    set_at: Mapped[datetime]


class TotpRow(Base):
    """A person's sealed TOTP secret, and the last step whose code was used: no code works twice."""

    __tablename__ = "totp"

    staff_number: Mapped[str] = mapped_column(ForeignKey(StaffRow.number), primary_key=True)
    secret: Mapped[bytes]
    last_step: Mapped[int] = mapped_column(BigInteger)


class EnrolmentRow(Base):
    """The one-time code with which a person sets password and second factor."""

    __tablename__ = "enrolment"

    staff_number: Mapped[str] = mapped_column(ForeignKey(StaffRow.number), primary_key=True)
    code_hash: Mapped[bytes]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class SessionRow(Base):
    """One signed-in sitting at one terminal. Whatever tokens say, this row decides."""

    __tablename__ = "session"
    __table_args__ = (Index(None, "staff_number"),)

    id: Mapped[UuidKey]
    staff_number: Mapped[str] = mapped_column(ForeignKey(StaffRow.number))
    created_at: Mapped[datetime]
    last_seen: Mapped[datetime]
    ends_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    revoked_reason: Mapped[str | None]
    origin_mark: Mapped[bytes]
    agent_mark: Mapped[bytes]


class RefreshRow(Base):
    """A refresh token, by its hash; used once."""

    __tablename__ = "refresh_token"
    __table_args__ = (Index(None, "session_id"),)

    hash: Mapped[bytes] = mapped_column(primary_key=True)
    session_id: Mapped[UUID] = mapped_column(ForeignKey(SessionRow.id))
    issued_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    replaced_by: Mapped[bytes | None]


class GuardRow(Base):
    """Tries counted against an account or a network address, known or not; `key` is a keyed hash."""

    __tablename__ = "sign_in_guard"
    __table_args__ = (Index(None, "last_at"),)

    key: Mapped[bytes] = mapped_column(primary_key=True)
    failures: Mapped[int]
    last_at: Mapped[datetime]
    locked_until: Mapped[datetime | None]


class ClientRow(Validity, Base):
    """Another system (業務システム) that may ask for tokens; its secret is needed to check an HMAC."""

    __tablename__ = "oauth_client"

    id: Mapped[str] = mapped_column(primary_key=True)
    system_id: Mapped[str]
    name: Mapped[str]
    secret: Mapped[bytes]
    scopes: Mapped[list[str]] = mapped_column(ARRAY(String))
    disabled_at: Mapped[datetime | None]
    created_at: Mapped[RecordedAt]


class AssertionRow(Base):
    """An assertion (`jti`) of a client that was used: it works once."""

    __tablename__ = "used_assertion"
    __table_args__ = (Index(None, "expires_at"),)

    client_id: Mapped[str] = mapped_column(ForeignKey(ClientRow.id), primary_key=True)
    jti: Mapped[str] = mapped_column(primary_key=True)
    expires_at: Mapped[datetime]
