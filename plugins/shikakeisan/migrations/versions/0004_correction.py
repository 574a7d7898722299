"""Proposals of corrections, batches, samples, marks for 資料連絡せん."""

from alembic import op

revision = "shikakeisan_0004"
down_revision = "shikakeisan_0003"
branch_labels = None
depends_on = None

STATEMENTS = (
    """
    CREATE TABLE shikakeisan.proposal (
        id BIGINT GENERATED ALWAYS AS IDENTITY,
        tax_year SMALLINT NOT NULL,
        person_id BIGINT NOT NULL,
        batch_id BIGINT,
        kind TEXT NOT NULL,
        state TEXT NOT NULL,
        reason TEXT NOT NULL,
        received_on DATE NOT NULL,
        event_on DATE,
        claimed_period TEXT NOT NULL,
        documents BIGINT[] NOT NULL,
        changes JSONB NOT NULL,
        seen JSONB NOT NULL,
        held_back JSONB NOT NULL,
        expected_revision INTEGER NOT NULL,
        base_id BIGINT NOT NULL,
        basis_id BIGINT,
        rules_version TEXT NOT NULL,
        before JSONB NOT NULL,
        after JSONB NOT NULL,
        causes JSONB NOT NULL,
        effects JSONB NOT NULL,
        digest BYTEA NOT NULL,
        proposed_by TEXT NOT NULL,
        proposed_at TIMESTAMP WITH TIME ZONE NOT NULL,
        decided_by TEXT DEFAULT '' NOT NULL,
        decided_at TIMESTAMP WITH TIME ZONE,
        decided_revision INTEGER,
        version INTEGER DEFAULT '1' NOT NULL,
        CONSTRAINT pk_proposal PRIMARY KEY (id),
        CONSTRAINT ck_proposal_state
            CHECK (state IN ('planned', 'proposed', 'approved', 'rejected', 'withdrawn', 'stale')),
        CONSTRAINT ck_proposal_two_persons
            CHECK (state <> 'approved' OR (decided_by <> '' AND decided_by <> proposed_by)),
        CONSTRAINT ck_proposal_digest CHECK (octet_length(digest) = 32)
    )
    """,
    """
    CREATE INDEX ix_proposal_batch ON shikakeisan.proposal (batch_id, id)
    """,
    """
    CREATE INDEX ix_proposal_open ON shikakeisan.proposal (tax_year, id) WHERE state = 'proposed'
    """,
    """
    CREATE INDEX ix_proposal_person ON shikakeisan.proposal (person_id, tax_year, id)
    """,
    """
    CREATE TABLE shikakeisan.batch (
        id BIGINT GENERATED ALWAYS AS IDENTITY,
        tax_year SMALLINT NOT NULL,
        kind TEXT NOT NULL,
        state TEXT NOT NULL,
        reason TEXT NOT NULL,
        received_on DATE NOT NULL,
        selection JSONB NOT NULL,
        changes JSONB NOT NULL,
        sample BIGINT[] NOT NULL,
        counts JSONB NOT NULL,
        job_id BIGINT,
        proposed_by TEXT NOT NULL,
        proposed_at TIMESTAMP WITH TIME ZONE NOT NULL,
        decided_by TEXT DEFAULT '' NOT NULL,
        decided_at TIMESTAMP WITH TIME ZONE,
        version INTEGER DEFAULT '1' NOT NULL,
        CONSTRAINT pk_batch PRIMARY KEY (id),
        CONSTRAINT ck_batch_state
            CHECK (state IN ('dry', 'ready', 'proposed', 'approved', 'done', 'rejected')),
        CONSTRAINT ck_batch_two_persons
            CHECK (state NOT IN ('approved', 'done') OR (decided_by <> '' AND decided_by <> proposed_by))
    )
    """,
    """
    CREATE INDEX ix_batch_tax_year ON shikakeisan.batch (tax_year, id)
    """,
    """
    CREATE TABLE shikakeisan.sample_look (
        proposal_id BIGINT NOT NULL,
        staff TEXT NOT NULL,
        looked_at TIMESTAMP WITH TIME ZONE NOT NULL,
        CONSTRAINT pk_sample_look PRIMARY KEY (proposal_id, staff)
    )
    """,
    """
    CREATE TABLE shikakeisan.contact_slip (
        id BIGINT GENERATED ALWAYS AS IDENTITY,
        tax_year SMALLINT NOT NULL,
        person_id BIGINT NOT NULL,
        proposal_id BIGINT NOT NULL,
        marked_at TIMESTAMP WITH TIME ZONE NOT NULL,
        printed_at TIMESTAMP WITH TIME ZONE DEFAULT 'infinity' NOT NULL,
        CONSTRAINT pk_contact_slip PRIMARY KEY (id)
    )
    """,
    """
    CREATE INDEX ix_contact_slip_waiting ON shikakeisan.contact_slip (tax_year, id)
        WHERE printed_at = 'infinity'
    """,
    """
    CREATE UNIQUE INDEX uq_contact_slip ON shikakeisan.contact_slip (proposal_id)
    """,
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)
