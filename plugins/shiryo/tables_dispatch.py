"""What went to other municipalities (回送), and when: once, and printable again."""

from sqlalchemy import (
    BigInteger,
    Column,
    Date,
    DateTime,
    ForeignKey,
    Identity,
    Index,
    Integer,
    SmallInteger,
    Table,
    Text,
)

from plugins.shiryo.tables import metadata

dispatch = Table(
    "dispatch",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("tax_year", SmallInteger, nullable=False),
    Column("municipality_code", Text, nullable=False),
    Column("sent_on", Date, nullable=False),
    Column("sent_by", Text, nullable=False),
    Column("sent_at", DateTime(timezone=True), nullable=False),
    Index("ix_dispatch_tax_year", "tax_year", "id"),
)
"""One forwarding file to one municipality."""

dispatched = Table(
    "dispatched",
    metadata,
    Column("dispatch_id", BigInteger, ForeignKey("shiryo.dispatch.id"), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("forwarding_id", BigInteger, ForeignKey("shiryo.forwarding.id"), nullable=False, unique=True),
)
"""The documents of a forwarding file, in order; a forwarding leaves once."""
