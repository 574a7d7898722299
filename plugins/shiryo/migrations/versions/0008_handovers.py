"""What is handed out to a vendor who punches, what comes back, and its erasure."""

from alembic import op

revision = "shiryo_0008"
down_revision = "shiryo_0007"
branch_labels = None
depends_on = None

STATEMENTS = (
    """
    CREATE TABLE shiryo.handover (
        id bigint GENERATED ALWAYS AS IDENTITY,
        tax_year smallint NOT NULL,
        sender_id bigint NOT NULL,
        contents text NOT NULL,
        documents bigint NOT NULL,
        list_sha256 bytea NOT NULL,
        handed_on date NOT NULL,
        recorded_by text NOT NULL,
        recorded_at timestamptz NOT NULL,
        CONSTRAINT pk_handover PRIMARY KEY (id),
        CONSTRAINT fk_handover_sender_id_sender FOREIGN KEY(sender_id) REFERENCES shiryo.sender (id),
        CONSTRAINT ck_handover_contents CHECK (contents <> ''),
        CONSTRAINT ck_handover_documents CHECK (documents > 0),
        CONSTRAINT ck_handover_list_sha256 CHECK (octet_length(list_sha256) = 32)
    )
    """,
    "CREATE INDEX ix_handover_tax_year ON shiryo.handover (tax_year, id)",
    """
    CREATE TABLE shiryo.handover_event (
        id bigint GENERATED ALWAYS AS IDENTITY,
        handover_id bigint NOT NULL,
        kind text NOT NULL,
        happened_on date NOT NULL,
        delivery_id bigint,
        documents bigint,
        reference text NOT NULL,
        recorded_by text NOT NULL,
        recorded_at timestamptz NOT NULL,
        CONSTRAINT pk_handover_event PRIMARY KEY (id),
        CONSTRAINT fk_handover_event_handover_id_handover
            FOREIGN KEY(handover_id) REFERENCES shiryo.handover (id),
        CONSTRAINT fk_handover_event_delivery_id_delivery
            FOREIGN KEY(delivery_id) REFERENCES shiryo.delivery (id),
        CONSTRAINT ck_handover_event_kind CHECK (kind IN ('delivered', 'returned', 'erased')),
        CONSTRAINT ck_handover_event_delivery CHECK ((kind = 'delivered') = (delivery_id IS NOT NULL)),
        CONSTRAINT ck_handover_event_documents
            CHECK ((kind = 'returned') = (documents IS NOT NULL) AND documents > 0),
        CONSTRAINT ck_handover_event_reference CHECK (kind = 'delivered' OR reference <> '')
    )
    """,
    "CREATE INDEX ix_handover_event_handover_id ON shiryo.handover_event (handover_id, id)",
    "CREATE UNIQUE INDEX uq_handover_event_delivery_id ON shiryo.handover_event (delivery_id)",
    """
    CREATE UNIQUE INDEX uq_handover_event_erased ON shiryo.handover_event (handover_id)
    WHERE kind = 'erased'
    """,
)


def upgrade() -> None:
    """Create the two tables."""
    for statement in STATEMENTS:
        op.execute(statement)
