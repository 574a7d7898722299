"""Proposals of corrections."""

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Date,
    DateTime,
    Index,
    Integer,
    LargeBinary,
    Table,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from plugins.shikakeisan.tables import key, metadata, moment, number, tax_year, words

proposal = Table(
    "proposal",
    metadata,
    key(),
    tax_year(),
    number("person_id"),
    number("batch_id", nullable=True),
    words("kind"),
    words("state"),
    words("reason"),
    Column("received_on", Date, nullable=False),
    Column("documents", ARRAY(BigInteger), nullable=False),
    Column("changes", JSONB, nullable=False),
    Column("expected_revision", Integer, nullable=False),
    Column("before", JSONB, nullable=False),
    Column("after", JSONB, nullable=False),
    Column("effects", JSONB, nullable=False),
    Column("digest", LargeBinary, nullable=False),
    words("proposed_by"),
    moment("proposed_at"),
    words("decided_by", default=""),
    Column("decided_at", DateTime(timezone=True)),
    Column("version", Integer, nullable=False, server_default="1"),
    CheckConstraint("state IN ('proposed', 'approved', 'rejected', 'withdrawn', 'stale')", "state"),
    CheckConstraint("state <> 'approved' OR (decided_by <> '' AND decided_by <> proposed_by)", "two_persons"),
    CheckConstraint("octet_length(digest) = 32", "digest"),
    Index("ix_proposal_person", "person_id", "tax_year", "id"),
    Index("ix_proposal_open", "tax_year", "id", postgresql_where=text("state = 'proposed'")),
    Index("ix_proposal_batch", "batch_id", "id"),
)
"""更正の提案. `changes` are decisions on facts by path; `digest` is of exactly what the approver saw."""

batch = Table(
    "batch",
    metadata,
    key(),
    tax_year(),
    words("kind"),
    words("state"),
    words("reason"),
    Column("selection", JSONB, nullable=False),
    Column("sample", JSONB, nullable=False),
    Column("counts", JSONB, nullable=False),
    words("proposed_by"),
    moment("proposed_at"),
    words("decided_by", default=""),
    Column("decided_at", DateTime(timezone=True)),
    Column("version", Integer, nullable=False, server_default="1"),
    CheckConstraint("state IN ('dry', 'proposed', 'approved', 'rejected')", "state"),
    CheckConstraint("state <> 'approved' OR (decided_by <> '' AND decided_by <> proposed_by)", "two_persons"),
)
"""一括更正: dry run first, then a sample that somebody looked at, then sign-off by another person."""
