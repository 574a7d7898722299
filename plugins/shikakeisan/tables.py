"""What the tables of every room share: PostgreSQL schema `shikakeisan`, the record clock, and common columns.

The validity clock is `tax_year` (課税年度); the record clock is `known_from` to `known_to`. Nothing is
altered but the end of what was known. Each room's own tables stand in its `tables.py`.
"""

from typing import Any

from sqlalchemy import BigInteger, Column, DateTime, Identity, SmallInteger, Text, text

from core.storage.tables import schema_metadata

metadata = schema_metadata("shikakeisan")

KNOWN = text("known_to = 'infinity'")


def key() -> Column[int]:
    """Return a primary key that the server counts up."""
    return Column("id", BigInteger, Identity(always=True), primary_key=True)


def tax_year() -> Column[int]:
    """Return the 課税年度 a row belongs to."""
    return Column("tax_year", SmallInteger, nullable=False)


def number(name: str, *, nullable: bool = False) -> Column[int]:
    """Return a column of whole numbers: an id of another row, or yen."""
    return Column(name, BigInteger, nullable=nullable)


def words(name: str, *, default: str | None = None) -> Column[str]:
    """Return a column of text that is always there, empty where there is nothing to say."""
    return Column(name, Text, nullable=False, server_default=default)


def moment(name: str, *, default: str | None = None) -> Column[object]:
    """Return a column of moments; 'infinity' where something has not happened."""
    return Column(name, DateTime(timezone=True), nullable=False, server_default=default)


def known() -> tuple[Column[object], Column[object]]:
    """Return the record clock."""
    return moment("known_from"), moment("known_to", default="infinity")


def by_two_people() -> tuple[Column[Any], ...]:
    """Return who proposed and who decided, and when; each table says in which states these are two people."""
    proposed = Column("proposed_by", Text, nullable=False), moment("proposed_at")
    decided = Column("decided_by", Text, nullable=False, server_default="")
    return (*proposed, decided, Column("decided_at", DateTime(timezone=True)))
