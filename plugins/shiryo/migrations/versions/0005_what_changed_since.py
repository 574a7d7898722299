"""Whose documents changed since a moment is found without reading those of all years."""

from alembic import op

revision = "shiryo_0005"
down_revision = "shiryo_0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Index the moments: of all attachments by block, as they come in order; of the few that ended by row."""
    op.execute("CREATE INDEX ix_attachment_known_from ON shiryo.attachment USING brin (known_from)")
    op.execute(
        "CREATE INDEX ix_attachment_known_to ON shiryo.attachment (known_to) WHERE known_to < 'infinity'"
    )
    op.execute(
        "CREATE INDEX ix_document_superseded_at ON shiryo.document (superseded_at)"
        " WHERE superseded_by IS NOT NULL"
    )
