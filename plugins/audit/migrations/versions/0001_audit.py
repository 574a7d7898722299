"""The access log, its seals and checkpoints, and the triggers that let nobody change or delete them."""

from alembic import op

revision = "audit_0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("""
        CREATE TABLE audit.entry (
            transaction_id bigint NOT NULL DEFAULT pg_current_xact_id()::text::bigint,
            id bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
            recorded_at timestamptz NOT NULL DEFAULT now(),
            happened_at timestamptz NOT NULL,
            actor_kind text NOT NULL,
            staff_number text NOT NULL,
            department text NOT NULL,
            session uuid,
            operation text NOT NULL,
            action text NOT NULL,
            object_type text NOT NULL,
            object_ids text[] NOT NULL,
            fields text[] NOT NULL,
            result text NOT NULL,
            correlation_id text NOT NULL,
            reason text NOT NULL,
            origin text NOT NULL,
            CONSTRAINT pk_entry PRIMARY KEY (transaction_id, id)
        )
    """)
    op.execute("CREATE INDEX ix_entry_recorded_at ON audit.entry (recorded_at)")
    op.execute("CREATE INDEX ix_entry_staff_number ON audit.entry (staff_number, transaction_id, id)")
    op.execute("CREATE INDEX ix_entry_object_ids ON audit.entry USING gin (object_ids)")
    op.execute("""
        CREATE TABLE audit.seal (
            sequence bigint CONSTRAINT pk_seal PRIMARY KEY,
            transaction_id bigint NOT NULL,
            entry_id bigint NOT NULL,
            link bytea NOT NULL,
            CONSTRAINT uq_seal_transaction_id_entry_id UNIQUE (transaction_id, entry_id)
        )
    """)
    op.execute("""
        CREATE TABLE audit.checkpoint (
            number bigint CONSTRAINT pk_checkpoint PRIMARY KEY,
            size bigint NOT NULL CONSTRAINT uq_checkpoint_size UNIQUE,
            origin text NOT NULL,
            root text NOT NULL,
            time text NOT NULL,
            signature text NOT NULL
        )
    """)
    _make_append_only("entry", "seal", "checkpoint")


def _make_append_only(*tables: str) -> None:
    op.execute("""
        CREATE FUNCTION audit.refuse() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            RAISE EXCEPTION 'audit.% is append-only', TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';
        END $$
    """)
    for table in tables:
        op.execute(f"""
            CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit.{table}
            FOR EACH STATEMENT EXECUTE FUNCTION audit.refuse()
        """)
