"""The instalments of the benchmark."""

import sqlalchemy as sa
from alembic import op

revision = "bench_0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "instalment",
        sa.Column("person_id", sa.BigInteger, nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("due_date", sa.Date, nullable=False),
        sa.Column("amount", sa.BigInteger, nullable=False),
        sa.Column("paid_amount", sa.BigInteger, nullable=False),
        sa.Column("paid_on", sa.Date),
        sa.PrimaryKeyConstraint("person_id", "number"),
        schema="bench",
    )
