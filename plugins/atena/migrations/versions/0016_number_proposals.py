"""A My Number that a 住登外者 shows takes two officers, as one found at 住基ネット does: one table."""

from alembic import op

revision = "atena_0016"
down_revision = "atena_0015"
branch_labels = None
depends_on = None

CONSTRAINTS = (
    *("pk_{}", "fk_{}_person_id_person", "ck_{}_blind_index", "ck_{}_reason", "ck_{}_outcome"),
    *("ck_{}_decided", "ck_{}_two_persons"),
)
RENAMED = [(each.format("found_number"), each.format("number_proposal")) for each in CONSTRAINTS]
STATEMENTS = (
    "ALTER TABLE atena.found_number RENAME TO number_proposal",
    "ALTER SEQUENCE atena.found_number_id_seq RENAME TO number_proposal_id_seq",
    *(f"ALTER TABLE atena.number_proposal RENAME CONSTRAINT {old} TO {new}" for old, new in RENAMED),
    "ALTER INDEX atena.uq_found_number_open RENAME TO uq_number_proposal_open",
    """
    ALTER TABLE atena.number_proposal
        ADD COLUMN evidence TEXT NOT NULL DEFAULT 'juki_net',
        ADD COLUMN valid_from DATE,
        ALTER COLUMN hits DROP NOT NULL,
        DROP CONSTRAINT ck_found_number_hits,
        ADD CONSTRAINT ck_number_proposal_evidence CHECK (evidence IN ('shown', 'juki_net')),
        ADD CONSTRAINT ck_number_proposal_hits
            CHECK ((evidence = 'juki_net') = (hits IS NOT NULL) AND hits > 0)
    """,
    """
    UPDATE atena.number_proposal
    SET valid_from = (COALESCE(decided_at, proposed_at) AT TIME ZONE 'Asia/Tokyo')::date
    """,
    """
    ALTER TABLE atena.number_proposal
        ALTER COLUMN evidence DROP DEFAULT, ALTER COLUMN valid_from SET NOT NULL
    """,
)


def upgrade() -> None:
    """Rename the table of numbers found, and let it hold where each number was read."""
    for statement in STATEMENTS:
        op.execute(statement)
