"""Closes, their revisions, and transfer files."""

from alembic import op

revision = "shikakeisan_0005"
down_revision = "shikakeisan_0004"
branch_labels = None
depends_on = None

STATEMENTS = (
    """
    CREATE TABLE shikakeisan.closing (
        id BIGINT GENERATED ALWAYS AS IDENTITY,
        kind TEXT NOT NULL,
        previous_cut_off TIMESTAMP WITH TIME ZONE NOT NULL,
        cut_off TIMESTAMP WITH TIME ZONE NOT NULL,
        counts JSONB NOT NULL,
        closed_by TEXT NOT NULL,
        closed_at TIMESTAMP WITH TIME ZONE NOT NULL,
        CONSTRAINT pk_closing PRIMARY KEY (id),
        CONSTRAINT ck_closing_kind CHECK (kind IN ('initial', 'changes')),
        CONSTRAINT ck_closing_order CHECK (previous_cut_off < cut_off)
    )
    """,
    """
    CREATE UNIQUE INDEX uq_closing_cut_off ON shikakeisan.closing (cut_off)
    """,
    """
    CREATE TABLE shikakeisan.closed_revision (
        assessment_id BIGINT NOT NULL,
        closing_id BIGINT NOT NULL,
        CONSTRAINT pk_closed_revision PRIMARY KEY (assessment_id)
    )
    """,
    """
    CREATE INDEX ix_closed_revision_closing ON shikakeisan.closed_revision (closing_id, assessment_id)
    """,
    """
    CREATE TABLE shikakeisan.transfer (
        id BIGINT GENERATED ALWAYS AS IDENTITY,
        recipient TEXT NOT NULL,
        sequence INTEGER NOT NULL,
        first_closing_id BIGINT NOT NULL,
        closing_id BIGINT NOT NULL,
        columns TEXT[] NOT NULL,
        since TIMESTAMP WITH TIME ZONE NOT NULL,
        until TIMESTAMP WITH TIME ZONE NOT NULL,
        rows BIGINT NOT NULL,
        sums JSONB NOT NULL,
        sha256 BYTEA NOT NULL,
        made_by TEXT NOT NULL,
        made_at TIMESTAMP WITH TIME ZONE NOT NULL,
        CONSTRAINT pk_transfer PRIMARY KEY (id),
        CONSTRAINT ck_transfer_sha256 CHECK (octet_length(sha256) = 32)
    )
    """,
    """
    CREATE UNIQUE INDEX uq_transfer_sequence ON shikakeisan.transfer (recipient, sequence)
    """,
    """
    CREATE TABLE shikakeisan.left_out (
        transfer_id BIGINT NOT NULL,
        tax_year SMALLINT NOT NULL,
        person_id BIGINT NOT NULL,
        CONSTRAINT pk_left_out PRIMARY KEY (transfer_id, tax_year, person_id)
    )
    """,
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)
