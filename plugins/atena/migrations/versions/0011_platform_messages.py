"""What the common platform (共通基盤) is told of 住登外者, and what it answered."""

from alembic import op

revision = "atena_0011"
down_revision = "atena_0010"
branch_labels = None
depends_on = None

PLATFORM_MESSAGE = """
    CREATE TABLE atena.platform_message (
        id bigint GENERATED ALWAYS AS IDENTITY,
        person_id bigint NOT NULL,
        kind text NOT NULL,
        known_at timestamptz NOT NULL,
        sequence bigint,
        sent_at timestamptz,
        result text,
        code text,
        answered_at timestamptz,
        closed_by text,
        closed_at timestamptz,
        note text,
        CONSTRAINT pk_platform_message PRIMARY KEY (id),
        CONSTRAINT fk_platform_message_person_id FOREIGN KEY (person_id) REFERENCES atena.person (id),
        CONSTRAINT uq_platform_message_sequence UNIQUE (sequence),
        CONSTRAINT ck_platform_message_kind CHECK (kind IN ('registered', 'changed', 'numbered')),
        CONSTRAINT ck_platform_message_result CHECK (result IN ('accepted', 'refused')),
        CONSTRAINT ck_platform_message_sent CHECK (sent_at IS NULL OR sequence IS NOT NULL),
        CONSTRAINT ck_platform_message_answered CHECK ((answered_at IS NULL) = (result IS NULL)
            AND (result IS NULL OR (sequence IS NOT NULL AND code IS NOT NULL))),
        CONSTRAINT ck_platform_message_closed CHECK ((closed_by IS NULL) = (closed_at IS NULL)
            AND (closed_by IS NULL OR (result = 'refused' AND note <> '')))
    )
"""


def upgrade() -> None:
    """Create the table."""
    op.execute(PLATFORM_MESSAGE)
    op.execute("CREATE INDEX ix_platform_message_unsent ON atena.platform_message (id) WHERE sent_at IS NULL")
    op.execute(
        "CREATE INDEX ix_platform_message_refused ON atena.platform_message (id)"
        " WHERE result = 'refused' AND closed_by IS NULL"
    )
