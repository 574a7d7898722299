"""The bank master with dated mergers, and the accounts of persons."""

from alembic import op

from plugins.atena.history_tables import create_history

revision = "atena_0005"
down_revision = "atena_0004"
branch_labels = None
depends_on = None

BRANCH = """
    CREATE TABLE atena.bank_branch (
        id bigint GENERATED ALWAYS AS IDENTITY,
        code text NOT NULL,
        version integer DEFAULT 1 NOT NULL,
        changed_at timestamptz NOT NULL,
        CONSTRAINT pk_bank_branch PRIMARY KEY (id),
        CONSTRAINT uq_bank_branch_code UNIQUE (code),
        CONSTRAINT ck_bank_branch_code CHECK (code ~ '^[0-9]{4}-[0-9]{3}$')
    )
"""
REVISION = """
    bank_name text NOT NULL,
    bank_kana text NOT NULL,
    branch_name text NOT NULL,
    branch_kana text NOT NULL,
    successor_code text,
    CONSTRAINT ck_bank_branch_revision_bank_name CHECK (bank_name <> ''),
    CONSTRAINT ck_bank_branch_revision_branch_name CHECK (branch_name <> ''),
    CONSTRAINT ck_bank_branch_revision_successor_code CHECK (successor_code ~ '^[0-9]{4}-[0-9]{3}$')
"""
ACCOUNT = """
    branch_code text NOT NULL,
    account_kind text NOT NULL,
    account_number text NOT NULL,
    holder_kana text NOT NULL,
    CONSTRAINT ck_bank_account_branch_code CHECK (branch_code ~ '^[0-9]{4}-[0-9]{3}$'),
    CONSTRAINT ck_bank_account_account_kind CHECK (account_kind IN ('1', '2', '9')),
    CONSTRAINT ck_bank_account_account_number CHECK (account_number ~ '^[0-9]{7}$'),
    CONSTRAINT ck_bank_account_holder_kana CHECK (holder_kana <> '')
"""


def upgrade() -> None:
    """Create the tables."""
    op.execute(BRANCH)
    create_history("bank_branch_revision", "bank_branch", REVISION)
    create_history("bank_account", "person", ACCOUNT)
