"""Runs and assessments."""

from alembic import op

revision = "shikakeisan_0003"
down_revision = "shikakeisan_0002"
branch_labels = None
depends_on = None

STATEMENTS = (
    """
    CREATE TABLE shikakeisan.run (
        id BIGINT GENERATED ALWAYS AS IDENTITY,
        tax_year SMALLINT NOT NULL,
        kind TEXT NOT NULL,
        rules_version TEXT NOT NULL,
        compared_with TEXT NOT NULL,
        job_id BIGINT NOT NULL,
        counts JSONB NOT NULL,
        totals JSONB NOT NULL,
        requested_by TEXT NOT NULL,
        started_at TIMESTAMP WITH TIME ZONE NOT NULL,
        ended_at TIMESTAMP WITH TIME ZONE DEFAULT 'infinity' NOT NULL,
        CONSTRAINT pk_run PRIMARY KEY (id),
        CONSTRAINT ck_run_kind CHECK (kind IN ('initial', 'dry', 'shadow'))
    )
    """,
    """
    CREATE INDEX ix_run_tax_year ON shikakeisan.run (tax_year, id)
    """,
    """
    CREATE TABLE shikakeisan.assessment (
        id BIGINT GENERATED ALWAYS AS IDENTITY,
        tax_year SMALLINT NOT NULL,
        person_id BIGINT NOT NULL,
        revision INTEGER NOT NULL,
        outcome TEXT NOT NULL,
        ground TEXT NOT NULL,
        base_id BIGINT NOT NULL,
        basis_id BIGINT,
        reduction JSONB,
        rules_version TEXT NOT NULL,
        reason TEXT NOT NULL,
        run_id BIGINT,
        proposal_id BIGINT,
        decided_at TIMESTAMP WITH TIME ZONE NOT NULL,
        superseded_at TIMESTAMP WITH TIME ZONE DEFAULT 'infinity' NOT NULL,
        digest BIGINT NOT NULL,
        payable BIGINT DEFAULT '0' NOT NULL,
        annual_total BIGINT DEFAULT '0' NOT NULL,
        city_total BIGINT DEFAULT '0' NOT NULL,
        pref_total BIGINT DEFAULT '0' NOT NULL,
        forest BIGINT DEFAULT '0' NOT NULL,
        income_levy_city BIGINT DEFAULT '0' NOT NULL,
        income_levy_pref BIGINT DEFAULT '0' NOT NULL,
        percap_city BIGINT DEFAULT '0' NOT NULL,
        percap_pref BIGINT DEFAULT '0' NOT NULL,
        total_income_all BIGINT DEFAULT '0' NOT NULL,
        total_income BIGINT DEFAULT '0' NOT NULL,
        ded_total BIGINT DEFAULT '0' NOT NULL,
        taxable BIGINT DEFAULT '0' NOT NULL,
        salary_income BIGINT DEFAULT '0' NOT NULL,
        pension_income BIGINT DEFAULT '0' NOT NULL,
        misc_income BIGINT DEFAULT '0' NOT NULL,
        business_income BIGINT DEFAULT '0' NOT NULL,
        real_estate_income BIGINT DEFAULT '0' NOT NULL,
        ded_social BIGINT DEFAULT '0' NOT NULL,
        ded_life BIGINT DEFAULT '0' NOT NULL,
        ded_quake BIGINT DEFAULT '0' NOT NULL,
        ded_medical BIGINT DEFAULT '0' NOT NULL,
        ded_spouse BIGINT DEFAULT '0' NOT NULL,
        ded_spouse_special BIGINT DEFAULT '0' NOT NULL,
        ded_dependants BIGINT DEFAULT '0' NOT NULL,
        ded_basic BIGINT DEFAULT '0' NOT NULL,
        adj_total BIGINT DEFAULT '0' NOT NULL,
        housing_credit BIGINT DEFAULT '0' NOT NULL,
        donation_credit_city BIGINT DEFAULT '0' NOT NULL,
        donation_credit_pref BIGINT DEFAULT '0' NOT NULL,
        teigaku_total BIGINT DEFAULT '0' NOT NULL,
        genmen_amount BIGINT DEFAULT '0' NOT NULL,
        refund BIGINT DEFAULT '0' NOT NULL,
        withheld_left BIGINT DEFAULT '0' NOT NULL,
        CONSTRAINT pk_assessment PRIMARY KEY (id),
        CONSTRAINT ck_assessment_outcome CHECK (outcome IN ('taxed', 'non_taxable', 'undecided')),
        CONSTRAINT ck_assessment_ground CHECK ((outcome = 'taxed') = (ground = '')),
        CONSTRAINT ck_assessment_revision CHECK (revision > 0)
    )
    """,
    """
    CREATE INDEX ix_assessment_decided ON shikakeisan.assessment USING brin (decided_at)
    """,
    """
    CREATE UNIQUE INDEX uq_assessment_current ON shikakeisan.assessment (tax_year, person_id)
        WHERE superseded_at = 'infinity'
    """,
    """
    CREATE INDEX ix_assessment_undecided ON shikakeisan.assessment (tax_year, person_id)
        WHERE outcome = 'undecided' AND superseded_at = 'infinity'
    """,
    """
    CREATE UNIQUE INDEX uq_assessment_revision ON shikakeisan.assessment (tax_year, person_id, revision)
    """,
    """
    CREATE TABLE shikakeisan.difference (
        id BIGINT GENERATED ALWAYS AS IDENTITY,
        run_id BIGINT NOT NULL,
        person_id BIGINT NOT NULL,
        cause TEXT NOT NULL,
        figures JSONB NOT NULL,
        CONSTRAINT pk_difference PRIMARY KEY (id)
    )
    """,
    """
    CREATE INDEX ix_difference_run ON shikakeisan.difference (run_id, cause, person_id)
    """,
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)
