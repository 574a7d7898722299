"""Who came about a person, and how identity was checked."""

from alembic import op

revision = "atena_0014"
down_revision = "atena_0013"
branch_labels = None
depends_on = None

STATEMENTS = (
    """
    CREATE TABLE atena.contact (
        id BIGINT GENERATED ALWAYS AS IDENTITY,
        person_id BIGINT NOT NULL,
        channel TEXT NOT NULL,
        party TEXT NOT NULL,
        evidence TEXT[] NOT NULL,
        authority TEXT NOT NULL,
        subject TEXT NOT NULL,
        recorded_by TEXT NOT NULL,
        recorded_at TIMESTAMP WITH TIME ZONE NOT NULL,
        CONSTRAINT pk_contact PRIMARY KEY (id),
        CONSTRAINT fk_contact_person_id_person FOREIGN KEY(person_id) REFERENCES atena.person (id),
        CONSTRAINT ck_contact_channel CHECK (channel IN ('counter', 'telephone', 'post')),
        CONSTRAINT ck_contact_party CHECK (party IN ('self', 'agent')),
        CONSTRAINT ck_contact_evidence CHECK (cardinality(evidence) > 0),
        CONSTRAINT ck_contact_authority CHECK ((party = 'agent') = (authority <> '')),
        CONSTRAINT ck_contact_subject CHECK (subject <> '')
    )
    """,
    """
    CREATE INDEX ix_contact_person_id ON atena.contact (person_id, id)
    """,
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)
