"""Numbers that an officer found at 住基ネット, until another one has looked as well."""

from alembic import op

revision = "atena_0015"
down_revision = "atena_0014"
branch_labels = None
depends_on = None

STATEMENTS = (
    """
    CREATE TABLE atena.found_number (
        id BIGINT GENERATED ALWAYS AS IDENTITY,
        person_id BIGINT NOT NULL,
        blind_index BYTEA NOT NULL,
        hits SMALLINT NOT NULL,
        reason TEXT NOT NULL,
        proposed_by TEXT NOT NULL,
        proposed_at TIMESTAMP WITH TIME ZONE NOT NULL,
        outcome TEXT DEFAULT 'open' NOT NULL,
        decided_by TEXT,
        decided_at TIMESTAMP WITH TIME ZONE,
        CONSTRAINT pk_found_number PRIMARY KEY (id),
        CONSTRAINT fk_found_number_person_id_person FOREIGN KEY(person_id) REFERENCES atena.person (id),
        CONSTRAINT ck_found_number_blind_index CHECK (octet_length(blind_index) = 32),
        CONSTRAINT ck_found_number_hits CHECK (hits > 0),
        CONSTRAINT ck_found_number_reason CHECK (reason <> ''),
        CONSTRAINT ck_found_number_outcome CHECK (outcome IN ('open', 'confirmed', 'rejected')),
        CONSTRAINT ck_found_number_decided CHECK ((outcome = 'open') = (decided_by IS NULL)),
        CONSTRAINT ck_found_number_two_persons CHECK (outcome <> 'confirmed' OR decided_by <> proposed_by)
    )
    """,
    """
    CREATE UNIQUE INDEX uq_found_number_open ON atena.found_number (person_id) WHERE outcome = 'open'
    """,
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)
