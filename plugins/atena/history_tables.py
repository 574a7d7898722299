"""A table of revisions as migrations make it: frame, indexes, the trigger of atena_0001 against overlaps.

Migrations that ran already were made with it, so what it makes never changes.
"""

from alembic import op

FRAME = """
    id bigint GENERATED ALWAYS AS IDENTITY,
    {subject}_id bigint NOT NULL,
    valid_from date NOT NULL,
    valid_to date DEFAULT 'infinity' NOT NULL,
    known_from timestamptz NOT NULL,
    known_to timestamptz DEFAULT 'infinity' NOT NULL,
    CONSTRAINT pk_{table} PRIMARY KEY (id),
    CONSTRAINT ck_{table}_validity CHECK (valid_from < valid_to),
    CONSTRAINT ck_{table}_record_time CHECK (known_from < known_to),
    CONSTRAINT fk_{table}_{subject}_id FOREIGN KEY ({subject}_id) REFERENCES atena.{subject} (id),
"""
INDEXES = (
    "CREATE INDEX ix_{table}_{subject}_id ON atena.{table} ({subject}_id)",
    """CREATE UNIQUE INDEX uq_{table}_begin ON atena.{table} ({subject}_id, valid_from)
       WHERE known_to = 'infinity'""",
    """CREATE UNIQUE INDEX uq_{table}_end ON atena.{table} ({subject}_id, valid_to)
       WHERE known_to = 'infinity'""",
    """CREATE TRIGGER refuse_overlap AFTER INSERT ON atena.{table} REFERENCING NEW TABLE AS added
       FOR EACH STATEMENT EXECUTE FUNCTION atena.refuse_overlap('{subject}_id')""",
)


def create_history(table: str, subject: str, said: str) -> None:
    """Create a table of revisions of `subject` that says `said` (column definitions)."""
    op.execute(f"CREATE TABLE atena.{table} ({FRAME.format(table=table, subject=subject)} {said})")
    for statement in INDEXES:
        op.execute(statement.format(table=table, subject=subject))
