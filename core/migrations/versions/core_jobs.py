"""Jobs: the table that workers take their work from."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "core_jobs"
down_revision = "core_identity"
branch_labels = None
depends_on = None

ACTIVE = sa.text("state IN ('queued', 'running', 'cancelling')")
STATES = "state IN ('queued', 'running', 'cancelling', 'cancelled', 'done', 'done_with_errors', 'failed')"


def upgrade() -> None:
    op.create_table(
        "job",
        sa.Column("id", sa.BigInteger, sa.Identity(always=True), nullable=False),
        sa.Column("type", sa.Text, nullable=False),
        sa.Column("parameters", JSONB, nullable=False),
        sa.Column("requester", sa.Text, nullable=False),
        sa.Column("requester_kind", sa.Text, nullable=False),
        sa.Column("department", sa.Text, nullable=False),
        sa.Column("key", sa.Text),
        sa.Column("state", sa.Text, nullable=False, server_default="queued"),
        sa.Column("done", sa.BigInteger, nullable=False, server_default="0"),
        sa.Column("total", sa.BigInteger),
        sa.Column("message", sa.Text, nullable=False, server_default=""),
        sa.Column("cursor", JSONB),
        sa.Column("result", JSONB),
        sa.Column("error_code", sa.Text),
        sa.Column("error_message", sa.Text),
        sa.Column("attempt", sa.Integer, nullable=False, server_default="0"),
        sa.Column("stalls", sa.Integer, nullable=False, server_default="0"),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False, server_default=sa.text("now()")),
        sa.Column("started_at", sa.DateTime(timezone=True)),
        sa.Column("finished_at", sa.DateTime(timezone=True)),
        sa.Column("lease_until", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("id", name="pk_job"),
        sa.CheckConstraint(STATES, name="ck_job_state"),
        schema="core",
    )
    op.create_index("ix_job_active", "job", ["id"], schema="core", postgresql_where=ACTIVE)
    op.create_index("uq_job_key", "job", ["key"], unique=True, schema="core", postgresql_where=ACTIVE)
    # every step updates its row: room in the page keeps those updates out of the indexes
    op.execute("ALTER TABLE core.job SET (fillfactor = 50)")


def downgrade() -> None:
    op.drop_table("job", schema="core")
