"""What the merge gives: facts with their origins, claims of relatives, officers' decisions, findings."""

from sqlalchemy import BigInteger, Boolean, CheckConstraint, Column, DateTime, Index, Integer, Table, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from plugins.shikakeisan.tables import KNOWN, key, known, metadata, moment, number, tax_year, words

basis = Table(
    "basis",
    metadata,
    key(),
    tax_year(),
    number("person_id"),
    Column("facts", JSONB, nullable=False),
    Column("origins", JSONB, nullable=False),
    Column("aside", JSONB, nullable=False),
    Column("documents", ARRAY(BigInteger), nullable=False),
    words("merge_version"),
    *known(),
    Index("uq_basis", "tax_year", "person_id", unique=True, postgresql_where=KNOWN),
    Index("ix_basis_history", "person_id", "tax_year", "known_from"),
)
"""併合結果: `facts` as the rules take them (facts/vocabulary.py).

`origins` gives for each path of a fact where it comes from: `[{"document": id, "item": name, "rule": id}]`,
or `{"decision": id}`. `aside` names documents that gave nothing and the rule that says so. A new merge that
gives the same leaves the row alone.
"""

claim = Table(
    "claim",
    metadata,
    key(),
    tax_year(),
    number("taxpayer_id"),
    number("relative_id", nullable=True),
    words("role"),
    number("document_id", nullable=True),
    words("path", default=""),
    words("stated", default=""),
    *known(),
    CheckConstraint("role IN ('spouse', 'dependant', 'under16', 'family_employee')", "role"),
    Index("ix_claim_taxpayer", "tax_year", "taxpayer_id", postgresql_where=KNOWN),
    Index("ix_claim_relative", "tax_year", "relative_id", postgresql_where=KNOWN),
    Index(
        "ix_claim_stated",
        "tax_year",
        "stated",
        postgresql_where=text("known_to = 'infinity' AND stated <> ''"),
    ),
)
"""A relative that a taxpayer claims; `relative_id` is the person where one is known.

`path` is where the relative stands in the taxpayer's facts (`spouse`, `dependants[0]`). `stated` is the blind
index (hex) of a My Number that nobody here holds: two claimants of somebody elsewhere are found by it.
"""

decision = Table(
    "decision",
    metadata,
    key(),
    tax_year(),
    number("person_id"),
    words("path"),
    Column("value", JSONB),
    Column("seen", JSONB),
    words("reason"),
    number("document_id", nullable=True),
    number("ends_id", nullable=True),
    words("proposed_by"),
    words("approved_by"),
    *known(),
    CheckConstraint("approved_by <> proposed_by", "two_persons"),
    Index("ix_decision_person", "tax_year", "person_id", postgresql_where=KNOWN),
    Index(
        "uq_decision_path",
        "tax_year",
        "person_id",
        "path",
        unique=True,
        postgresql_where=text("known_to = 'infinity' AND approved_by <> ''"),
    ),
)
"""An officer's value for a fact: survives every merge. JSON null takes the fact away.

A proposal is a row without `approved_by`; the approval ends it and writes a row with both names. `ends_id` is
the decision in force that a proposal would take back.

`seen` is what the merge said when it was decided: where it says something else today, the decision is shown.
"""

finding = Table(
    "finding",
    metadata,
    key(),
    tax_year(),
    number("person_id"),
    words("stage"),
    words("code"),
    Column("documents", ARRAY(BigInteger), nullable=False),
    Column("others", ARRAY(BigInteger), nullable=False),
    Column("details", JSONB, nullable=False),
    Column("is_blocking", Boolean, nullable=False),
    words("state"),
    words("owner", default=""),
    Column("version", Integer, nullable=False, server_default="1"),
    moment("opened_at"),
    words("reason", default=""),
    words("proposed_by", default=""),
    words("closed_by", default=""),
    Column("closed_at", DateTime(timezone=True)),
    CheckConstraint("stage IN ('base', 'merge', 'assessment')", "stage"),
    CheckConstraint("state IN ('open', 'proposed', 'closed', 'gone')", "state"),
    CheckConstraint("closed_by = '' OR closed_by <> proposed_by", "two_persons"),
    Index("ix_finding_person", "tax_year", "person_id"),
    Index("ix_finding_code", "tax_year", "code", "id"),
)
"""What a person must look at (併合エラーリスト, 計算エラーリスト). `others` are the other persons concerned.

`gone` is what a later merge or run no longer finds; `details` holds codes and fact paths, no personal data.
"""
