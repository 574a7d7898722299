"""Return forms that were made: each run with its conditions, and whose form it is."""

from sqlalchemy import Boolean, CheckConstraint, Column, Index, Integer, Table, Text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from plugins.shikakeisan.tables import key, metadata, moment, number, tax_year, words

form_run = Table(
    "form_run",
    metadata,
    key(),
    tax_year(),
    Column("included", ARRAY(Text), nullable=False),
    Column("excluded", ARRAY(Text), nullable=False),
    Column("counts", JSONB, nullable=False),
    Column("files", JSONB, nullable=False),
    words("made_by"),
    moment("made_at"),
    Index("ix_form_run_year", "tax_year", "id"),
)
"""One making of forms (申告書の作成): by which conditions, how many, and the digest of each file."""

form = Table(
    "form",
    metadata,
    key(),
    tax_year(),
    Column("serial", Integer, nullable=False),
    number("run_id"),
    number("person_id"),
    words("sent_to"),
    Column("is_private", Boolean, nullable=False),
    CheckConstraint("serial > 0", "serial"),
    Index("uq_form_serial", "tax_year", "serial", unique=True),
    Index("uq_form_person", "person_id", "tax_year", unique=True),
    Index("ix_form_run", "run_id", "serial"),
)
"""One person's 住民税申告書 of a year. `sent_to` says by which rule of 宛名 it goes where it goes.

`is_private` are people under 支援措置 and who lives with them: their forms stand in a file of their own.
"""
