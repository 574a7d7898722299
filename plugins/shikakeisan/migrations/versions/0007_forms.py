"""Return forms that were made, and in which run."""

from alembic import op

revision = "shikakeisan_0007"
down_revision = "shikakeisan_0006"
branch_labels = None
depends_on = None

STATEMENTS = (
    """
    CREATE TABLE shikakeisan.form_run (
        id BIGINT GENERATED ALWAYS AS IDENTITY,
        tax_year SMALLINT NOT NULL,
        included TEXT[] NOT NULL,
        excluded TEXT[] NOT NULL,
        counts JSONB NOT NULL,
        files JSONB NOT NULL,
        made_by TEXT NOT NULL,
        made_at TIMESTAMP WITH TIME ZONE NOT NULL,
        CONSTRAINT pk_form_run PRIMARY KEY (id)
    )
    """,
    """
    CREATE INDEX ix_form_run_year ON shikakeisan.form_run (tax_year, id)
    """,
    """
    CREATE TABLE shikakeisan.form (
        id BIGINT GENERATED ALWAYS AS IDENTITY,
        tax_year SMALLINT NOT NULL,
        serial INTEGER NOT NULL,
        run_id BIGINT NOT NULL,
        person_id BIGINT NOT NULL,
        sent_to TEXT NOT NULL,
        is_private BOOLEAN NOT NULL,
        CONSTRAINT pk_form PRIMARY KEY (id),
        CONSTRAINT ck_form_serial CHECK (serial > 0)
    )
    """,
    """
    CREATE INDEX ix_form_run ON shikakeisan.form (run_id, serial)
    """,
    """
    CREATE UNIQUE INDEX uq_form_person ON shikakeisan.form (person_id, tax_year)
    """,
    """
    CREATE UNIQUE INDEX uq_form_serial ON shikakeisan.form (tax_year, serial)
    """,
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)
