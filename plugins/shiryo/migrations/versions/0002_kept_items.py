"""What the merge needs of a document: further items as they were read, and the relatives it names."""

from alembic import op

revision = "shiryo_0002"
down_revision = "shiryo_0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the two columns; documents of earlier intakes have nothing in them."""
    for name, empty in (("items", "{}"), ("relatives", "[]")):
        op.execute(f"ALTER TABLE shiryo.document ADD COLUMN {name} jsonb NOT NULL DEFAULT '{empty}'")
        op.execute(f"ALTER TABLE shiryo.document ALTER COLUMN {name} DROP DEFAULT")
