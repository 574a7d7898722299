"""Persons, employers, addresses, the My Number vault; no two present revisions of one subject may overlap."""

from alembic import op

revision = "atena_0001"
down_revision = None
branch_labels = ("atena",)
depends_on = None

SUBJECT = """
    id bigint GENERATED ALWAYS AS IDENTITY,
    version integer DEFAULT 1 NOT NULL,
    changed_at timestamptz NOT NULL,
    CONSTRAINT pk_{table} PRIMARY KEY (id),
"""

HISTORY = """
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

# Set-based, so that a COPY of a whole city is checked at once.
GUARD = """
CREATE FUNCTION atena.refuse_overlap() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    overlapping boolean;
BEGIN
    EXECUTE format(
        'SELECT EXISTS (
            SELECT FROM added JOIN atena.%1$I other ON other.%2$I = added.%2$I AND other.id <> added.id
            WHERE added.known_to = ''infinity'' AND other.known_to = ''infinity''
              AND other.valid_from < added.valid_to AND added.valid_from < other.valid_to)',
        TG_TABLE_NAME, TG_ARGV[0]) INTO overlapping;
    IF overlapping THEN
        RAISE EXCEPTION 'two present revisions overlap'
            USING ERRCODE = 'exclusion_violation', CONSTRAINT = 'ex_' || TG_TABLE_NAME || '_overlap';
    END IF;
    RETURN NULL;
END $$
"""

HISTORY_INDEXES = (
    "CREATE INDEX ix_{table}_{subject}_id ON atena.{table} ({subject}_id)",
    """CREATE UNIQUE INDEX uq_{table}_begin ON atena.{table} ({subject}_id, valid_from)
       WHERE known_to = 'infinity'""",
    """CREATE UNIQUE INDEX uq_{table}_end ON atena.{table} ({subject}_id, valid_to)
       WHERE known_to = 'infinity'""",
    """CREATE TRIGGER refuse_overlap AFTER INSERT ON atena.{table} REFERENCING NEW TABLE AS added
       FOR EACH STATEMENT EXECUTE FUNCTION atena.refuse_overlap('{subject}_id')""",
)

PERSON = """
    kind text NOT NULL,
    name text NOT NULL,
    kana text NOT NULL,
    name_key text COLLATE "C" NOT NULL,
    kana_key text COLLATE "C" NOT NULL,
    birth_date date,
    birth_precision text,
    birth_note text NOT NULL,
    sex text NOT NULL,
    death_date date,
    CONSTRAINT ck_person_revision_kind CHECK (kind IN ('resident', 'non_resident')),
    CONSTRAINT ck_person_revision_name CHECK (name <> ''),
    CONSTRAINT ck_person_revision_birth_precision CHECK (birth_precision IN ('day', 'month', 'year')),
    CONSTRAINT ck_person_revision_sex CHECK (sex IN ('0', '1', '2', '9')),
    CONSTRAINT ck_person_revision_birth CHECK ((birth_date IS NULL) = (birth_precision IS NULL))
"""

ADDRESS = """
    municipality_code text NOT NULL,
    prefecture text NOT NULL,
    municipality text NOT NULL,
    town_code text NOT NULL,
    town text NOT NULL,
    lot text NOT NULL,
    building text NOT NULL,
    postal_code text NOT NULL,
    CONSTRAINT ck_address_revision_municipality_code CHECK (municipality_code ~ '^[0-9]{6}$'),
    CONSTRAINT ck_address_revision_town_code CHECK (town_code ~ '^[0-9]{7}$'),
    CONSTRAINT ck_address_revision_postal_code CHECK (postal_code ~ '^([0-9]{7})?$')
"""

MY_NUMBER = """
    sealed bytea NOT NULL,
    blind_index bytea NOT NULL,
    key_version smallint NOT NULL,
    CONSTRAINT ck_my_number_sealed CHECK (octet_length(sealed) = 40 AND octet_length(blind_index) = 32)
"""

EMPLOYER = """
    name text NOT NULL,
    kana text NOT NULL,
    name_key text COLLATE "C" NOT NULL,
    kana_key text COLLATE "C" NOT NULL,
    corporate_number text,
    postal_code text NOT NULL,
    address text NOT NULL,
    building text NOT NULL,
    CONSTRAINT ck_employer_revision_name CHECK (name <> ''),
    CONSTRAINT ck_employer_revision_corporate_number CHECK (corporate_number ~ '^[1-9][0-9]{12}$'),
    CONSTRAINT ck_employer_revision_postal_code CHECK (postal_code ~ '^([0-9]{7})?$')
"""

SEARCH_INDEXES = {
    "person_revision": {
        "kana": "kana_key, person_id",
        "name": "name_key, person_id",
        "birth": "birth_date, person_id",
    },
    "employer_revision": {
        "kana": "kana_key, employer_id",
        "name": "name_key, employer_id",
        "corporate_number": "corporate_number",
    },
}


def upgrade() -> None:
    """Create the schema's tables."""
    op.execute("CREATE SEQUENCE atena.non_resident_serial")
    op.execute("CREATE SEQUENCE atena.designation_serial")
    op.execute(GUARD)
    _create_subject("person", "atena_number")
    _create_subject("employer", "designation_number")
    _create_history("person_revision", "person", PERSON)
    _create_history("address_revision", "person", ADDRESS)
    _create_history("my_number", "person", MY_NUMBER)
    _create_history("employer_revision", "employer", EMPLOYER)
    op.execute("CREATE INDEX ix_my_number_blind_index ON atena.my_number (blind_index)")
    op.execute("CREATE INDEX ix_my_number_key_version ON atena.my_number (key_version)")
    for table, indexes in SEARCH_INDEXES.items():
        for name, columns in indexes.items():
            op.execute(
                f"CREATE INDEX ix_{table}_{name} ON atena.{table} ({columns}) WHERE known_to = 'infinity'"
            )


def _create_subject(table: str, number: str) -> None:
    unique = f"{number} text NOT NULL, CONSTRAINT uq_{table}_{number} UNIQUE ({number})"
    op.execute(f"CREATE TABLE atena.{table} ({SUBJECT.format(table=table)} {unique})")


def _create_history(table: str, subject: str, said: str) -> None:
    frame = HISTORY.format(table=table, subject=subject)
    op.execute(f"CREATE TABLE atena.{table} ({frame} {said})")
    for statement in HISTORY_INDEXES:
        op.execute(statement.format(table=table, subject=subject))
