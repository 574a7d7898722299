"""Facts with origins, claims, decisions, findings."""

from alembic import op

revision = "shikakeisan_0002"
down_revision = "shikakeisan_0001"
branch_labels = None
depends_on = None

STATEMENTS = (
    """
    CREATE TABLE shikakeisan.basis (
        id BIGINT GENERATED ALWAYS AS IDENTITY,
        tax_year SMALLINT NOT NULL,
        person_id BIGINT NOT NULL,
        facts JSONB NOT NULL,
        origins JSONB NOT NULL,
        aside JSONB NOT NULL,
        documents BIGINT[] NOT NULL,
        merge_version TEXT NOT NULL,
        known_from TIMESTAMP WITH TIME ZONE NOT NULL,
        known_to TIMESTAMP WITH TIME ZONE DEFAULT 'infinity' NOT NULL,
        CONSTRAINT pk_basis PRIMARY KEY (id)
    )
    """,
    """
    CREATE INDEX ix_basis_history ON shikakeisan.basis (person_id, tax_year, known_from)
    """,
    """
    CREATE UNIQUE INDEX uq_basis ON shikakeisan.basis (tax_year, person_id) WHERE known_to = 'infinity'
    """,
    """
    CREATE TABLE shikakeisan.claim (
        id BIGINT GENERATED ALWAYS AS IDENTITY,
        tax_year SMALLINT NOT NULL,
        taxpayer_id BIGINT NOT NULL,
        relative_id BIGINT,
        role TEXT NOT NULL,
        document_id BIGINT,
        path TEXT DEFAULT '' NOT NULL,
        stated TEXT DEFAULT '' NOT NULL,
        known_from TIMESTAMP WITH TIME ZONE NOT NULL,
        known_to TIMESTAMP WITH TIME ZONE DEFAULT 'infinity' NOT NULL,
        CONSTRAINT pk_claim PRIMARY KEY (id),
        CONSTRAINT ck_claim_role CHECK (role IN ('spouse', 'dependant', 'under16', 'family_employee'))
    )
    """,
    """
    CREATE INDEX ix_claim_relative ON shikakeisan.claim (tax_year, relative_id) WHERE known_to = 'infinity'
    """,
    """
    CREATE INDEX ix_claim_stated ON shikakeisan.claim (tax_year, stated)
        WHERE known_to = 'infinity' AND stated <> ''
    """,
    """
    CREATE INDEX ix_claim_taxpayer ON shikakeisan.claim (tax_year, taxpayer_id) WHERE known_to = 'infinity'
    """,
    """
    CREATE TABLE shikakeisan.decision (
        id BIGINT GENERATED ALWAYS AS IDENTITY,
        tax_year SMALLINT NOT NULL,
        person_id BIGINT NOT NULL,
        path TEXT NOT NULL,
        value JSONB,
        seen JSONB,
        reason TEXT NOT NULL,
        document_id BIGINT,
        ends_id BIGINT,
        proposed_by TEXT NOT NULL,
        approved_by TEXT NOT NULL,
        known_from TIMESTAMP WITH TIME ZONE NOT NULL,
        known_to TIMESTAMP WITH TIME ZONE DEFAULT 'infinity' NOT NULL,
        CONSTRAINT pk_decision PRIMARY KEY (id),
        CONSTRAINT ck_decision_two_persons CHECK (approved_by <> proposed_by)
    )
    """,
    """
    CREATE INDEX ix_decision_person ON shikakeisan.decision (tax_year, person_id) WHERE known_to = 'infinity'
    """,
    """
    CREATE UNIQUE INDEX uq_decision_path ON shikakeisan.decision (tax_year, person_id, path)
        WHERE known_to = 'infinity' AND approved_by <> ''
    """,
    """
    CREATE TABLE shikakeisan.finding (
        id BIGINT GENERATED ALWAYS AS IDENTITY,
        tax_year SMALLINT NOT NULL,
        person_id BIGINT NOT NULL,
        stage TEXT NOT NULL,
        code TEXT NOT NULL,
        documents BIGINT[] NOT NULL,
        others BIGINT[] NOT NULL,
        details JSONB NOT NULL,
        is_blocking BOOLEAN NOT NULL,
        state TEXT NOT NULL,
        owner TEXT DEFAULT '' NOT NULL,
        version INTEGER DEFAULT '1' NOT NULL,
        opened_at TIMESTAMP WITH TIME ZONE NOT NULL,
        reason TEXT DEFAULT '' NOT NULL,
        proposed_by TEXT DEFAULT '' NOT NULL,
        closed_by TEXT DEFAULT '' NOT NULL,
        closed_at TIMESTAMP WITH TIME ZONE,
        CONSTRAINT pk_finding PRIMARY KEY (id),
        CONSTRAINT ck_finding_stage CHECK (stage IN ('base', 'merge', 'assessment')),
        CONSTRAINT ck_finding_state CHECK (state IN ('open', 'proposed', 'closed', 'gone')),
        CONSTRAINT ck_finding_two_persons CHECK (closed_by = '' OR closed_by <> proposed_by)
    )
    """,
    """
    CREATE INDEX ix_finding_code ON shikakeisan.finding (tax_year, code, id)
    """,
    """
    CREATE INDEX ix_finding_person ON shikakeisan.finding (tax_year, person_id)
    """,
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)
