"""A way past an impossible message of the feed; one keyed digest for the inbox; cases in key rotation."""

from alembic import op

revision = "atena_0006"
down_revision = "atena_0005"
branch_labels = None
depends_on = None

FEED_REMEDY = """
    CREATE TABLE atena.feed_remedy (
        id bigint GENERATED ALWAYS AS IDENTITY,
        sequence bigint NOT NULL,
        fingerprint bytea NOT NULL,
        action text NOT NULL,
        replacement jsonb,
        reason text NOT NULL,
        proposed_by text NOT NULL,
        proposed_at timestamptz NOT NULL,
        outcome text DEFAULT 'open' NOT NULL,
        decided_by text,
        decided_at timestamptz,
        CONSTRAINT pk_feed_remedy PRIMARY KEY (id),
        CONSTRAINT ck_feed_remedy_fingerprint CHECK (octet_length(fingerprint) = 16),
        CONSTRAINT ck_feed_remedy_action CHECK (action IN ('skip', 'replace')),
        CONSTRAINT ck_feed_remedy_reason CHECK (reason <> ''),
        CONSTRAINT ck_feed_remedy_outcome CHECK (outcome IN ('open', 'confirmed', 'rejected')),
        CONSTRAINT ck_feed_remedy_replaced CHECK ((action = 'replace') = (replacement IS NOT NULL)),
        CONSTRAINT ck_feed_remedy_decided CHECK ((outcome = 'open') = (decided_by IS NULL)),
        CONSTRAINT ck_feed_remedy_two_persons CHECK (outcome <> 'confirmed' OR decided_by <> proposed_by)
    )
"""
# What the old fingerprints were made of is not kept, so they cannot be made anew.
INBOX = (
    "ALTER TABLE atena.feed_message DROP CONSTRAINT ck_feed_message_fingerprint",
    "ALTER TABLE atena.feed_message ALTER COLUMN fingerprint DROP NOT NULL",
    "UPDATE atena.feed_message SET fingerprint = NULL",
    """ALTER TABLE atena.feed_message
       ADD CONSTRAINT ck_feed_message_fingerprint CHECK (octet_length(fingerprint) = 16)""",
    "ALTER TABLE atena.feed_message DROP COLUMN key_version",
    "ALTER TABLE atena.feed_message ALTER COLUMN person_id DROP NOT NULL",
    "ALTER TABLE atena.feed_message ADD COLUMN remedy_id bigint",
    """ALTER TABLE atena.feed_message ADD CONSTRAINT fk_feed_message_remedy_id
       FOREIGN KEY (remedy_id) REFERENCES atena.feed_remedy (id)""",
    """ALTER TABLE atena.feed_message ADD CONSTRAINT ck_feed_message_person
       CHECK (person_id IS NOT NULL OR remedy_id IS NOT NULL)""",
    "ALTER TABLE atena.feed_run ADD COLUMN stop_fingerprint bytea",
)


def upgrade() -> None:
    """Change the tables."""
    op.execute(FEED_REMEDY)
    op.execute(
        "CREATE UNIQUE INDEX uq_feed_remedy_open ON atena.feed_remedy (sequence) WHERE outcome = 'open'"
    )
    for statement in INBOX:
        op.execute(statement)
    op.execute("CREATE INDEX ix_number_case_key_version ON atena.number_case (key_version)")
