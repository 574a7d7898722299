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
    CREATE TABLE shikakeisan.circumstance (
        id BIGINT GENERATED ALWAYS AS IDENTITY,
        tax_year SMALLINT NOT NULL,
        person_id BIGINT NOT NULL,
        kind TEXT NOT NULL,
        ward_code TEXT NOT NULL,
        source TEXT NOT NULL,
        proposed_by TEXT NOT NULL,
        approved_by TEXT NOT NULL,
        known_from TIMESTAMP WITH TIME ZONE NOT NULL,
        known_to TIMESTAMP WITH TIME ZONE DEFAULT 'infinity' NOT NULL,
        CONSTRAINT pk_circumstance PRIMARY KEY (id),
        CONSTRAINT ck_circumstance_kind CHECK (kind IN ('welfare', 'house')),
        CONSTRAINT ck_circumstance_ward CHECK ((kind = 'house') = (ward_code <> '')),
        CONSTRAINT ck_circumstance_two_persons CHECK (approved_by <> proposed_by)
    )
    """,
    """
    CREATE INDEX ix_circumstance_person ON shikakeisan.circumstance (tax_year, person_id)
        WHERE known_to = 'infinity'
    """,
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)
