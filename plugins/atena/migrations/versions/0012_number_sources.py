"""Which document a My Number was taken from."""

from alembic import op

revision = "atena_0012"
down_revision = "atena_0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the source; what stands there came by the register feed or from an officer."""
    op.execute("ALTER TABLE atena.my_number ADD COLUMN source text NOT NULL DEFAULT ''")
