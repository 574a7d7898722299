"""What recipients said of the files that they got."""

from alembic import op

revision = "shikakeisan_0008"
down_revision = "shikakeisan_0007"
branch_labels = None
depends_on = None

STATEMENTS = (
    """
    CREATE TABLE shikakeisan.receipt (
        id BIGINT GENERATED ALWAYS AS IDENTITY,
        transfer_id BIGINT NOT NULL,
        result TEXT NOT NULL,
        rows BIGINT NOT NULL,
        sha256 BYTEA,
        reason TEXT DEFAULT '' NOT NULL,
        recorded_by TEXT NOT NULL,
        recorded_at TIMESTAMP WITH TIME ZONE NOT NULL,
        CONSTRAINT pk_receipt PRIMARY KEY (id),
        CONSTRAINT ck_receipt_result CHECK (result IN ('agrees', 'differs', 'explained')),
        CONSTRAINT ck_receipt_reason CHECK ((result = 'explained') = (reason <> '')),
        CONSTRAINT ck_receipt_rows CHECK (rows >= 0),
        CONSTRAINT ck_receipt_sha256 CHECK (octet_length(sha256) = 32)
    )
    """,
    """
    CREATE INDEX ix_receipt_transfer ON shikakeisan.receipt (transfer_id, id)
    """,
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)
