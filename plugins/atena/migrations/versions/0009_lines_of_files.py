"""Which lines of files of 住登外者 were registered as whom, so that a file may come twice."""

from alembic import op

revision = "atena_0009"
down_revision = "atena_0008"
branch_labels = None
depends_on = None

NON_RESIDENT_LINE = """
    CREATE TABLE atena.non_resident_line (
        serial bigint NOT NULL,
        fingerprint bytea NOT NULL,
        person_id bigint NOT NULL,
        CONSTRAINT pk_non_resident_line PRIMARY KEY (serial),
        CONSTRAINT ck_non_resident_line_fingerprint CHECK (octet_length(fingerprint) = 16),
        CONSTRAINT fk_non_resident_line_person_id FOREIGN KEY (person_id) REFERENCES atena.person (id)
    )
"""


def upgrade() -> None:
    """Create the table."""
    op.execute(NON_RESIDENT_LINE)
