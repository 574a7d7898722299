"""The accounts of a branch are found when it merges or closes."""

from alembic import op

revision = "atena_0010"
down_revision = "atena_0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Index the accounts by branch."""
    op.execute(
        "CREATE INDEX ix_bank_account_branch_code ON atena.bank_account (branch_code)"
        " WHERE known_to = 'infinity'"
    )
