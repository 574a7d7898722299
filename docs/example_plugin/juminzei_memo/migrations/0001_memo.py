"""The table of memos."""

from alembic import op

revision = "memo_0001"
down_revision = None
branch_labels = ("memo",)
depends_on = None


def upgrade() -> None:
    """Create the table and its index."""
    op.execute(
        """
        CREATE TABLE memo.memo (
            id bigint GENERATED ALWAYS AS IDENTITY,
            person_id bigint NOT NULL,
            text text NOT NULL,
            written_by text NOT NULL,
            written_at timestamptz NOT NULL,
            CONSTRAINT pk_memo PRIMARY KEY (id)
        )
        """
    )
    op.execute("CREATE INDEX ix_memo_person_id ON memo.memo (person_id)")
