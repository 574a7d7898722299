"""Assessments as revisions, and the runs that make them."""

from sqlalchemy import BigInteger, CheckConstraint, Column, Index, Integer, Table, text
from sqlalchemy.dialects.postgresql import JSONB

from plugins.shikakeisan.tables import key, metadata, moment, number, tax_year, words

FIGURES: tuple[str, ...] = (
    *("payable", "annual_total", "city_total", "pref_total", "forest"),
    *("income_levy_city", "income_levy_pref", "percap_city", "percap_pref"),
    *("total_income_all", "total_income", "ded_total", "taxable"),
    *("salary_income", "pension_income", "misc_income", "business_income", "real_estate_income"),
    *("ded_social", "ded_life", "ded_quake", "ded_medical", "ded_spouse", "ded_spouse_special"),
    *("ded_dependants", "ded_basic", "adj_total", "housing_credit", "donation_credit_city"),
    *("donation_credit_pref", "teigaku_total", "genmen_amount", "refund", "withheld_left"),
)
"""The figures that stand in columns: what notices, certificates and other offices ask for every day.

Every other figure is calculated again from the basis, with the same yen (`juminzei year verify`).
"""

CURRENT = text("superseded_at = 'infinity'")

run = Table(
    "run",
    metadata,
    key(),
    tax_year(),
    words("kind"),
    words("rules_version"),
    words("compared_with"),
    number("job_id"),
    Column("counts", JSONB, nullable=False),
    Column("totals", JSONB, nullable=False),
    words("requested_by"),
    moment("started_at"),
    moment("ended_at", default="infinity"),
    CheckConstraint("kind IN ('initial', 'dry', 'shadow')", "kind"),
    Index("ix_run_tax_year", "tax_year", "id"),
)
"""A calculation over the whole base. Only `initial` writes assessments; the others write differences.

`compared_with` says what a shadow run took instead: another municipality, or the year's file by its version.
"""

assessment = Table(
    "assessment",
    metadata,
    key(),
    tax_year(),
    number("person_id"),
    Column("revision", Integer, nullable=False),
    words("outcome"),
    words("ground"),
    number("base_id"),
    number("basis_id", nullable=True),
    Column("reduction", JSONB(none_as_null=True)),
    words("rules_version"),
    words("reason"),
    number("run_id", nullable=True),
    number("proposal_id", nullable=True),
    moment("decided_at"),
    moment("superseded_at", default="infinity"),
    number("digest"),
    *(Column(name, BigInteger, nullable=False, server_default="0") for name in FIGURES),
    CheckConstraint("outcome IN ('taxed', 'non_taxable', 'undecided')", "outcome"),
    CheckConstraint("(outcome = 'taxed') = (ground = '')", "ground"),
    CheckConstraint("revision > 0", "revision"),
    Index("uq_assessment_revision", "tax_year", "person_id", "revision", unique=True),
    Index("uq_assessment_current", "tax_year", "person_id", unique=True, postgresql_where=CURRENT),
    Index(
        "ix_assessment_undecided",
        "tax_year",
        "person_id",
        postgresql_where=text("outcome = 'undecided' AND superseded_at = 'infinity'"),
    ),
    Index("ix_assessment_decided", "decided_at", postgresql_using="brin"),
)
"""賦課決定: one revision of one person's tax of one year. Never altered but for `superseded_at`.

`ground` says why somebody is not taxed, or why nothing could be decided (codes in assessment/outcome.py).
`digest` stands for all figures of the rules, also those without a column.
"""

difference = Table(
    "difference",
    metadata,
    key(),
    Column("run_id", BigInteger, nullable=False),
    number("person_id"),
    words("cause"),
    Column("figures", JSONB, nullable=False),
    Index("ix_difference_run", "run_id", "cause", "person_id"),
)
"""Where a dry or shadow run gives other figures: `{name: [before, after]}`, and the first cause."""
