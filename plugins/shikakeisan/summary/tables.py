"""Summary forms that were made: which payer got one for which year."""

from sqlalchemy import CheckConstraint, Column, Index, LargeBinary, SmallInteger, Table, Text
from sqlalchemy.dialects.postgresql import JSONB

from plugins.shikakeisan.tables import key, metadata, moment, number, tax_year, words

summary_run = Table(
    "summary_run",
    metadata,
    key(),
    tax_year(),
    Column("counts", JSONB, nullable=False),
    Column("sha256", LargeBinary, nullable=False),
    words("made_by"),
    moment("made_at"),
    CheckConstraint("octet_length(sha256) = 32", "sha256"),
)
"""One making of 総括表, with the digest of its print file."""

summary_form = Table(
    "summary_form",
    metadata,
    Column("tax_year", SmallInteger, primary_key=True, autoincrement=False),
    Column("designation_number", Text, primary_key=True),
    number("run_id"),
    Index("ix_summary_form_run", "run_id"),
)
"""Who got a form: one for each payer and year."""
