"""How an employer takes part in collection and filing."""

from alembic import op

revision = "atena_0013"
down_revision = "atena_0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nobody is designated until somebody says so: what is guessed here would be told as a fact."""
    op.execute(
        "ALTER TABLE atena.employer_revision"
        " ADD COLUMN special_collection text NOT NULL DEFAULT 'none',"
        " ADD COLUMN pays_half_yearly boolean NOT NULL DEFAULT false,"
        " ADD COLUMN files_electronically boolean NOT NULL DEFAULT false,"
        " ADD CONSTRAINT ck_employer_revision_special_collection"
        " CHECK (special_collection IN ('none', 'designated', 'ended'))"
    )
