"""A year and its base."""

from alembic import op

revision = "shikakeisan_0001"
down_revision = None
branch_labels = ("shikakeisan",)
depends_on = None

STATEMENTS = (
    """
    CREATE TABLE shikakeisan.fiscal_year (
        tax_year SMALLINT NOT NULL,
        municipality_code TEXT NOT NULL,
        state TEXT NOT NULL,
        opened_by TEXT NOT NULL,
        opened_at TIMESTAMP WITH TIME ZONE NOT NULL,
        frozen_at TIMESTAMP WITH TIME ZONE DEFAULT 'infinity' NOT NULL,
        replayed_at TIMESTAMP WITH TIME ZONE DEFAULT 'infinity' NOT NULL,
        merged_at TIMESTAMP WITH TIME ZONE DEFAULT 'infinity' NOT NULL,
        assessed_at TIMESTAMP WITH TIME ZONE DEFAULT 'infinity' NOT NULL,
        version SMALLINT DEFAULT '1' NOT NULL,
        CONSTRAINT pk_fiscal_year PRIMARY KEY (tax_year),
        CONSTRAINT ck_fiscal_year_municipality_code CHECK (municipality_code ~ '^[0-9]{6}$'),
        CONSTRAINT ck_fiscal_year_state CHECK (state IN ('open', 'frozen', 'merged', 'assessed'))
    )
    """,
    """
    CREATE TABLE shikakeisan.base_person (
        id BIGINT GENERATED ALWAYS AS IDENTITY,
        tax_year SMALLINT NOT NULL,
        person_id BIGINT NOT NULL,
        standing TEXT NOT NULL,
        reason TEXT NOT NULL,
        ward_code TEXT NOT NULL,
        household_number TEXT NOT NULL,
        relation TEXT NOT NULL,
        birth_date DATE,
        sex TEXT NOT NULL,
        death_date DATE,
        is_protected BOOLEAN NOT NULL,
        is_welfare BOOLEAN NOT NULL,
        house_wards SMALLINT NOT NULL,
        known_from TIMESTAMP WITH TIME ZONE NOT NULL,
        known_to TIMESTAMP WITH TIME ZONE DEFAULT 'infinity' NOT NULL,
        CONSTRAINT pk_base_person PRIMARY KEY (id),
        CONSTRAINT ck_base_person_standing
            CHECK (standing IN ('resident', 'registered', 'house_only', 'outside')),
        CONSTRAINT ck_base_person_reason CHECK ((standing = 'outside') = (reason <> ''))
    )
    """,
    """
    CREATE INDEX ix_base_person_history ON shikakeisan.base_person (person_id, tax_year, known_from)
    """,
    """
    CREATE UNIQUE INDEX uq_base_person ON shikakeisan.base_person (tax_year, person_id)
        WHERE known_to = 'infinity'
    """,
    """
    CREATE INDEX ix_base_person_standing ON shikakeisan.base_person (tax_year, standing, person_id)
        WHERE known_to = 'infinity' AND standing <> 'resident'
    """,
    """
    CREATE TABLE shikakeisan.circumstance_proposal (
        id BIGINT GENERATED ALWAYS AS IDENTITY,
        tax_year SMALLINT NOT NULL,
        kind TEXT NOT NULL,
        action TEXT NOT NULL,
        source TEXT NOT NULL,
        people INTEGER NOT NULL,
        state TEXT NOT NULL,
        proposed_by TEXT NOT NULL,
        proposed_at TIMESTAMP WITH TIME ZONE NOT NULL,
        decided_by TEXT DEFAULT '' NOT NULL,
        decided_at TIMESTAMP WITH TIME ZONE,
        version SMALLINT DEFAULT '1' NOT NULL,
        CONSTRAINT pk_circumstance_proposal PRIMARY KEY (id),
        CONSTRAINT ck_circumstance_proposal_kind
            CHECK (kind IN ('welfare', 'house', 'lives_here', 'taxed_elsewhere')),
        CONSTRAINT ck_circumstance_proposal_action CHECK (action IN ('add', 'end')),
        CONSTRAINT ck_circumstance_proposal_state
            CHECK (state IN ('proposed', 'approved', 'rejected', 'withdrawn')),
        CONSTRAINT ck_circumstance_proposal_two_persons
            CHECK (state <> 'approved' OR (decided_by <> '' AND decided_by <> proposed_by))
    )
    """,
    """
    CREATE INDEX ix_circumstance_proposal_open ON shikakeisan.circumstance_proposal (tax_year, id)
        WHERE state = 'proposed'
    """,
    """
    CREATE TABLE shikakeisan.circumstance_entry (
        proposal_id BIGINT NOT NULL,
        person_id BIGINT NOT NULL,
        ward_code TEXT NOT NULL,
        CONSTRAINT pk_circumstance_entry PRIMARY KEY (proposal_id, person_id, ward_code)
    )
    """,
    """
    CREATE INDEX ix_circumstance_entry_person ON shikakeisan.circumstance_entry (person_id)
    """,
    """
    CREATE TABLE shikakeisan.circumstance (
        id BIGINT GENERATED ALWAYS AS IDENTITY,
        tax_year SMALLINT NOT NULL,
        person_id BIGINT NOT NULL,
        kind TEXT NOT NULL,
        ward_code TEXT NOT NULL,
        proposal_id BIGINT NOT NULL,
        known_from TIMESTAMP WITH TIME ZONE NOT NULL,
        known_to TIMESTAMP WITH TIME ZONE DEFAULT 'infinity' NOT NULL,
        CONSTRAINT pk_circumstance PRIMARY KEY (id),
        CONSTRAINT ck_circumstance_kind
            CHECK (kind IN ('welfare', 'house', 'lives_here', 'taxed_elsewhere')),
        CONSTRAINT ck_circumstance_ward CHECK ((kind IN ('house', 'lives_here')) = (ward_code <> ''))
    )
    """,
    """
    CREATE UNIQUE INDEX uq_circumstance ON shikakeisan.circumstance (tax_year, person_id, kind, ward_code)
        WHERE known_to = 'infinity'
    """,
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)
