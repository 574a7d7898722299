"""Summary forms that were made for payers, and in which run."""

from alembic import op

revision = "shikakeisan_0009"
down_revision = "shikakeisan_0008"
branch_labels = None
depends_on = None

STATEMENTS = (
    """
    CREATE TABLE shikakeisan.summary_run (
        id BIGINT GENERATED ALWAYS AS IDENTITY,
        tax_year SMALLINT NOT NULL,
        counts JSONB NOT NULL,
        sha256 BYTEA NOT NULL,
        made_by TEXT NOT NULL,
        made_at TIMESTAMP WITH TIME ZONE NOT NULL,
        CONSTRAINT pk_summary_run PRIMARY KEY (id),
        CONSTRAINT ck_summary_run_sha256 CHECK (octet_length(sha256) = 32)
    )
    """,
    """
    CREATE TABLE shikakeisan.summary_form (
        tax_year SMALLINT NOT NULL,
        designation_number TEXT NOT NULL,
        run_id BIGINT NOT NULL,
        CONSTRAINT pk_summary_form PRIMARY KEY (tax_year, designation_number)
    )
    """,
    """
    CREATE INDEX ix_summary_form_run ON shikakeisan.summary_form (run_id)
    """,
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)
