"""Closes, and the files of changes that other systems got."""

from sqlalchemy import BigInteger, CheckConstraint, Column, Index, Integer, LargeBinary, Table
from sqlalchemy.dialects.postgresql import JSONB

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
"""異動締め: every revision decided after the previous cut-off and up to this one belongs to it, once."""

transfer = Table(
    "transfer",
    metadata,
    key(),
    words("recipient"),
    Column("sequence", Integer, nullable=False),
    number("closing_id"),
    moment("since"),
    moment("until"),
    Column("rows", BigInteger, nullable=False),
    Column("sha256", LargeBinary, nullable=False),
    moment("made_at"),
    CheckConstraint("octet_length(sha256) = 32", "sha256"),
    Index("uq_transfer_sequence", "recipient", "sequence", unique=True),
)
"""A file of changes since a recipient's last one; it can be made again from the two clocks."""
