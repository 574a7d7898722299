"""The tables of PostgreSQL schema `atena`.

A person or employer is one row that never changes but for its counter; what is said about them stands in
revision tables, on two clocks (see history.py). Keys for searching carry the collation "C", so that one plain
index serves beginnings of names, their order, and pages.
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
    Sequence,
    SmallInteger,
    Table,
    Text,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.schema import SchemaItem

from core.storage.tables import schema_metadata

metadata = schema_metadata("atena")

non_resident_serial = Sequence("non_resident_serial", metadata=metadata)
designation_serial = Sequence("designation_serial", metadata=metadata)

PRESENT = text("known_to = 'infinity'")
"""Revisions that are not superseded; the condition of every index for searching."""


def _text(name: str, condition: str = "", *, nullable: bool = False) -> tuple[SchemaItem, ...]:
    column = Column(name, Text, nullable=nullable)
    return (column, CheckConstraint(condition, name)) if condition else (column,)


def _key(name: str) -> Column[str]:
    return Column(name, Text(collation="C"), nullable=False)


def _address() -> tuple[SchemaItem, ...]:
    """The items of an address, by the names of the 住登外者宛名 item list."""
    return (
        *_text("municipality_code", "municipality_code ~ '^[0-9]{6}$'"),
        *_text("prefecture"),
        *_text("municipality"),
        *_text("town_code", "town_code ~ '^[0-9]{7}$'"),
        *_text("town"),
        *_text("lot"),
        *_text("building"),
        *_text("postal_code", "postal_code ~ '^([0-9]{7})?$'"),
    )


def _subject(name: str, number: SchemaItem) -> Table:
    """A person or employer: `version` counts the changes, so that two clerks cannot overwrite each other."""
    return Table(
        name,
        metadata,
        Column("id", BigInteger, Identity(always=True), primary_key=True),
        number,
        Column("version", Integer, nullable=False, server_default="1"),
        Column("changed_at", DateTime(timezone=True), nullable=False),
    )


def _history(name: str, subject: str, *said: SchemaItem) -> Table:
    owner = f"{subject}_id"
    return Table(
        name,
        metadata,
        Column("id", BigInteger, Identity(always=True), primary_key=True),
        Column(owner, BigInteger, ForeignKey(f"atena.{subject}.id"), nullable=False),
        Column("valid_from", Date, nullable=False),
        Column("valid_to", Date, nullable=False, server_default="infinity"),
        Column("known_from", DateTime(timezone=True), nullable=False),
        Column("known_to", DateTime(timezone=True), nullable=False, server_default="infinity"),
        *said,
        CheckConstraint("valid_from < valid_to", "validity"),
        CheckConstraint("known_from < known_to", "record_time"),
        Index(f"ix_{name}_{owner}", owner),
        Index(f"uq_{name}_begin", owner, "valid_from", unique=True, postgresql_where=PRESENT),
        Index(f"uq_{name}_end", owner, "valid_to", unique=True, postgresql_where=PRESENT),
    )


person = _subject("person", Column("atena_number", Text, nullable=False, unique=True))

person_revision = _history(
    "person_revision",
    "person",
    *_text("kind", "kind IN ('resident', 'non_resident')"),
    *_text("name", "name <> ''"),
    *_text("kana"),
    _key("name_key"),
    _key("kana_key"),
    Column("birth_date", Date),
    *_text("birth_precision", "birth_precision IN ('day', 'month', 'year')", nullable=True),
    *_text("birth_note"),
    *_text("sex", "sex IN ('0', '1', '2', '9')"),
    Column("death_date", Date),
    CheckConstraint("(birth_date IS NULL) = (birth_precision IS NULL)", "birth"),
    Index("ix_person_revision_kana", "kana_key", "person_id", postgresql_where=PRESENT),
    Index("ix_person_revision_name", "name_key", "person_id", postgresql_where=PRESENT),
    Index("ix_person_revision_birth", "birth_date", "person_id", postgresql_where=PRESENT),
)

address_revision = _history(
    "address_revision",
    "person",
    *_address(),
    _key("address_key"),
    _key("town_key"),
    Index("ix_address_revision_address_key", "address_key", "person_id", postgresql_where=PRESENT),
    Index("ix_address_revision_town_key", "town_key", "person_id", postgresql_where=PRESENT),
)

my_number = _history(
    "my_number",
    "person",
    Column("sealed", LargeBinary, nullable=False),
    Column("blind_index", LargeBinary, nullable=False),
    Column("key_version", SmallInteger, nullable=False),
    Column("source", Text, nullable=False, server_default=""),
    CheckConstraint("octet_length(sealed) = 40 AND octet_length(blind_index) = 32", "sealed"),
    Index("ix_my_number_blind_index", "blind_index"),
    Index("ix_my_number_key_version", "key_version"),
)
"""`source` names the document that a number was taken from; empty for the feed and for officers."""

employer = _subject("employer", Column("designation_number", Text, nullable=False, unique=True))

employer_revision = _history(
    "employer_revision",
    "employer",
    *_text("name", "name <> ''"),
    *_text("kana"),
    _key("name_key"),
    _key("kana_key"),
    *_text("corporate_number", "corporate_number ~ '^[1-9][0-9]{12}$'", nullable=True),
    *_text("postal_code", "postal_code ~ '^([0-9]{7})?$'"),
    *_text("address"),
    *_text("building"),
    Column("special_collection", Text, nullable=False, server_default="none"),
    Column("pays_half_yearly", Boolean, nullable=False, server_default=text("false")),
    Column("files_electronically", Boolean, nullable=False, server_default=text("false")),
    CheckConstraint("special_collection IN ('none', 'designated', 'ended')", "special_collection"),
    Index("ix_employer_revision_kana", "kana_key", "employer_id", postgresql_where=PRESENT),
    Index("ix_employer_revision_name", "name_key", "employer_id", postgresql_where=PRESENT),
    Index("ix_employer_revision_corporate_number", "corporate_number", postgresql_where=PRESENT),
)

household_member = _history(
    "household_member",
    "person",
    *_text("household_number", "household_number ~ '^[0-9]{1,15}$'"),
    *_text("relation", "relation <> ''"),
    Index("ix_household_member_number", "household_number", "person_id"),
)

protection = _history("protection", "person", *_text("source", "source IN ('register', 'officer')"))

feed_message = Table(
    "feed_message",
    metadata,
    Column("sequence", BigInteger, primary_key=True, autoincrement=False),
    Column("kind", Text, nullable=False),
    Column("fingerprint", LargeBinary),
    Column("person_id", BigInteger, ForeignKey("atena.person.id")),
    Column("issued_at", DateTime(timezone=True), nullable=False),
    Column("applied_at", DateTime(timezone=True), nullable=False),
    Column("remedy_id", BigInteger, ForeignKey("atena.feed_remedy.id")),
    CheckConstraint("sequence > 0", "sequence"),
    CheckConstraint("octet_length(fingerprint) = 16", "fingerprint"),
    CheckConstraint("person_id IS NOT NULL OR remedy_id IS NOT NULL", "person"),
    Index("ix_feed_message_person_id", "person_id"),
)
"""The inbox: every message that was applied, once. What it said stands in the histories alone.

`fingerprint` is null for messages of before migration atena_0006; `remedy_id` says that two officers had it
skipped or replaced.
"""

feed_run = Table(
    "feed_run",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("file_name", Text, nullable=False),
    Column("started_at", DateTime(timezone=True), nullable=False),
    Column("ended_at", DateTime(timezone=True), nullable=False),
    Column("read", BigInteger, nullable=False),
    Column("applied", BigInteger, nullable=False),
    Column("doubled", BigInteger, nullable=False),
    Column("highest_seen", BigInteger, nullable=False),
    Column("stop_code", Text, nullable=False),
    Column("stop_sequence", BigInteger),
    Column("stop_fingerprint", LargeBinary),
    CheckConstraint("read >= applied + doubled AND applied >= 0 AND doubled >= 0", "counts"),
)

feed_remedy = Table(
    "feed_remedy",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("sequence", BigInteger, nullable=False),
    Column("fingerprint", LargeBinary, nullable=False),
    *_text("action", "action IN ('skip', 'replace')"),
    Column("replacement", JSONB(none_as_null=True)),
    *_text("reason", "reason <> ''"),
    Column("proposed_by", Text, nullable=False),
    Column("proposed_at", DateTime(timezone=True), nullable=False),
    Column("outcome", Text, nullable=False, server_default="open"),
    Column("decided_by", Text),
    Column("decided_at", DateTime(timezone=True)),
    CheckConstraint("octet_length(fingerprint) = 16", "fingerprint"),
    CheckConstraint("outcome IN ('open', 'confirmed', 'rejected')", "outcome"),
    CheckConstraint("(action = 'replace') = (replacement IS NOT NULL)", "replaced"),
    CheckConstraint("(outcome = 'open') = (decided_by IS NULL)", "decided"),
    CheckConstraint("outcome <> 'confirmed' OR decided_by <> proposed_by", "two_persons"),
    Index("uq_feed_remedy_open", "sequence", unique=True, postgresql_where=text("outcome = 'open'")),
)
"""What one officer proposed for the message that stopped the feed, and what another said to it."""


def _recipient(name: str) -> Table:
    """Somebody who gets a person's notices: name and address, one of each kind at a time."""
    return _history(name, "person", *_text("name", "name <> ''"), *_text("kana"), *_address())


delivery_address = _recipient("delivery_address")
tax_agent = _recipient("tax_agent")
heirs_representative = _recipient("heirs_representative")
trustee = _recipient("trustee")

person_link = _history(
    "person_link",
    "person",
    Column("primary_id", BigInteger, ForeignKey("atena.person.id"), nullable=False),
    CheckConstraint("primary_id <> person_id", "other"),
    Index("ix_person_link_primary_id", "primary_id", postgresql_where=PRESENT),
)
"""Whose other number the person is (関連宛名): for all days, on the record clock."""

number_case = Table(
    "number_case",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("person_id", BigInteger, ForeignKey("atena.person.id"), nullable=False),
    *_text("kind", "kind IN ('different', 'held_by_another', 'resident')"),
    *_text("source", "source <> ''"),
    Column("sealed", LargeBinary, nullable=False),
    Column("blind_index", LargeBinary, nullable=False),
    Column("key_version", SmallInteger, nullable=False),
    Column("opened_at", DateTime(timezone=True), nullable=False),
    CheckConstraint("octet_length(sealed) = 40 AND octet_length(blind_index) = 32", "sealed"),
    Index("ix_number_case_person_id", "person_id", "blind_index"),
    Index("ix_number_case_key_version", "key_version"),
)
"""A My Number that a document states and that we did not take; sealed as in the vault."""

number_case_outcome = Table(
    "number_case_outcome",
    metadata,
    Column("case_id", BigInteger, ForeignKey("atena.number_case.id"), primary_key=True, autoincrement=False),
    *_text("outcome", "outcome IN ('kept', 'corrected', 'not_this_person')"),
    *_text("note", "note <> ''"),
    Column("resolved_by", Text, nullable=False),
    Column("resolved_at", DateTime(timezone=True), nullable=False),
)

bank_branch = _subject("bank_branch", Column("code", Text, nullable=False, unique=True))
bank_branch.append_constraint(CheckConstraint("code ~ '^[0-9]{4}-[0-9]{3}$'", "code"))
"""A branch by bank and branch code, `0001-001`."""

bank_branch_revision = _history(
    "bank_branch_revision",
    "bank_branch",
    *_text("bank_name", "bank_name <> ''"),
    *_text("bank_kana"),
    *_text("branch_name", "branch_name <> ''"),
    *_text("branch_kana"),
    *_text("successor_code", "successor_code ~ '^[0-9]{4}-[0-9]{3}$'", nullable=True),
)

bank_account = _history(
    "bank_account",
    "person",
    *_text("branch_code", "branch_code ~ '^[0-9]{4}-[0-9]{3}$'"),
    *_text("account_kind", "account_kind IN ('1', '2', '9')"),
    *_text("account_number", "account_number ~ '^[0-9]{7}$'"),
    *_text("holder_kana", "holder_kana <> ''"),
    Index("ix_bank_account_branch_code", "branch_code", postgresql_where=PRESENT),
)
"""The account that a person's tax is debited to: 普通 1, 当座 2, その他 9 (全銀)."""

eltax_user = _subject("eltax_user", Column("user_id", Text, nullable=False, unique=True))
eltax_user.append_constraint(CheckConstraint("user_id ~ '^[0-9A-Za-z]{11}$'", "user_id"))
"""A 利用者ID of eLTAX. As its holders are one history, it never belongs to two at a time."""

eltax_user_holder = _history(
    "eltax_user_holder",
    "eltax_user",
    Column("person_id", BigInteger, ForeignKey("atena.person.id")),
    Column("employer_id", BigInteger, ForeignKey("atena.employer.id")),
    CheckConstraint("(person_id IS NULL) <> (employer_id IS NULL)", "one"),
    Index("ix_eltax_user_holder_person_id", "person_id", postgresql_where=PRESENT),
    Index("ix_eltax_user_holder_employer_id", "employer_id", postgresql_where=PRESENT),
)

non_resident_line = Table(
    "non_resident_line",
    metadata,
    Column("serial", BigInteger, primary_key=True, autoincrement=False),
    Column("fingerprint", LargeBinary, nullable=False),
    Column("person_id", BigInteger, ForeignKey("atena.person.id"), nullable=False),
    CheckConstraint("octet_length(fingerprint) = 16", "fingerprint"),
)
"""Which line of a file of 住登外者 was registered as whom; the fingerprint is a keyed digest."""

platform_message = Table(
    "platform_message",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("person_id", BigInteger, ForeignKey("atena.person.id"), nullable=False),
    *_text("kind", "kind IN ('registered', 'changed', 'numbered')"),
    Column("known_at", DateTime(timezone=True), nullable=False),
    Column("sequence", BigInteger, unique=True),
    Column("sent_at", DateTime(timezone=True)),
    *_text("result", "result IN ('accepted', 'refused')", nullable=True),
    Column("code", Text),
    Column("answered_at", DateTime(timezone=True)),
    Column("closed_by", Text),
    Column("closed_at", DateTime(timezone=True)),
    Column("note", Text),
    CheckConstraint("sent_at IS NULL OR sequence IS NOT NULL", "sent"),
    CheckConstraint(
        "(answered_at IS NULL) = (result IS NULL)"
        " AND (result IS NULL OR (sequence IS NOT NULL AND code IS NOT NULL))",
        "answered",
    ),
    CheckConstraint(
        "(closed_by IS NULL) = (closed_at IS NULL)"
        " AND (closed_by IS NULL OR (result = 'refused' AND note <> ''))",
        "closed",
    ),
    Index("ix_platform_message_unsent", "id", postgresql_where=text("sent_at IS NULL")),
    Index(
        "ix_platform_message_refused", "id", postgresql_where=text("result = 'refused' AND closed_by IS NULL")
    ),
)
"""What the common platform must learn, noted with the change; the person's data are read when it is sent."""

contact = Table(
    "contact",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("person_id", BigInteger, ForeignKey("atena.person.id"), nullable=False),
    *_text("channel", "channel IN ('counter', 'telephone', 'post')"),
    *_text("party", "party IN ('self', 'agent')"),
    Column("evidence", ARRAY(Text), nullable=False),
    *_text("authority"),
    *_text("subject", "subject <> ''"),
    Column("recorded_by", Text, nullable=False),
    Column("recorded_at", DateTime(timezone=True), nullable=False),
    CheckConstraint("cardinality(evidence) > 0", "evidence"),
    CheckConstraint("(party = 'agent') = (authority <> '')", "authority"),
    Index("ix_contact_person_id", "person_id", "id"),
)
"""応対記録: who came about a person, and by what identity and authority were checked. Rows only grow."""

number_proposal = Table(
    "number_proposal",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("person_id", BigInteger, ForeignKey("atena.person.id"), nullable=False),
    Column("blind_index", LargeBinary, nullable=False),
    *_text("evidence", "evidence IN ('shown', 'juki_net')"),
    Column("hits", SmallInteger),
    *_text("reason", "reason <> ''"),
    Column("valid_from", Date, nullable=False),
    Column("proposed_by", Text, nullable=False),
    Column("proposed_at", DateTime(timezone=True), nullable=False),
    Column("outcome", Text, nullable=False, server_default="open"),
    Column("decided_by", Text),
    Column("decided_at", DateTime(timezone=True)),
    CheckConstraint("octet_length(blind_index) = 32", "blind_index"),
    CheckConstraint("(evidence = 'juki_net') = (hits IS NOT NULL) AND hits > 0", "hits"),
    CheckConstraint("outcome IN ('open', 'confirmed', 'rejected')", "outcome"),
    CheckConstraint("(outcome = 'open') = (decided_by IS NULL)", "decided"),
    CheckConstraint("outcome <> 'confirmed' OR decided_by <> proposed_by", "two_persons"),
    Index("uq_number_proposal_open", "person_id", unique=True, postgresql_where=text("outcome = 'open'")),
)
"""A number of a 住登外者 that one officer typed; whoever confirms types it again, so none is kept here."""
