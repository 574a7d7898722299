"""The table that remembers a synthetic city."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "core_demo"
down_revision = "core_idempotency"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "demo_city",
        sa.Column("id", sa.Integer, sa.CheckConstraint("id = 1", name="only_one"), primary_key=True),
        sa.Column("people", sa.Integer, nullable=False),
        sa.Column("seed", sa.BigInteger, nullable=False),
        sa.Column("samples", JSONB, nullable=False),
        schema="core",
    )


def downgrade() -> None:
    """Drop the table."""
    op.drop_table("demo_city", schema="core")
