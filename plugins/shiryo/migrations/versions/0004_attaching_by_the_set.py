"""What documents are attached by: folded keys beside what they say, and the deliveries under way."""

from alembic import op

revision = "shiryo_0004"
down_revision = "shiryo_0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the keys; documents of earlier intakes have empty ones, which agree with nobody's.

    A document's sender is a copy of its delivery's, checked there. Sealed bytes cannot be compressed.
    """
    for name in ("name_key", "kana_key", "address_key"):
        op.execute(f"ALTER TABLE shiryo.document ADD COLUMN {name} text NOT NULL DEFAULT ''")
    op.execute(
        "CREATE INDEX ix_delivery_state ON shiryo.delivery (sender_id, id)"
        " WHERE state IN ('received', 'accepted')"
    )
    op.execute("ALTER TABLE shiryo.document DROP CONSTRAINT fk_document_sender_id")
    op.execute("ALTER TABLE shiryo.chunk ALTER COLUMN sealed SET STORAGE EXTERNAL")
