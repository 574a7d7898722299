"""eLTAX user ids: whose each is, from when to when."""

from alembic import op

from plugins.atena.history_tables import create_history

revision = "atena_0007"
down_revision = "atena_0006"
branch_labels = None
depends_on = None

ELTAX_USER = """
    CREATE TABLE atena.eltax_user (
        id bigint GENERATED ALWAYS AS IDENTITY,
        user_id text NOT NULL,
        version integer DEFAULT 1 NOT NULL,
        changed_at timestamptz NOT NULL,
        CONSTRAINT pk_eltax_user PRIMARY KEY (id),
        CONSTRAINT uq_eltax_user_user_id UNIQUE (user_id),
        CONSTRAINT ck_eltax_user_user_id CHECK (user_id ~ '^[0-9A-Za-z]{11}$')
    )
"""
HOLDER = """
    person_id bigint,
    employer_id bigint,
    CONSTRAINT fk_eltax_user_holder_person_id FOREIGN KEY (person_id) REFERENCES atena.person (id),
    CONSTRAINT fk_eltax_user_holder_employer_id FOREIGN KEY (employer_id) REFERENCES atena.employer (id),
    CONSTRAINT ck_eltax_user_holder_one CHECK ((person_id IS NULL) <> (employer_id IS NULL))
"""


def upgrade() -> None:
    """Create the tables."""
    op.execute(ELTAX_USER)
    create_history("eltax_user_holder", "eltax_user", HOLDER)
    for holder in ("person", "employer"):
        op.execute(
            f"CREATE INDEX ix_eltax_user_holder_{holder}_id ON atena.eltax_user_holder ({holder}_id)"
            " WHERE known_to = 'infinity'"
        )
