"""Jobs: how many steps are committed; a worker sees when the server has lost one that it remembers."""

import sqlalchemy as sa
from alembic import op

revision = "core_job_steps"
down_revision = "core_account_change"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("job", sa.Column("steps", sa.BigInteger, nullable=False, server_default="0"), schema="core")


def downgrade() -> None:
    op.drop_column("job", "steps", schema="core")
