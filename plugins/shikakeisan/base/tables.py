"""The year, its base, and the circumstances that the register does not tell."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    Index,
    Integer,
    SmallInteger,
    Table,
    Text,
    text,
)

from plugins.shikakeisan.tables import (
    KNOWN,
    by_two_people,
    key,
    known,
    metadata,
    moment,
    number,
    tax_year,
    words,
)

fiscal_year = Table(
    "fiscal_year",
    metadata,
    Column("tax_year", SmallInteger, primary_key=True, autoincrement=False),
    words("municipality_code"),
    words("state"),
    words("opened_by"),
    moment("opened_at"),
    moment("frozen_at", default="infinity"),
    moment("replayed_at", default="infinity"),
    moment("merged_at", default="infinity"),
    moment("assessed_at", default="infinity"),
    Column("version", SmallInteger, nullable=False, server_default="1"),
    CheckConstraint("municipality_code ~ '^[0-9]{6}$'", "municipality_code"),
    CheckConstraint("state IN ('open', 'frozen', 'merged', 'assessed')", "state"),
)
"""A 課税年度: opened, its base frozen, its documents merged, its tax decided. Corrections come after that.

`replayed_at` is the moment up to which news of the register are in the base.
"""

base_person = Table(
    "base_person",
    metadata,
    key(),
    tax_year(),
    number("person_id"),
    words("standing"),
    words("reason"),
    words("ward_code"),
    words("household_number"),
    words("relation"),
    Column("birth_date", Date),
    words("sex"),
    Column("death_date", Date),
    Column("is_protected", Boolean, nullable=False),
    Column("is_welfare", Boolean, nullable=False),
    Column("house_wards", SmallInteger, nullable=False),
    *known(),
    CheckConstraint("standing IN ('resident', 'registered', 'house_only', 'outside')", "standing"),
    CheckConstraint("(standing = 'outside') = (reason <> '')", "reason"),
    Index("uq_base_person", "tax_year", "person_id", unique=True, postgresql_where=KNOWN),
    Index(
        "ix_base_person_standing",
        "tax_year",
        "standing",
        "person_id",
        postgresql_where=text("known_to = 'infinity' AND standing <> 'resident'"),
    ),
    Index("ix_base_person_history", "person_id", "tax_year", "known_from"),
)
"""One person as of 1 January (賦課期日). `standing` tells why the person is taxed here:

`resident` lives here (住所), `registered` is taxed here as 住登外者, `house_only` has 家屋敷・事務所 only,
`outside` is not taxed here, for `reason` (a code). `ward_code` is the 6-digit code of the ward or city.
"""

circumstance_proposal = Table(
    "circumstance_proposal",
    metadata,
    key(),
    tax_year(),
    words("kind"),
    words("action"),
    words("source"),
    Column("people", Integer, nullable=False),
    words("state"),
    *by_two_people(),
    Column("version", SmallInteger, nullable=False, server_default="1"),
    CheckConstraint("kind IN ('welfare', 'house', 'lives_here', 'taxed_elsewhere')", "kind"),
    CheckConstraint("action IN ('add', 'end')", "action"),
    CheckConstraint("state IN ('proposed', 'approved', 'rejected', 'withdrawn')", "state"),
    CheckConstraint("state <> 'approved' OR (decided_by <> '' AND decided_by <> proposed_by)", "two_persons"),
    Index("ix_circumstance_proposal_open", "tax_year", "id", postgresql_where=text("state = 'proposed'")),
)
"""One circumstance of one or many people, to be approved as a whole by another person, or sent back."""

circumstance_entry = Table(
    "circumstance_entry",
    metadata,
    Column("proposal_id", BigInteger, primary_key=True, autoincrement=False),
    Column("person_id", BigInteger, primary_key=True, autoincrement=False),
    Column("ward_code", Text, primary_key=True),
    Index("ix_circumstance_entry_person", "person_id"),
)
"""Whom a proposal is about, and in which ward (empty: the circumstance has no place)."""

circumstance = Table(
    "circumstance",
    metadata,
    key(),
    tax_year(),
    number("person_id"),
    words("kind"),
    words("ward_code"),
    number("proposal_id"),
    *known(),
    CheckConstraint("kind IN ('welfare', 'house', 'lives_here', 'taxed_elsewhere')", "kind"),
    CheckConstraint("(kind IN ('house', 'lives_here')) = (ward_code <> '')", "ward"),
    Index(
        "uq_circumstance",
        "tax_year",
        "person_id",
        "kind",
        "ward_code",
        unique=True,
        postgresql_where=KNOWN,
    ),
)
"""What the register does not tell, as approved: 生活扶助 on 1 January, 家屋敷・事務所 in a ward, 居住の認定,
the tax of another municipality. `proposal_id` is the proposal that was approved."""
