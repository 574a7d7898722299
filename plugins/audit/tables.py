"""The tables of PostgreSQL schema `audit`: what was done, the chain that seals it, the signed checkpoints.

The application may insert and read, never change or delete: see the grants in `MIGRATIONS`, and the triggers
that stop the owner too. It cannot choose a row's id, time or transaction: PostgreSQL fills them in.
"""

from pathlib import Path

from sqlalchemy import (
    BigInteger,
    Column,
    DateTime,
    Identity,
    Index,
    LargeBinary,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY

from core.storage.migrations import Migrations
from core.storage.tables import schema_metadata

metadata = schema_metadata("audit")


def _text(name: str) -> Column[str]:
    return Column(name, Text, nullable=False)


def _texts(name: str) -> Column[list[str]]:
    return Column(name, ARRAY(Text), nullable=False)


THIS_TRANSACTION = text("pg_current_xact_id()::text::bigint")

entry = Table(
    "entry",
    metadata,
    Column(
        "transaction_id",
        BigInteger,
        nullable=False,
        server_default=text("pg_current_xact_id()::text::bigint"),
    ),
    Column("id", BigInteger, Identity(always=True), nullable=False),
    Column("recorded_at", DateTime(timezone=True), nullable=False, server_default=text("now()")),
    Column("happened_at", DateTime(timezone=True), nullable=False),
    _text("actor_kind"),
    _text("staff_number"),
    _text("department"),
    Column("session", Uuid),
    _text("operation"),
    _text("action"),
    _text("object_type"),
    _texts("object_ids"),
    _texts("fields"),
    _text("result"),
    _text("correlation_id"),
    _text("reason"),
    _text("origin"),
    PrimaryKeyConstraint("transaction_id", "id", name="pk_entry"),
    Index("ix_entry_recorded_at", "recorded_at"),
    Index("ix_entry_staff_number", "staff_number", "transaction_id", "id"),
    Index("ix_entry_object_ids", "object_ids", postgresql_using="gin"),
)
"""One row per action and type of object. `staff_number` is the client id where a program acted."""

seal = Table(
    "seal",
    metadata,
    Column("sequence", BigInteger, primary_key=True, autoincrement=False),
    Column("transaction_id", BigInteger, nullable=False),
    Column("entry_id", BigInteger, nullable=False),
    Column("link", LargeBinary, nullable=False),
    UniqueConstraint("transaction_id", "entry_id"),
)
"""Row n of the chain seals one entry. `sequence` has no gaps, unlike `entry.id`, which a rollback uses up.

No foreign key: its check would lock, that is rewrite, every row of the log once more.
"""

checkpoint = Table(
    "checkpoint",
    metadata,
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("size", BigInteger, nullable=False, unique=True),
    _text("origin"),
    _text("root"),
    _text("time"),
    _text("signature"),
)
"""What was signed, kept as the texts that were signed: see `plugins.audit.chain.Checkpoint`."""

GIVEN = tuple(c.name for c in entry.columns if c.server_default is None and c.identity is None)
"""The columns of an entry that the application says; the others are PostgreSQL's own."""

MIGRATIONS = Migrations(
    "audit",
    Path(__file__).parent / "migrations" / "versions",
    "audit",
    grants="SELECT",
    table_grants={
        "entry": f"SELECT, INSERT ({', '.join(GIVEN)})",
        "seal": "SELECT, INSERT",
        "checkpoint": "SELECT, INSERT",
    },
)
