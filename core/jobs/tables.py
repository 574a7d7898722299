"""The one table of the jobs. Its times are the database's: a lease must mean the same to every worker."""

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    DateTime,
    Identity,
    Index,
    Integer,
    Table,
    Text,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from core.storage.tables import schema_metadata

IS_ACTIVE = text("state IN ('queued', 'running', 'cancelling')")
STATES = "state IN ('queued', 'running', 'cancelling', 'cancelled', 'done', 'done_with_errors', 'failed')"

job = Table(
    "job",
    schema_metadata("core"),
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("type", Text, nullable=False),
    Column("parameters", JSONB, nullable=False),
    Column("requester", Text, nullable=False),
    Column("requester_kind", Text, nullable=False),
    Column("department", Text, nullable=False),
    Column("key", Text),
    Column("state", Text, nullable=False, server_default="queued"),
    Column("done", BigInteger, nullable=False, server_default="0"),
    Column("total", BigInteger),
    Column("message", Text, nullable=False, server_default=""),
    Column("cursor", JSONB(none_as_null=True)),
    Column("result", JSONB(none_as_null=True)),
    Column("error_code", Text),
    Column("error_message", Text),
    Column("attempt", Integer, nullable=False, server_default="0"),
    Column("steps", BigInteger, nullable=False, server_default="0"),
    Column("stalls", Integer, nullable=False, server_default="0"),
    Column("created_at", DateTime(timezone=True), nullable=False, server_default=text("now()")),
    Column("started_at", DateTime(timezone=True)),
    Column("finished_at", DateTime(timezone=True)),
    Column("lease_until", DateTime(timezone=True)),
    CheckConstraint(STATES, name="state"),
    Index("ix_job_active", "id", postgresql_where=IS_ACTIVE),
    Index("uq_job_key", "key", unique=True, postgresql_where=IS_ACTIVE),
)
