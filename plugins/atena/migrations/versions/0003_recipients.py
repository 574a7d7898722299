"""Who gets a person's notices: delivery address, tax agent, heirs' representative, trustee."""

from plugins.atena.history_tables import create_history

revision = "atena_0003"
down_revision = "atena_0002"
branch_labels = None
depends_on = None

RECIPIENT = """
    name text NOT NULL,
    kana text NOT NULL,
    municipality_code text NOT NULL,
    prefecture text NOT NULL,
    municipality text NOT NULL,
    town_code text NOT NULL,
    town text NOT NULL,
    lot text NOT NULL,
    building text NOT NULL,
    postal_code text NOT NULL,
    CONSTRAINT ck_{table}_name CHECK (name <> ''),
    CONSTRAINT ck_{table}_municipality_code CHECK (municipality_code ~ '^[0-9]{{6}}$'),
    CONSTRAINT ck_{table}_town_code CHECK (town_code ~ '^[0-9]{{7}}$'),
    CONSTRAINT ck_{table}_postal_code CHECK (postal_code ~ '^([0-9]{{7}})?$')
"""


def upgrade() -> None:
    """Create one table for each kind of recipient."""
    for table in ("delivery_address", "tax_agent", "heirs_representative", "trustee"):
        create_history(table, "person", RECIPIENT.format(table=table))
