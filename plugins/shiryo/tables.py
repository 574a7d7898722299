"""The tables of PostgreSQL schema `shiryo`.

A delivery has files; a file is kept as sealed chunks and read into documents. Documents count from the moment
their delivery is accepted and until another supersedes them; nothing is overwritten. What cannot be decided
by the machine is a work item. See docs/plugins/shiryo.md.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    DateTime,
    ForeignKey,
    Identity,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    Table,
    Text,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.schema import SchemaItem

from core.storage.tables import schema_metadata

metadata = schema_metadata("shiryo")

KNOWN = text("known_to = 'infinity'")
LIVE = text("superseded_at = 'infinity'")


def _id() -> Column[int]:
    return Column("id", BigInteger, Identity(always=True), primary_key=True)


def _text(name: str, condition: str = "", *, nullable: bool = False) -> tuple[SchemaItem, ...]:
    column = Column(name, Text, nullable=nullable)
    return (column, CheckConstraint(condition, name)) if condition else (column,)


def _number(name: str, *, nullable: bool = True) -> Column[int]:
    return Column(name, BigInteger, nullable=nullable)


def _reference(name: str, *, nullable: bool = False) -> Column[int]:
    return Column(f"{name}_id", BigInteger, ForeignKey(f"shiryo.{name}.id"), nullable=nullable)


def _moment(name: str, *, default: str | None = None, nullable: bool = False) -> Column[object]:
    return Column(name, DateTime(timezone=True), nullable=nullable, server_default=default)


def _version() -> Column[int]:
    return Column("version", Integer, nullable=False, server_default="1")


sender = Table(
    "sender",
    metadata,
    _id(),
    Column("code", Text, nullable=False, unique=True),
    *_text(
        "kind",
        "kind IN ('payer', 'pension', 'tax_office', 'eltax', 'municipality', 'counter', 'portal', 'vendor')",
    ),
    *_text("name"),
)

expectation = Table(
    "expectation",
    metadata,
    _id(),
    Column("tax_year", SmallInteger, nullable=False),
    _reference("sender"),
    *_text("source", "source IN ('summary_report', 'officer')"),
    _number("documents"),
    *_text("recorded_by"),
    _moment("recorded_at"),
    Index("uq_expectation_sender", "tax_year", "sender_id", unique=True),
)
"""Who should send this year, beside those who sent last year: from 総括表, or entered by an officer."""

delivery = Table(
    "delivery",
    metadata,
    _id(),
    Column("tax_year", SmallInteger, nullable=False),
    _reference("sender"),
    *_text(
        "channel",
        "channel IN ('eltax', 'medium', 'punched', 'paper', 'tax_office', 'counter', 'portal')",
    ),
    *_text("state", "state IN ('received', 'held', 'accepted', 'attached')"),
    *_text("held_for"),
    *_text("received_by"),
    _moment("received_at"),
    _moment("accepted_at", default="infinity"),
    Column("taken_records", BigInteger, nullable=False, server_default="0"),
    Column("attached_to", BigInteger, nullable=False, server_default="0"),
    CheckConstraint("(state IN ('accepted', 'attached')) = (accepted_at < 'infinity')", "accepted"),
    CheckConstraint("(state = 'held') = (held_for <> '')", "held"),
    Index("ix_delivery_sender_id", "sender_id", "tax_year"),
    Index("ix_delivery_tax_year", "tax_year", "id"),
    Index("ix_delivery_state", "sender_id", "id", postgresql_where=text("state IN ('received', 'accepted')")),
)

"""How far the intake came, whoever does it next: `taken_records` while it reads (else 0), then `attached_to`
(a document's id)."""

file = Table(
    "file",
    metadata,
    _id(),
    _reference("delivery"),
    *_text("name"),
    *_text("kind"),
    *_text("version"),
    _number("announced_records"),
    Column("announced_sha256", LargeBinary),
    Column("announced_totals", JSONB(none_as_null=True)),
    Column("sha256", LargeBinary),
    _number("size"),
    _number("received_records"),
    *_text("layout"),
    Column("read_records", BigInteger, nullable=False, server_default="0"),
    Column("held_records", BigInteger, nullable=False, server_default="0"),
    Column("findings", BigInteger, nullable=False, server_default="0"),
    Column("accepted_records", BigInteger, nullable=False, server_default="0"),
    Column("totals", JSONB(none_as_null=True)),
    Column("is_live", Boolean, nullable=False, server_default=text("true")),
    CheckConstraint("octet_length(sha256) = 32", "sha256"),
    Index("ix_file_delivery_id", "delivery_id"),
    Index("uq_file_sha256", "sha256", unique=True, postgresql_where=text("is_live")),
)
"""One file. `announced_*` is the sender's word, `received_records` counted from the bytes, the rest by us.

`is_live` falls when the delivery is held: the same bytes may then come again, with a right manifest.
"""

chunk = Table(
    "chunk",
    metadata,
    Column("file_id", BigInteger, ForeignKey("shiryo.file.id"), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("key_version", SmallInteger, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
)
"""The received bytes, unchanged, in pieces of equal size; sealed, for they hold My Numbers."""

finding = Table(
    "finding",
    metadata,
    _id(),
    _reference("file"),
    _number("line", nullable=False),
    Column("column_number", Integer),
    *_text("item"),
    *_text("code"),
    *_text("severity", "severity IN ('fatal', 'error', 'warning')"),
    *_text("message"),
    Index("ix_finding_file_id", "file_id", "line"),
)

document = Table(
    "document",
    metadata,
    _id(),
    _reference("file"),
    _number("sender_id", nullable=False),
    Column("tax_year", SmallInteger, nullable=False),
    _number("line", nullable=False),
    _number("start", nullable=False),
    Column("length", Integer, nullable=False),
    *_text("kind"),
    Column("record_key", LargeBinary, nullable=False),
    *_text("action", "action IN ('new', 'add', 'correct', 'cancel')"),
    Column("fingerprint", LargeBinary, nullable=False),
    Column("my_number_index", LargeBinary),
    *_text("name"),
    *_text("kana"),
    Column("birth_date", Date),
    *_text("address"),
    *_text("municipality_code"),
    Column("amounts", JSONB, nullable=False),
    Column("items", JSONB, nullable=False),
    Column("relatives", JSONB, nullable=False),
    Column("is_held", Boolean, nullable=False),
    Column("name_key", Text, nullable=False, server_default=""),
    Column("kana_key", Text, nullable=False, server_default=""),
    Column("address_key", Text, nullable=False, server_default=""),
    _moment("superseded_at", default="infinity"),
    Column("superseded_by", BigInteger),
    CheckConstraint("(superseded_at = 'infinity') = (superseded_by IS NULL)", "superseded"),
    Index("ix_document_file_id", "file_id", "id"),
    Index("ix_document_record_key", "sender_id", "tax_year", "record_key", postgresql_where=LIVE),
    Index("ix_document_fingerprint", "fingerprint", postgresql_where=LIVE),
    Index("ix_document_superseded_by", "superseded_by", postgresql_where=text("superseded_by IS NOT NULL")),
    Index("ix_document_superseded_at", "superseded_at", postgresql_where=text("superseded_by IS NOT NULL")),
)
"""One record of a file as it was read. `start` and `length` lead to its original bytes.

`record_key` and `fingerprint` are keyed digests: what they are made of holds My Numbers. `amounts` are
facts of the calculation in yen, `items` further items as read, `relatives` the people beside the person.
The keys are folded as those of 宛名, to be compared with them; empty in documents of before they were kept.
"""

attachment = Table(
    "attachment",
    metadata,
    _id(),
    _reference("document"),
    _number("person_id", nullable=False),
    *_text("method", "method IN ('my_number', 'four_items', 'officer')"),
    Column("score", SmallInteger, nullable=False),
    Column("reasons", ARRAY(Text), nullable=False),
    *_text("decided_by"),
    _moment("known_from"),
    _moment("known_to", default="infinity"),
    Index("uq_attachment_document_id", "document_id", unique=True, postgresql_where=KNOWN),
    Index("ix_attachment_person_id", "person_id", postgresql_where=KNOWN),
    Index("ix_attachment_known_from", "known_from", postgresql_using="brin"),
    Index("ix_attachment_known_to", "known_to", postgresql_where=text("known_to < 'infinity'")),
)

forwarding = Table(
    "forwarding",
    metadata,
    _id(),
    _reference("document"),
    *_text("municipality_code", "municipality_code ~ '^[0-9]{6}$'"),
    *_text("decided_by"),
    _moment("known_from"),
    _moment("known_to", default="infinity"),
    Index("uq_forwarding_document_id", "document_id", unique=True, postgresql_where=KNOWN),
)
"""回送: the document belongs to another municipality."""

candidate = Table(
    "candidate",
    metadata,
    Column("document_id", BigInteger, ForeignKey("shiryo.document.id"), primary_key=True),
    Column("person_id", BigInteger, primary_key=True),
    Column("score", SmallInteger, nullable=False),
    Column("reasons", ARRAY(Text), nullable=False),
)

work_item = Table(
    "work_item",
    metadata,
    _id(),
    Column("tax_year", SmallInteger, nullable=False),
    _reference("sender"),
    _reference("delivery", nullable=True),
    _reference("file", nullable=True),
    _reference("document", nullable=True),
    *_text("code"),
    Column("is_blocking", Boolean, nullable=False),
    *_text("state", "state IN ('open', 'proposed', 'closed')"),
    *_text("owner"),
    _version(),
    _moment("opened_at"),
    _number("difference", nullable=False),
    Column("proposal", JSONB(none_as_null=True)),
    *_text("reason"),
    *_text("proposed_by"),
    *_text("closed_by"),
    _moment("closed_at", nullable=True),
    CheckConstraint("state = 'open' OR (proposed_by <> '' AND proposal IS NOT NULL)", "proposed"),
    CheckConstraint("(state = 'closed') = (closed_by <> '' AND closed_at IS NOT NULL)", "closed"),
    CheckConstraint("closed_by = '' OR closed_by <> proposed_by", "two_persons"),
    Index("ix_work_item_state", "tax_year", "id", postgresql_where=text("state <> 'closed'")),
    Index("ix_work_item_sender_id", "tax_year", "sender_id"),
    Index("ix_work_item_document_id", "document_id"),
)
"""What a person must decide; `proposal` is what one proposed, and what counts once another closed it.

`difference` is how many records of the ledger hang on it. A correction of a document is an item too.
"""
