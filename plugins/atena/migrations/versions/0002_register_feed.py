"""The register feed: its inbox and runs; households and 支援措置, which come by it."""

from alembic import op

from plugins.atena.history_tables import create_history

revision = "atena_0002"
down_revision = "atena_0001"
branch_labels = None
depends_on = None

HOUSEHOLD_MEMBER = """
    household_number text NOT NULL,
    relation text NOT NULL,
    CONSTRAINT ck_household_member_household_number CHECK (household_number ~ '^[0-9]{1,15}$'),
    CONSTRAINT ck_household_member_relation CHECK (relation <> '')
"""
PROTECTION = """
    source text NOT NULL,
    CONSTRAINT ck_protection_source CHECK (source IN ('register', 'officer'))
"""
FEED_MESSAGE = """
    CREATE TABLE atena.feed_message (
        sequence bigint NOT NULL,
        kind text NOT NULL,
        fingerprint bytea NOT NULL,
        key_version smallint NOT NULL,
        person_id bigint NOT NULL,
        issued_at timestamptz NOT NULL,
        applied_at timestamptz NOT NULL,
        CONSTRAINT pk_feed_message PRIMARY KEY (sequence),
        CONSTRAINT ck_feed_message_sequence CHECK (sequence > 0),
        CONSTRAINT ck_feed_message_fingerprint CHECK (octet_length(fingerprint) = 32),
        CONSTRAINT fk_feed_message_person_id FOREIGN KEY (person_id) REFERENCES atena.person (id)
    )
"""
FEED_RUN = """
    CREATE TABLE atena.feed_run (
        id bigint GENERATED ALWAYS AS IDENTITY,
        file_name text NOT NULL,
        started_at timestamptz NOT NULL,
        ended_at timestamptz NOT NULL,
        read bigint NOT NULL,
        applied bigint NOT NULL,
        doubled bigint NOT NULL,
        highest_seen bigint NOT NULL,
        stop_code text NOT NULL,
        stop_sequence bigint,
        CONSTRAINT pk_feed_run PRIMARY KEY (id),
        CONSTRAINT ck_feed_run_counts CHECK (read >= applied + doubled AND applied >= 0 AND doubled >= 0)
    )
"""


def upgrade() -> None:
    """Create the tables."""
    create_history("household_member", "person", HOUSEHOLD_MEMBER)
    create_history("protection", "person", PROTECTION)
    op.execute(
        "CREATE INDEX ix_household_member_number ON atena.household_member (household_number, person_id)"
    )
    op.execute(FEED_MESSAGE)
    op.execute("CREATE INDEX ix_feed_message_person_id ON atena.feed_message (person_id)")
    op.execute(FEED_RUN)
