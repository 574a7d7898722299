"""The year and its base."""

from sqlalchemy import Boolean, CheckConstraint, Column, Date, Index, SmallInteger, Table

from plugins.shikakeisan.tables import KNOWN, key, known, metadata, moment, number, tax_year, words

fiscal_year = Table(
    "fiscal_year",
    metadata,
    Column("tax_year", SmallInteger, primary_key=True, autoincrement=False),
    words("municipality_code"),
    words("state"),
    words("opened_by"),
    moment("opened_at"),
    moment("frozen_at", default="infinity"),
    moment("merged_at", default="infinity"),
    moment("assessed_at", default="infinity"),
    Column("version", SmallInteger, nullable=False, server_default="1"),
    CheckConstraint("municipality_code ~ '^[0-9]{6}$'", "municipality_code"),
    CheckConstraint("state IN ('open', 'frozen', 'merged', 'assessed')", "state"),
)
"""A 課税年度: opened, its base frozen, its documents merged, its tax decided. Corrections come after that."""

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
    Index("ix_base_person_history", "person_id", "tax_year", "known_from"),
)
"""One person as of 1 January (賦課期日). `standing` tells why the person is taxed here:

`resident` lives here (住所), `registered` is taxed here as 住登外者, `house_only` has 家屋敷・事務所 only,
`outside` is not taxed here, for `reason` (a code). `ward_code` is the 6-digit code of the ward or city.
"""

circumstance = Table(
    "circumstance",
    metadata,
    key(),
    tax_year(),
    number("person_id"),
    words("kind"),
    words("ward_code"),
    words("source"),
    words("proposed_by"),
    words("approved_by"),
    *known(),
    CheckConstraint("kind IN ('welfare', 'house')", "kind"),
    CheckConstraint("(kind = 'house') = (ward_code <> '')", "ward"),
    CheckConstraint("approved_by <> proposed_by", "two_persons"),
    Index("ix_circumstance_person", "tax_year", "person_id", postgresql_where=KNOWN),
)
"""What the register does not tell: 生活扶助 on 1 January, 家屋敷・事務所 in a ward. Counts once approved."""
