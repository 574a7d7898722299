"""Proposals of corrections, batches of them, who looked at a sample, and marks for 資料連絡せん."""

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Date,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from plugins.shikakeisan.tables import by_two_people, key, metadata, moment, number, tax_year, words

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
    Column("event_on", Date),
    words("claimed_period"),
    Column("documents", ARRAY(BigInteger), nullable=False),
    Column("changes", JSONB, nullable=False),
    Column("seen", JSONB, nullable=False),
    Column("held_back", JSONB, nullable=False),
    Column("expected_revision", Integer, nullable=False),
    number("base_id"),
    number("basis_id", nullable=True),
    words("rules_version"),
    Column("before", JSONB, nullable=False),
    Column("after", JSONB, nullable=False),
    Column("causes", JSONB, nullable=False),
    Column("effects", JSONB, nullable=False),
    Column("digest", LargeBinary, nullable=False),
    *by_two_people(),
    Column("decided_revision", Integer),
    Column("version", Integer, nullable=False, server_default="1"),
    CheckConstraint(
        "state IN ('planned', 'proposed', 'approved', 'rejected', 'withdrawn', 'stale')", "state"
    ),
    CheckConstraint("state <> 'approved' OR (decided_by <> '' AND decided_by <> proposed_by)", "two_persons"),
    CheckConstraint("octet_length(digest) = 32", "digest"),
    Index("ix_proposal_person", "person_id", "tax_year", "id"),
    Index("ix_proposal_open", "tax_year", "id", postgresql_where=text("state = 'proposed'")),
    Index("ix_proposal_batch", "batch_id", "id"),
)
"""更正の提案. `changes` are decisions on facts by path, `seen` what the merge said there, `digest` is of all
that an approver saw.

`base_id`, `basis_id` and `expected_revision` say what it was computed from. `before` and `after` hold
outcome, ground and figures; `causes` the quantities that differ, in the order of calculation; `held_back` the
facts that came too late to count. `planned` is what the dry run of a batch found.
"""

batch = Table(
    "batch",
    metadata,
    key(),
    tax_year(),
    words("kind"),
    words("state"),
    words("reason"),
    Column("received_on", Date, nullable=False),
    Column("selection", JSONB, nullable=False),
    Column("changes", JSONB, nullable=False),
    Column("sample", ARRAY(BigInteger), nullable=False),
    Column("counts", JSONB, nullable=False),
    number("job_id", nullable=True),
    *by_two_people(),
    Column("version", Integer, nullable=False, server_default="1"),
    CheckConstraint("state IN ('dry', 'ready', 'proposed', 'approved', 'done', 'rejected')", "state"),
    CheckConstraint(
        "state NOT IN ('approved', 'done') OR (decided_by <> '' AND decided_by <> proposed_by)", "two_persons"
    ),
    Index("ix_batch_tax_year", "tax_year", "id"),
)
"""一括更正: a dry run (`dry`, `ready`), proposed, signed off by somebody else (`approved`), written (`done`).

`selection` says who was chosen; `changes` what changes for each (empty: only merged and calculated again).
`sample` are proposals that whoever signs off must look at.
"""

sample_look = Table(
    "sample_look",
    metadata,
    Column("proposal_id", BigInteger, primary_key=True, autoincrement=False),
    Column("staff", Text, primary_key=True),
    moment("looked_at"),
)
"""Who looked at a proposal of a batch's sample."""

contact_slip = Table(
    "contact_slip",
    metadata,
    key(),
    tax_year(),
    number("person_id"),
    number("proposal_id"),
    moment("marked_at"),
    moment("printed_at", default="infinity"),
    Index("uq_contact_slip", "proposal_id", unique=True),
    Index("ix_contact_slip_waiting", "tax_year", "id", postgresql_where=text("printed_at = 'infinity'")),
)
"""資料連絡せん (地方税法317条): a taxpayer who was denied a dependant is marked; the slip is printed once."""
