"""Values that an officer keyed from the original: sealed, for they may hold My Numbers."""

from sqlalchemy import (
    BigInteger,
    Column,
    DateTime,
    ForeignKey,
    Identity,
    Index,
    LargeBinary,
    SmallInteger,
    Table,
    Text,
)

from plugins.shiryo.tables import metadata

keying = Table(
    "keying",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("item_id", BigInteger, ForeignKey("shiryo.work_item.id"), nullable=False),
    Column("document_id", BigInteger, ForeignKey("shiryo.document.id")),
    Column("layout", Text, nullable=False),
    Column("channel", Text, nullable=False),
    Column("key_version", SmallInteger, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    Column("keyed_by", Text, nullable=False),
    Column("keyed_at", DateTime(timezone=True), nullable=False),
    Column("made_id", BigInteger, ForeignKey("shiryo.document.id")),
    Index("ix_keying_item_id", "item_id", "id"),
    Index("ix_keying_document_id", "document_id"),
    Index("ix_keying_made_id", "made_id", unique=True),
)
"""One attempt at one item; the last of an item is what is proposed, the others are its history.

`document_id` is the document that is corrected, empty for a paper document; `sealed` the whole record in the
notation of its layout; `made_id` the document that the confirmation made of it.
"""
