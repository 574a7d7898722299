"""Several numbers of one person; My Numbers in returns that differ from what we hold."""

from alembic import op

from plugins.atena.history_tables import create_history

revision = "atena_0004"
down_revision = "atena_0003"
branch_labels = None
depends_on = None

PERSON_LINK = """
    primary_id bigint NOT NULL,
    CONSTRAINT fk_person_link_primary_id FOREIGN KEY (primary_id) REFERENCES atena.person (id),
    CONSTRAINT ck_person_link_other CHECK (primary_id <> person_id)
"""
NUMBER_CASE = """
    CREATE TABLE atena.number_case (
        id bigint GENERATED ALWAYS AS IDENTITY,
        person_id bigint NOT NULL,
        kind text NOT NULL,
        source text NOT NULL,
        sealed bytea NOT NULL,
        blind_index bytea NOT NULL,
        key_version smallint NOT NULL,
        opened_at timestamptz NOT NULL,
        CONSTRAINT pk_number_case PRIMARY KEY (id),
        CONSTRAINT ck_number_case_kind CHECK (kind IN ('different', 'held_by_another', 'resident')),
        CONSTRAINT ck_number_case_source CHECK (source <> ''),
        CONSTRAINT ck_number_case_sealed CHECK (octet_length(sealed) = 40 AND octet_length(blind_index) = 32),
        CONSTRAINT fk_number_case_person_id FOREIGN KEY (person_id) REFERENCES atena.person (id)
    )
"""
NUMBER_CASE_OUTCOME = """
    CREATE TABLE atena.number_case_outcome (
        case_id bigint NOT NULL,
        outcome text NOT NULL,
        note text NOT NULL,
        resolved_by text NOT NULL,
        resolved_at timestamptz NOT NULL,
        CONSTRAINT pk_number_case_outcome PRIMARY KEY (case_id),
        CONSTRAINT ck_number_case_outcome_outcome CHECK (outcome IN ('kept', 'corrected', 'not_this_person')),
        CONSTRAINT ck_number_case_outcome_note CHECK (note <> ''),
        CONSTRAINT fk_number_case_outcome_case_id FOREIGN KEY (case_id) REFERENCES atena.number_case (id)
    )
"""


def upgrade() -> None:
    """Create the tables."""
    create_history("person_link", "person", PERSON_LINK)
    op.execute(
        "CREATE INDEX ix_person_link_primary_id ON atena.person_link (primary_id) WHERE known_to = 'infinity'"
    )
    op.execute(NUMBER_CASE)
    op.execute("CREATE INDEX ix_number_case_person_id ON atena.number_case (person_id, blind_index)")
    op.execute(NUMBER_CASE_OUTCOME)
