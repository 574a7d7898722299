"""Identity: departments, staff, roles, credentials, sessions, lock-out, programs."""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY

revision = "core_identity"
down_revision = None
branch_labels = ("core",)
depends_on = None

NOW = sa.text("now()")


def upgrade() -> None:
    """Create the tables, owners first."""
    op.create_table("department", _text("code", primary_key=True), _text("name"), schema="core")
    op.create_table(
        "staff",
        _text("number", primary_key=True),
        _text("name"),
        _text("department"),
        sa.Column("valid_from", sa.Date, nullable=False),
        sa.Column("valid_to", sa.Date),
        _moment("disabled_at", nullable=True),
        _moment("created_at", server_default=NOW),
        sa.CheckConstraint("number ~ '^[0-9A-Za-z]{1,10}$'", name="ck_staff_number"),
        _reference("staff", "department", "department.code"),
        schema="core",
    )
    _create_of_person(
        "staff_role",
        sa.Column("id", sa.BigInteger, sa.Identity(always=True), primary_key=True),
        _text("role"),
        sa.Column("valid_from", sa.Date, nullable=False),
        sa.Column("valid_to", sa.Date),
        _moment("granted_at"),
        _text("granted_by"),
        _moment("revoked_at", nullable=True),
        _text("revoked_by", nullable=True),
    )
    _create_of_person(
        "password",
        sa.Column("id", sa.BigInteger, sa.Identity(always=True), primary_key=True),
        _text("hash"),
        _moment("set_at"),
    )
    _create_of_person(
        "session",
        sa.Column("id", sa.Uuid, primary_key=True, server_default=sa.text("uuidv7()")),
        _moment("created_at"),
        _moment("last_seen"),
        _moment("ends_at"),
        _moment("revoked_at", nullable=True),
        _text("revoked_reason", nullable=True),
        _bytes("origin_mark"),
        _bytes("agent_mark"),
    )
    _create_credentials()
    _create_clients()
    # rows that are updated often: room in the page keeps the updates out of the indexes
    for table in ("session", "totp", "sign_in_guard"):
        op.execute(f"ALTER TABLE core.{table} SET (fillfactor = 70)")


def _create_credentials() -> None:
    op.create_table(
        "totp",
        _text("staff_number", primary_key=True),
        _bytes("secret"),
        sa.Column("last_step", sa.BigInteger, nullable=False),
        _reference("totp", "staff_number", "staff.number"),
        schema="core",
    )
    op.create_table(
        "enrolment",
        _text("staff_number", primary_key=True),
        _bytes("code_hash"),
        _moment("expires_at"),
        _moment("used_at", nullable=True),
        _reference("enrolment", "staff_number", "staff.number"),
        schema="core",
    )
    op.create_table(
        "refresh_token",
        _bytes("hash", primary_key=True),
        sa.Column("session_id", sa.Uuid, nullable=False),
        _moment("issued_at"),
        _moment("used_at", nullable=True),
        _bytes("replaced_by", nullable=True),
        _reference("refresh_token", "session_id", "session.id"),
        schema="core",
    )
    op.create_index("ix_refresh_token_session_id", "refresh_token", ["session_id"], schema="core")
    op.create_table(
        "sign_in_guard",
        _bytes("key", primary_key=True),
        sa.Column("failures", sa.Integer, nullable=False),
        _moment("last_at"),
        _moment("locked_until", nullable=True),
        schema="core",
    )
    op.create_index("ix_sign_in_guard_last_at", "sign_in_guard", ["last_at"], schema="core")


def _create_clients() -> None:
    op.create_table(
        "oauth_client",
        _text("id", primary_key=True),
        _text("system_id"),
        _text("name"),
        _bytes("secret"),
        sa.Column("scopes", ARRAY(sa.String), nullable=False),
        sa.Column("valid_from", sa.Date, nullable=False),
        sa.Column("valid_to", sa.Date),
        _moment("disabled_at", nullable=True),
        _moment("created_at", server_default=NOW),
        schema="core",
    )
    op.create_table(
        "used_assertion",
        _text("client_id", primary_key=True),
        _text("jti", primary_key=True),
        _moment("expires_at"),
        _reference("used_assertion", "client_id", "oauth_client.id"),
        schema="core",
    )
    op.create_index("ix_used_assertion_expires_at", "used_assertion", ["expires_at"], schema="core")


def downgrade() -> None:
    """Drop the tables."""
    for table in (
        "used_assertion",
        "oauth_client",
        "sign_in_guard",
        "refresh_token",
        "enrolment",
        "totp",
        "session",
        "password",
        "staff_role",
        "staff",
        "department",
    ):
        op.drop_table(table, schema="core")


def _create_of_person(table: str, *columns: sa.Column[Any]) -> None:
    """Create a table whose rows belong to a member of staff and are looked up by them."""
    reference = _reference(table, "staff_number", "staff.number")
    op.create_table(table, columns[0], _text("staff_number"), *columns[1:], reference, schema="core")
    op.create_index(f"ix_{table}_staff_number", table, ["staff_number"], schema="core")


def _text(name: str, *, nullable: bool = False, primary_key: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.Text, nullable=nullable, primary_key=primary_key)


def _bytes(name: str, *, nullable: bool = False, primary_key: bool = False) -> sa.Column[bytes]:
    return sa.Column(name, sa.LargeBinary, nullable=nullable, primary_key=primary_key)


def _moment(
    name: str, *, nullable: bool = False, server_default: sa.TextClause | None = None
) -> sa.Column[Any]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable, server_default=server_default)


def _reference(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"core.{target}"], name=f"fk_{table}_{column}")
