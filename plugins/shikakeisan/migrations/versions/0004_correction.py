"""Proposals of corrections."""

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
        documents BIGINT[] NOT NULL,
        changes JSONB NOT NULL,
        expected_revision INTEGER NOT NULL,
        before JSONB NOT NULL,
        after JSONB NOT NULL,
        effects JSONB NOT NULL,
        digest BYTEA NOT NULL,
        proposed_by TEXT NOT NULL,
        proposed_at TIMESTAMP WITH TIME ZONE NOT NULL,
        decided_by TEXT DEFAULT '' NOT NULL,
        decided_at TIMESTAMP WITH TIME ZONE,
        version INTEGER DEFAULT '1' NOT NULL,
        CONSTRAINT pk_proposal PRIMARY KEY (id),
        CONSTRAINT ck_proposal_state
            CHECK (state IN ('proposed', 'approved', 'rejected', 'withdrawn', 'stale')),
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
        selection JSONB NOT NULL,
        sample JSONB NOT NULL,
        counts JSONB NOT NULL,
        proposed_by TEXT NOT NULL,
        proposed_at TIMESTAMP WITH TIME ZONE NOT NULL,
        decided_by TEXT DEFAULT '' NOT NULL,
        decided_at TIMESTAMP WITH TIME ZONE,
        version INTEGER DEFAULT '1' NOT NULL,
        CONSTRAINT pk_batch PRIMARY KEY (id),
        CONSTRAINT ck_batch_state CHECK (state IN ('dry', 'proposed', 'approved', 'rejected')),
        CONSTRAINT ck_batch_two_persons
            CHECK (state <> 'approved' OR (decided_by <> '' AND decided_by <> proposed_by))
    )
    """,
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)
