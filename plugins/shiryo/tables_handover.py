"""What a vendor who punches (データパンチ委託) was handed, what came back, its erasure. Rows only grow."""

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Date,
    DateTime,
    ForeignKey,
    Identity,
    Index,
    LargeBinary,
    SmallInteger,
    Table,
    Text,
    text,
)

from plugins.shiryo.tables import metadata

handover = Table(
    "handover",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("tax_year", SmallInteger, nullable=False),
    Column("sender_id", BigInteger, ForeignKey("shiryo.sender.id"), nullable=False),
    Column("contents", Text, nullable=False),
    Column("documents", BigInteger, nullable=False),
    Column("list_sha256", LargeBinary, nullable=False),
    Column("handed_on", Date, nullable=False),
    Column("recorded_by", Text, nullable=False),
    Column("recorded_at", DateTime(timezone=True), nullable=False),
    CheckConstraint("contents <> ''", "contents"),
    CheckConstraint("documents > 0", "documents"),
    CheckConstraint("octet_length(list_sha256) = 32", "list_sha256"),
    Index("ix_handover_tax_year", "tax_year", "id"),
)
"""One batch that left, with the list that went with it."""

handover_event = Table(
    "handover_event",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("handover_id", BigInteger, ForeignKey("shiryo.handover.id"), nullable=False),
    Column("kind", Text, nullable=False),
    Column("happened_on", Date, nullable=False),
    Column("delivery_id", BigInteger, ForeignKey("shiryo.delivery.id")),
    Column("documents", BigInteger),
    Column("reference", Text, nullable=False),
    Column("recorded_by", Text, nullable=False),
    Column("recorded_at", DateTime(timezone=True), nullable=False),
    CheckConstraint("kind IN ('delivered', 'returned', 'erased')", "kind"),
    CheckConstraint("(kind = 'delivered') = (delivery_id IS NOT NULL)", "delivery"),
    CheckConstraint("(kind = 'returned') = (documents IS NOT NULL) AND documents > 0", "documents"),
    CheckConstraint("kind = 'delivered' OR reference <> ''", "reference"),
    Index("ix_handover_event_handover_id", "handover_id", "id"),
    Index("uq_handover_event_delivery_id", "delivery_id", unique=True),
    Index("uq_handover_event_erased", "handover_id", unique=True, postgresql_where=text("kind = 'erased'")),
)
"""What came of a batch: data in a delivery (which counts itself), sheets that came back, erasure."""
