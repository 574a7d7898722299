"""The one table of PostgreSQL schema `memo`. It names a person by id; the atena plug-in does not know it."""

from sqlalchemy import BigInteger, Column, DateTime, Identity, Index, Table, Text

from core.storage.tables import schema_metadata

metadata = schema_metadata("memo")

memo = Table(
    "memo",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("person_id", BigInteger, nullable=False),
    Column("text", Text, nullable=False),
    Column("written_by", Text, nullable=False),
    Column("written_at", DateTime(timezone=True), nullable=False),
    Index("ix_memo_person_id", "person_id"),
)
