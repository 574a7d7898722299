"""Inquiries to other municipalities, about whom, and the replies."""

from alembic import op

revision = "shikakeisan_0006"
down_revision = "shikakeisan_0005"
branch_labels = None
depends_on = None

STATEMENTS = (
    """
    CREATE TABLE shikakeisan.inquiry (
        id BIGINT GENERATED ALWAYS AS IDENTITY,
        tax_year SMALLINT NOT NULL,
        sequence INTEGER NOT NULL,
        municipality_code TEXT NOT NULL,
        municipality_name TEXT NOT NULL,
        due_on DATE NOT NULL,
        state TEXT NOT NULL,
        made_by TEXT NOT NULL,
        made_at TIMESTAMP WITH TIME ZONE NOT NULL,
        sent_by TEXT DEFAULT '' NOT NULL,
        sent_at TIMESTAMP WITH TIME ZONE,
        sha256 BYTEA,
        version INTEGER DEFAULT '1' NOT NULL,
        CONSTRAINT pk_inquiry PRIMARY KEY (id),
        CONSTRAINT ck_inquiry_municipality_code CHECK (municipality_code ~ '^[0-9]{6}$'),
        CONSTRAINT ck_inquiry_state CHECK (state IN ('draft', 'sent', 'answered', 'cancelled')),
        CONSTRAINT ck_inquiry_sent CHECK ((sent_at IS NULL) = (sha256 IS NULL)),
        CONSTRAINT ck_inquiry_sent_state CHECK ((state IN ('sent', 'answered')) = (sent_at IS NOT NULL))
    )
    """,
    """
    CREATE UNIQUE INDEX uq_inquiry_sequence ON shikakeisan.inquiry (tax_year, sequence)
    """,
    """
    CREATE TABLE shikakeisan.inquiry_person (
        inquiry_id BIGINT NOT NULL,
        line INTEGER NOT NULL,
        person_id BIGINT NOT NULL,
        CONSTRAINT pk_inquiry_person PRIMARY KEY (inquiry_id, line)
    )
    """,
    """
    CREATE UNIQUE INDEX uq_inquiry_person ON shikakeisan.inquiry_person (person_id, inquiry_id)
    """,
    """
    CREATE TABLE shikakeisan.inquiry_reply (
        id BIGINT GENERATED ALWAYS AS IDENTITY,
        inquiry_id BIGINT NOT NULL,
        person_id BIGINT NOT NULL,
        kind TEXT NOT NULL,
        income BIGINT,
        replied_on DATE NOT NULL,
        state TEXT NOT NULL,
        proposed_by TEXT NOT NULL,
        proposed_at TIMESTAMP WITH TIME ZONE NOT NULL,
        decided_by TEXT DEFAULT '' NOT NULL,
        decided_at TIMESTAMP WITH TIME ZONE,
        result TEXT DEFAULT '' NOT NULL,
        proposals BIGINT[] DEFAULT '{}' NOT NULL,
        decisions BIGINT[] DEFAULT '{}' NOT NULL,
        refusals TEXT[] DEFAULT '{}' NOT NULL,
        version INTEGER DEFAULT '1' NOT NULL,
        CONSTRAINT pk_inquiry_reply PRIMARY KEY (id),
        CONSTRAINT ck_inquiry_reply_kind CHECK (kind IN ('income', 'no_record', 'not_resident')),
        CONSTRAINT ck_inquiry_reply_income CHECK ((kind = 'income') = (income IS NOT NULL)),
        CONSTRAINT ck_inquiry_reply_state CHECK (state IN ('entered', 'confirmed', 'rejected', 'withdrawn')),
        CONSTRAINT ck_inquiry_reply_two_persons
            CHECK (state <> 'confirmed' OR (decided_by <> '' AND decided_by <> proposed_by)),
        CONSTRAINT ck_inquiry_reply_result CHECK ((state = 'confirmed') = (result <> ''))
    )
    """,
    """
    CREATE UNIQUE INDEX uq_inquiry_reply ON shikakeisan.inquiry_reply (inquiry_id, person_id)
        WHERE state IN ('entered', 'confirmed')
    """,
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)
