"""A city whose tax is decided is counted every few seconds: small samples, and none of facts and figures."""

from alembic import op
from sqlalchemy import text

revision = "shikakeisan_0010"
down_revision = "shikakeisan_0009"
branch_labels = None
depends_on = None

ENOUGH = 20
"""The sample is 300 rows for each unit of the greatest figure of a table's columns; the server's is 100."""
FOUND_BY = {
    "basis": {"id", "tax_year", "person_id", "known_from", "known_to"},
    "claim": {"id", "tax_year", "taxpayer_id", "relative_id", "role", "stated", "known_from", "known_to"},
    "assessment": {
        *("id", "tax_year", "person_id", "revision", "outcome", "ground", "base_id", "basis_id", "run_id"),
        *("proposal_id", "decided_at", "superseded_at"),
    },
}
COLUMNS = text(
    "SELECT attname FROM pg_attribute WHERE attrelid = CAST(:name AS regclass)"
    " AND attnum > 0 AND NOT attisdropped ORDER BY attnum"
)


def upgrade() -> None:
    """Nobody is looked for by a fact or a figure; to sample and sort them took most of each ANALYZE."""
    for table, found_by in FOUND_BY.items():
        for name in op.get_bind().execute(COLUMNS, {"name": f"shikakeisan.{table}"}).scalars():
            target = ENOUGH if name in found_by else 0
            op.execute(f"ALTER TABLE shikakeisan.{table} ALTER COLUMN {name} SET STATISTICS {target}")
