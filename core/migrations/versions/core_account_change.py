"""Accounts: what one administrator proposes and another one decides."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "core_account_change"
down_revision = "core_demo"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "account_change",
        sa.Column("id", sa.BigInteger, sa.Identity(always=True), nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("staff_number", sa.Text, nullable=False),
        sa.Column("details", JSONB, nullable=False),
        sa.Column("code_part", sa.LargeBinary),
        sa.Column("state", sa.Text, nullable=False, server_default="proposed"),
        sa.Column("proposed_by", sa.Text, nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by", sa.Text),
        sa.Column("decided_at", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("id", name="pk_account_change"),
        sa.CheckConstraint("kind IN ('staff', 'enrolment', 'role')", name="ck_account_change_kind"),
        sa.CheckConstraint(
            "state IN ('proposed', 'approved', 'rejected', 'withdrawn')", name="ck_account_change_state"
        ),
        sa.CheckConstraint("(state = 'proposed') = (decided_by IS NULL)", name="ck_account_change_decided"),
        sa.CheckConstraint(
            "state <> 'approved' OR decided_by <> proposed_by", name="ck_account_change_two_persons"
        ),
        schema="core",
    )
    op.create_index(
        "ix_account_change_waiting",
        "account_change",
        ["id"],
        schema="core",
        postgresql_where=sa.text("state = 'proposed'"),
    )


def downgrade() -> None:
    op.drop_table("account_change", schema="core")
