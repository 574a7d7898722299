"""Closes, which revisions belong to each, and the files of changes that other systems got."""

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    Table,
    Text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from plugins.shikakeisan.tables import key, metadata, moment, number, words

closing = Table(
    "closing",
    metadata,
    key(),
    words("kind"),
    moment("previous_cut_off"),
    moment("cut_off"),
    Column("counts", JSONB, nullable=False),
    words("closed_by"),
    moment("closed_at"),
    CheckConstraint("kind IN ('initial', 'changes')", "kind"),
    CheckConstraint("previous_cut_off < cut_off", "order"),
    Index("uq_closing_cut_off", "cut_off", unique=True),
)
"""異動締め: the revisions decided up to the cut-off that belonged to no close before."""

closed_revision = Table(
    "closed_revision",
    metadata,
    Column("assessment_id", BigInteger, primary_key=True, autoincrement=False),
    number("closing_id"),
    Index("ix_closed_revision_closing", "closing_id", "assessment_id"),
)
"""To which close a revision belongs: to one, for the key is the revision (see docs/decisions/0080)."""

transfer = Table(
    "transfer",
    metadata,
    key(),
    words("recipient"),
    Column("sequence", Integer, nullable=False),
    number("first_closing_id"),
    number("closing_id"),
    Column("columns", ARRAY(Text), nullable=False),
    moment("since"),
    moment("until"),
    Column("rows", BigInteger, nullable=False),
    Column("sums", JSONB, nullable=False),
    Column("sha256", LargeBinary, nullable=False),
    words("made_by"),
    moment("made_at"),
    CheckConstraint("octet_length(sha256) = 32", "sha256"),
    Index("uq_transfer_sequence", "recipient", "sequence", unique=True),
)
"""A file of changes since a recipient's last one; it can be made again from the two clocks.

It holds the closes from `first_closing_id` to `closing_id`, with the columns that were agreed then; `made_at`
is the moment at which protection was looked up.
"""

left_out = Table(
    "left_out",
    metadata,
    Column("transfer_id", BigInteger, primary_key=True, autoincrement=False),
    Column("tax_year", SmallInteger, primary_key=True, autoincrement=False),
    Column("person_id", BigInteger, primary_key=True, autoincrement=False),
)
"""Whose change a file does not hold, for they are under 支援措置; the next file tries again."""

receipt = Table(
    "receipt",
    metadata,
    key(),
    number("transfer_id"),
    words("result"),
    Column("rows", BigInteger, nullable=False),
    Column("sha256", LargeBinary),
    words("reason", default=""),
    words("recorded_by"),
    moment("recorded_at"),
    CheckConstraint("result IN ('agrees', 'differs', 'explained')", "result"),
    CheckConstraint("(result = 'explained') = (reason <> '')", "reason"),
    CheckConstraint("rows >= 0", "rows"),
    CheckConstraint("octet_length(sha256) = 32", "sha256"),
    Index("ix_receipt_transfer", "transfer_id", "id"),
)
"""What a recipient said of a file: how many rows came, their digest if it told one; the last one counts."""
