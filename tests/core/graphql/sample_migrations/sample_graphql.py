"""Tables of the sample schema: notes that mutations write, and an access log."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "sample_graphql"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table("note", sa.Column("text", sa.Text, nullable=False), schema="sample_graphql")
    op.create_table("access", sa.Column("line", JSONB, nullable=False), schema="sample_graphql")
