"""Folded keys of addresses, for finding persons by where they live."""

import sqlalchemy as sa
from alembic import op

from plugins.atena.search_keys import address_keys

revision = "atena_0008"
down_revision = "atena_0007"
branch_labels = None
depends_on = None

BATCH = 10_000
READ = """
    SELECT id, prefecture, municipality, town, lot FROM atena.address_revision
    WHERE id > :after ORDER BY id LIMIT :batch
"""
WRITE = "UPDATE atena.address_revision SET address_key = :address_key, town_key = :town_key WHERE id = :id"
KEYS = ("address_key", "town_key")


def upgrade() -> None:
    """Add the columns, fold what is there, then index it."""
    for key in KEYS:
        op.execute(f'ALTER TABLE atena.address_revision ADD COLUMN {key} text COLLATE "C"')
    _fold()
    for key in KEYS:
        op.execute(f"ALTER TABLE atena.address_revision ALTER COLUMN {key} SET NOT NULL")
        op.execute(
            f"CREATE INDEX ix_address_revision_{key} ON atena.address_revision ({key}, person_id)"
            " WHERE known_to = 'infinity'"
        )


def _fold() -> None:
    connection, after = op.get_bind(), 0
    while rows := connection.execute(sa.text(READ), {"after": after, "batch": BATCH}).all():
        connection.execute(sa.text(WRITE), [{"id": row.id, **address_keys(row._asdict())} for row in rows])
        after = rows[-1].id
