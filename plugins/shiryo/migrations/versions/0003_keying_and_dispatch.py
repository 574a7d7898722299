"""What officers key, and what leaves for other municipalities."""

from alembic import op

revision = "shiryo_0003"
down_revision = "shiryo_0002"
branch_labels = None
depends_on = None

STATEMENTS = (
    """
    CREATE TABLE shiryo.keying (
        id bigint GENERATED ALWAYS AS IDENTITY,
        item_id bigint NOT NULL,
        document_id bigint,
        layout text NOT NULL,
        channel text NOT NULL,
        key_version smallint NOT NULL,
        sealed bytea NOT NULL,
        keyed_by text NOT NULL,
        keyed_at timestamptz NOT NULL,
        made_id bigint,
        CONSTRAINT pk_keying PRIMARY KEY (id),
        CONSTRAINT fk_keying_item_id FOREIGN KEY(item_id) REFERENCES shiryo.work_item (id),
        CONSTRAINT fk_keying_document_id FOREIGN KEY(document_id) REFERENCES shiryo.document (id),
        CONSTRAINT fk_keying_made_id FOREIGN KEY(made_id) REFERENCES shiryo.document (id)
    )
    """,
    "CREATE INDEX ix_keying_item_id ON shiryo.keying (item_id, id)",
    "CREATE INDEX ix_keying_document_id ON shiryo.keying (document_id)",
    "CREATE UNIQUE INDEX ix_keying_made_id ON shiryo.keying (made_id)",
    """
    CREATE TABLE shiryo.dispatch (
        id bigint GENERATED ALWAYS AS IDENTITY,
        tax_year smallint NOT NULL,
        municipality_code text NOT NULL,
        sent_on date NOT NULL,
        sent_by text NOT NULL,
        sent_at timestamptz NOT NULL,
        CONSTRAINT pk_dispatch PRIMARY KEY (id)
    )
    """,
    "CREATE INDEX ix_dispatch_tax_year ON shiryo.dispatch (tax_year, id)",
    """
    CREATE TABLE shiryo.dispatched (
        dispatch_id bigint NOT NULL,
        number integer NOT NULL,
        forwarding_id bigint NOT NULL,
        CONSTRAINT pk_dispatched PRIMARY KEY (dispatch_id, number),
        CONSTRAINT fk_dispatched_dispatch_id FOREIGN KEY(dispatch_id) REFERENCES shiryo.dispatch (id),
        CONSTRAINT fk_dispatched_forwarding_id FOREIGN KEY(forwarding_id) REFERENCES shiryo.forwarding (id),
        CONSTRAINT uq_dispatched_forwarding_id UNIQUE (forwarding_id)
    )
    """,
)


def upgrade() -> None:
    """Create the tables."""
    for statement in STATEMENTS:
        op.execute(statement)
