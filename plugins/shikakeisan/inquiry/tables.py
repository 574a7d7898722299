"""Inquiries to other municipalities, about whom, and what was answered."""

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
    Text,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY

from plugins.shikakeisan.tables import by_two_people, key, metadata, moment, number, tax_year, words

inquiry = Table(
    "inquiry",
    metadata,
    key(),
    tax_year(),
    Column("sequence", Integer, nullable=False),
    words("municipality_code"),
    words("municipality_name"),
    Column("due_on", Date, nullable=False),
    words("state"),
    words("made_by"),
    moment("made_at"),
    words("sent_by", default=""),
    Column("sent_at", DateTime(timezone=True)),
    Column("sha256", LargeBinary),
    Column("version", Integer, nullable=False, server_default="1"),
    CheckConstraint("municipality_code ~ '^[0-9]{6}$'", "municipality_code"),
    CheckConstraint("state IN ('draft', 'sent', 'answered', 'cancelled')", "state"),
    CheckConstraint("(sent_at IS NULL) = (sha256 IS NULL)", "sent"),
    CheckConstraint("(state IN ('sent', 'answered')) = (sent_at IS NOT NULL)", "sent_state"),
    Index("uq_inquiry_sequence", "tax_year", "sequence", unique=True),
)
"""所得照会 (地方税法20条の11): one sheet for one municipality. `sequence` counts within the year.

Overdue is no state: a sent inquiry is, once `due_on` has passed.
"""

inquiry_person = Table(
    "inquiry_person",
    metadata,
    Column("inquiry_id", BigInteger, primary_key=True, autoincrement=False),
    Column("line", Integer, primary_key=True, autoincrement=False),
    number("person_id"),
    Index("uq_inquiry_person", "person_id", "inquiry_id", unique=True),
)
"""About whom an inquiry is; `line` is the reference that the other municipality answers with."""

inquiry_reply = Table(
    "inquiry_reply",
    metadata,
    key(),
    number("inquiry_id"),
    number("person_id"),
    words("kind"),
    number("income", nullable=True),
    Column("replied_on", Date, nullable=False),
    words("state"),
    *by_two_people(),
    words("result", default=""),
    Column("proposals", ARRAY(BigInteger), nullable=False, server_default="{}"),
    Column("decisions", ARRAY(BigInteger), nullable=False, server_default="{}"),
    Column("refusals", ARRAY(Text), nullable=False, server_default="{}"),
    Column("version", Integer, nullable=False, server_default="1"),
    CheckConstraint("kind IN ('income', 'no_record', 'not_resident')", "kind"),
    CheckConstraint("(kind = 'income') = (income IS NOT NULL)", "income"),
    CheckConstraint("state IN ('entered', 'confirmed', 'rejected', 'withdrawn')", "state"),
    CheckConstraint(
        "state <> 'confirmed' OR (decided_by <> '' AND decided_by <> proposed_by)", "two_persons"
    ),
    CheckConstraint("(state = 'confirmed') = (result <> '')", "result"),
    Index(
        "uq_inquiry_reply",
        "inquiry_id",
        "person_id",
        unique=True,
        postgresql_where=text("state IN ('entered', 'confirmed')"),
    ),
)
"""What the other municipality answered about one person: entered by one officer, confirmed by another.

`result` says what followed. `proposals` (更正) and `decisions` (on facts, before the tax is decided) are what
was proposed in the name of who entered it; `refusals` are the codes where nothing could be proposed.
"""
