"""Deliveries, files, documents, attachments, work items."""

from alembic import op

revision = "shiryo_0001"
down_revision = None
branch_labels = ("shiryo",)
depends_on = None

STATEMENTS = (
    """
    CREATE TABLE shiryo.sender (
        id bigint GENERATED ALWAYS AS IDENTITY,
        code text NOT NULL,
        kind text NOT NULL,
        name text NOT NULL,
        CONSTRAINT pk_sender PRIMARY KEY (id),
        CONSTRAINT ck_sender_kind CHECK (kind IN ('payer', 'pension', 'tax_office', 'eltax',
            'municipality', 'counter', 'portal', 'vendor')),
        CONSTRAINT uq_sender_code UNIQUE (code)
    )
    """,
    """
    CREATE TABLE shiryo.delivery (
        id bigint GENERATED ALWAYS AS IDENTITY,
        tax_year smallint NOT NULL,
        sender_id bigint NOT NULL,
        channel text NOT NULL,
        state text NOT NULL,
        held_for text NOT NULL,
        received_by text NOT NULL,
        received_at timestamptz NOT NULL,
        accepted_at timestamptz DEFAULT 'infinity' NOT NULL,
        taken_records bigint DEFAULT '0' NOT NULL,
        attached_to bigint DEFAULT '0' NOT NULL,
        CONSTRAINT pk_delivery PRIMARY KEY (id),
        CONSTRAINT ck_delivery_channel CHECK (channel IN ('eltax', 'medium', 'punched', 'paper',
            'tax_office', 'counter', 'portal')),
        CONSTRAINT ck_delivery_state CHECK (state IN ('received', 'held', 'accepted', 'attached')),
        CONSTRAINT ck_delivery_accepted CHECK ((state IN ('accepted',
            'attached')) = (accepted_at < 'infinity')),
        CONSTRAINT ck_delivery_held CHECK ((state = 'held') = (held_for <> '')),
        CONSTRAINT fk_delivery_sender_id FOREIGN KEY(sender_id) REFERENCES shiryo.sender (id)
    )
    """,
    "CREATE INDEX ix_delivery_sender_id ON shiryo.delivery (sender_id, tax_year)",
    "CREATE INDEX ix_delivery_tax_year ON shiryo.delivery (tax_year, id)",
    """
    CREATE TABLE shiryo.expectation (
        id bigint GENERATED ALWAYS AS IDENTITY,
        tax_year smallint NOT NULL,
        sender_id bigint NOT NULL,
        source text NOT NULL,
        documents bigint,
        recorded_by text NOT NULL,
        recorded_at timestamptz NOT NULL,
        CONSTRAINT pk_expectation PRIMARY KEY (id),
        CONSTRAINT ck_expectation_source CHECK (source IN ('summary_report', 'officer')),
        CONSTRAINT fk_expectation_sender_id FOREIGN KEY(sender_id) REFERENCES shiryo.sender (id)
    )
    """,
    "CREATE UNIQUE INDEX uq_expectation_sender ON shiryo.expectation (tax_year, sender_id)",
    """
    CREATE TABLE shiryo.file (
        id bigint GENERATED ALWAYS AS IDENTITY,
        delivery_id bigint NOT NULL,
        name text NOT NULL,
        kind text NOT NULL,
        version text NOT NULL,
        announced_records bigint,
        announced_sha256 bytea,
        announced_totals jsonb,
        sha256 bytea,
        size bigint,
        received_records bigint,
        layout text NOT NULL,
        read_records bigint DEFAULT '0' NOT NULL,
        held_records bigint DEFAULT '0' NOT NULL,
        findings bigint DEFAULT '0' NOT NULL,
        accepted_records bigint DEFAULT '0' NOT NULL,
        totals jsonb,
        is_live boolean DEFAULT true NOT NULL,
        CONSTRAINT pk_file PRIMARY KEY (id),
        CONSTRAINT ck_file_sha256 CHECK (octet_length(sha256) = 32),
        CONSTRAINT fk_file_delivery_id FOREIGN KEY(delivery_id) REFERENCES shiryo.delivery (id)
    )
    """,
    "CREATE INDEX ix_file_delivery_id ON shiryo.file (delivery_id)",
    "CREATE UNIQUE INDEX uq_file_sha256 ON shiryo.file (sha256) WHERE is_live",
    """
    CREATE TABLE shiryo.chunk (
        file_id bigint NOT NULL,
        number integer NOT NULL,
        key_version smallint NOT NULL,
        sealed bytea NOT NULL,
        CONSTRAINT pk_chunk PRIMARY KEY (file_id, number),
        CONSTRAINT fk_chunk_file_id FOREIGN KEY(file_id) REFERENCES shiryo.file (id)
    )
    """,
    """
    CREATE TABLE shiryo.document (
        id bigint GENERATED ALWAYS AS IDENTITY,
        file_id bigint NOT NULL,
        sender_id bigint NOT NULL,
        tax_year smallint NOT NULL,
        line bigint NOT NULL,
        start bigint NOT NULL,
        length integer NOT NULL,
        kind text NOT NULL,
        record_key bytea NOT NULL,
        action text NOT NULL,
        fingerprint bytea NOT NULL,
        my_number_index bytea,
        name text NOT NULL,
        kana text NOT NULL,
        birth_date date,
        address text NOT NULL,
        municipality_code text NOT NULL,
        amounts jsonb NOT NULL,
        is_held boolean NOT NULL,
        superseded_at timestamptz DEFAULT 'infinity' NOT NULL,
        superseded_by bigint,
        CONSTRAINT pk_document PRIMARY KEY (id),
        CONSTRAINT ck_document_action CHECK (action IN ('new', 'add', 'correct', 'cancel')),
        CONSTRAINT ck_document_superseded
            CHECK ((superseded_at = 'infinity') = (superseded_by IS NULL)),
        CONSTRAINT fk_document_file_id FOREIGN KEY(file_id) REFERENCES shiryo.file (id),
        CONSTRAINT fk_document_sender_id FOREIGN KEY(sender_id) REFERENCES shiryo.sender (id)
    )
    """,
    "CREATE INDEX ix_document_file_id ON shiryo.document (file_id, id)",
    """
    CREATE INDEX ix_document_fingerprint ON shiryo.document (fingerprint)
            WHERE superseded_at = 'infinity'
    """,
    """
    CREATE INDEX ix_document_record_key ON shiryo.document (sender_id, tax_year, record_key)
            WHERE superseded_at = 'infinity'
    """,
    """
    CREATE INDEX ix_document_superseded_by ON shiryo.document (superseded_by)
            WHERE superseded_by IS NOT NULL
    """,
    """
    CREATE TABLE shiryo.finding (
        id bigint GENERATED ALWAYS AS IDENTITY,
        file_id bigint NOT NULL,
        line bigint NOT NULL,
        column_number integer,
        item text NOT NULL,
        code text NOT NULL,
        severity text NOT NULL,
        message text NOT NULL,
        CONSTRAINT pk_finding PRIMARY KEY (id),
        CONSTRAINT ck_finding_severity CHECK (severity IN ('fatal', 'error', 'warning')),
        CONSTRAINT fk_finding_file_id FOREIGN KEY(file_id) REFERENCES shiryo.file (id)
    )
    """,
    "CREATE INDEX ix_finding_file_id ON shiryo.finding (file_id, line)",
    """
    CREATE TABLE shiryo.attachment (
        id bigint GENERATED ALWAYS AS IDENTITY,
        document_id bigint NOT NULL,
        person_id bigint NOT NULL,
        method text NOT NULL,
        score smallint NOT NULL,
        reasons text[] NOT NULL,
        decided_by text NOT NULL,
        known_from timestamptz NOT NULL,
        known_to timestamptz DEFAULT 'infinity' NOT NULL,
        CONSTRAINT pk_attachment PRIMARY KEY (id),
        CONSTRAINT ck_attachment_method CHECK (method IN ('my_number', 'four_items', 'officer')),
        CONSTRAINT fk_attachment_document_id FOREIGN KEY(document_id) REFERENCES shiryo.document (id)
    )
    """,
    "CREATE INDEX ix_attachment_person_id ON shiryo.attachment (person_id) WHERE known_to = 'infinity'",
    """
    CREATE UNIQUE INDEX uq_attachment_document_id ON shiryo.attachment (document_id)
            WHERE known_to = 'infinity'
    """,
    """
    CREATE TABLE shiryo.candidate (
        document_id bigint NOT NULL,
        person_id bigint NOT NULL,
        score smallint NOT NULL,
        reasons text[] NOT NULL,
        CONSTRAINT pk_candidate PRIMARY KEY (document_id, person_id),
        CONSTRAINT fk_candidate_document_id FOREIGN KEY(document_id) REFERENCES shiryo.document (id)
    )
    """,
    """
    CREATE TABLE shiryo.forwarding (
        id bigint GENERATED ALWAYS AS IDENTITY,
        document_id bigint NOT NULL,
        municipality_code text NOT NULL,
        decided_by text NOT NULL,
        known_from timestamptz NOT NULL,
        known_to timestamptz DEFAULT 'infinity' NOT NULL,
        CONSTRAINT pk_forwarding PRIMARY KEY (id),
        CONSTRAINT ck_forwarding_municipality_code CHECK (municipality_code ~ '^[0-9]{6}$'),
        CONSTRAINT fk_forwarding_document_id FOREIGN KEY(document_id) REFERENCES shiryo.document (id)
    )
    """,
    """
    CREATE UNIQUE INDEX uq_forwarding_document_id ON shiryo.forwarding (document_id)
            WHERE known_to = 'infinity'
    """,
    """
    CREATE TABLE shiryo.work_item (
        id bigint GENERATED ALWAYS AS IDENTITY,
        tax_year smallint NOT NULL,
        sender_id bigint NOT NULL,
        delivery_id bigint,
        file_id bigint,
        document_id bigint,
        code text NOT NULL,
        is_blocking boolean NOT NULL,
        state text NOT NULL,
        owner text NOT NULL,
        version integer DEFAULT '1' NOT NULL,
        opened_at timestamptz NOT NULL,
        difference bigint NOT NULL,
        proposal jsonb,
        reason text NOT NULL,
        proposed_by text NOT NULL,
        closed_by text NOT NULL,
        closed_at timestamptz,
        CONSTRAINT pk_work_item PRIMARY KEY (id),
        CONSTRAINT ck_work_item_state CHECK (state IN ('open', 'proposed', 'closed')),
        CONSTRAINT ck_work_item_proposed CHECK (state = 'open' OR (proposed_by <> ''
            AND proposal IS NOT NULL)),
        CONSTRAINT ck_work_item_closed CHECK ((state = 'closed') = (closed_by <> ''
            AND closed_at IS NOT NULL)),
        CONSTRAINT ck_work_item_two_persons CHECK (closed_by = '' OR closed_by <> proposed_by),
        CONSTRAINT fk_work_item_sender_id FOREIGN KEY(sender_id) REFERENCES shiryo.sender (id),
        CONSTRAINT fk_work_item_delivery_id FOREIGN KEY(delivery_id) REFERENCES shiryo.delivery (id),
        CONSTRAINT fk_work_item_file_id FOREIGN KEY(file_id) REFERENCES shiryo.file (id),
        CONSTRAINT fk_work_item_document_id FOREIGN KEY(document_id) REFERENCES shiryo.document (id)
    )
    """,
    "CREATE INDEX ix_work_item_document_id ON shiryo.work_item (document_id)",
    "CREATE INDEX ix_work_item_sender_id ON shiryo.work_item (tax_year, sender_id)",
    "CREATE INDEX ix_work_item_state ON shiryo.work_item (tax_year, id) WHERE state <> 'closed'",
)


def upgrade() -> None:
    """Create the schema's tables."""
    for statement in STATEMENTS:
        op.execute(statement)
