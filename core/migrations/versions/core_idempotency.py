"""Idempotency keys: the table of mutations that were answered."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "core_idempotency"
down_revision = "core_jobs"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "idempotency",
        sa.Column("actor", sa.Text, nullable=False),
        sa.Column("key_hash", sa.LargeBinary, nullable=False),
        sa.Column("request_hash", sa.LargeBinary, nullable=False),
        sa.Column("answer", sa.LargeBinary),
        sa.Column("accesses", JSONB),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False, server_default=sa.text("now()")),
        sa.PrimaryKeyConstraint("actor", "key_hash", name="pk_idempotency"),
        schema="core",
    )
    op.create_index("ix_idempotency_recorded_at", "idempotency", ["recorded_at"], schema="core")


def downgrade() -> None:
    """Drop the table."""
    op.drop_table("idempotency", schema="core")
