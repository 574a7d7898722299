"""The table in which the sample jobs leave their traces: no constraint hides a doubled effect."""

import sqlalchemy as sa
from alembic import op

revision = "sample_0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "effect",
        sa.Column("job", sa.BigInteger, nullable=False),
        sa.Column("unit", sa.BigInteger, nullable=False),
        sa.Column("worker", sa.Integer, nullable=False),
        schema="sample_jobs",
    )
