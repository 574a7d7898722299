"""賦課計算 (shikakeisan): from documents to everybody's decided tax, by the rules of the law."""

from collections.abc import Awaitable, Mapping, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

import click

from core.access.subject import About
from core.demo.city import DemoCity, DemoQuery
from core.graphql.parts import GraphQLParts
from core.hooks import hook
from core.jobs.types import JobType
from core.menu import MenuEntry
from core.settings import Setting
from core.storage.database import ReadSession, WriteSession
from core.storage.migrations import Migrations
from plugins.atena.api import Person
from plugins.shikakeisan import hooks, subject
from plugins.shikakeisan.assessment.graphql.query import AssessmentQuery
from plugins.shikakeisan.assessment.graphql.runs import RunMutation, RunQuery
from plugins.shikakeisan.assessment.run import ASSESS
from plugins.shikakeisan.base.graphql.query import BaseQuery
from plugins.shikakeisan.base.municipality import MUNICIPALITY
from plugins.shikakeisan.closing.graphql import ClosingQuery
from plugins.shikakeisan.closing.page_graphql import ClosePageQuery
from plugins.shikakeisan.commands import COMMANDS
from plugins.shikakeisan.correction.graphql.mutation import CorrectionMutation
from plugins.shikakeisan.correction.graphql.query import CorrectionQuery
from plugins.shikakeisan.correction.jobs import JOBS as CORRECTION_JOBS
from plugins.shikakeisan.forms.graphql.mutation import FormsMutation
from plugins.shikakeisan.forms.graphql.query import FormsQuery
from plugins.shikakeisan.graphql import ShikakeisanQuery
from plugins.shikakeisan.inquiry.graphql.mutation import InquiryMutation
from plugins.shikakeisan.inquiry.graphql.query import InquiryQuery
from plugins.shikakeisan.inquiry.settings import INQUIRY_DAYS
from plugins.shikakeisan.merge.graphql.mutation import MergeMutation
from plugins.shikakeisan.merge.graphql.query import MergeQuery
from plugins.shikakeisan.merge.job import MERGE
from plugins.shikakeisan.overview import seed
from plugins.shikakeisan.overview.graphql.circumstances import CircumstanceMutation
from plugins.shikakeisan.overview.graphql.years import PersonTax, YearMutation, YearQuery
from plugins.shikakeisan.pages import rule_pages
from plugins.shikakeisan.permissions import (
    ASSESSMENT,
    BASE,
    CLOSING,
    CORRECTION,
    FORMS,
    INQUIRY,
    MERGE_READ,
    RUN,
    YEAR,
)

FOLDER = Path(__file__).parent
CLOSE = "SELECT, INSERT, UPDATE (known_to)"


@hook
def requires() -> Sequence[str]:
    return ["atena", "shiryo"]


@hook
def hook_specs() -> ModuleType:
    return hooks


@hook
def settings() -> Sequence[Setting[Any]]:
    return [MUNICIPALITY, INQUIRY_DAYS]


@hook
def policy() -> Sequence[Path]:
    return [FOLDER / "policy.csv"]


@hook
def migrations() -> Migrations:
    """What was known, decided or approved can be ended, and never altered."""
    return Migrations(
        "shikakeisan",
        FOLDER / "migrations" / "versions",
        "shikakeisan",
        grants="SELECT, INSERT",
        table_grants={
            "fiscal_year": "SELECT, INSERT, UPDATE (state, frozen_at, replayed_at, merged_at, assessed_at,"
            " version)",
            "base_person": CLOSE,
            "circumstance": CLOSE,
            "circumstance_proposal": "SELECT, INSERT, UPDATE (state, decided_by, decided_at, version)",
            "basis": CLOSE,
            "claim": CLOSE,
            "decision": "SELECT, INSERT, UPDATE (approved_by, known_to)",
            "finding": "SELECT, INSERT, UPDATE (state, owner, version, reason, proposed_by, closed_by,"
            " closed_at)",
            "run": "SELECT, INSERT, UPDATE (counts, totals, ended_at)",
            "assessment": "SELECT, INSERT, UPDATE (superseded_at)",
            "proposal": "SELECT, INSERT, UPDATE (state, decided_by, decided_at, decided_revision, version)",
            "batch": "SELECT, INSERT, UPDATE (state, sample, counts, job_id, decided_by, decided_at,"
            " version)",
            "contact_slip": "SELECT, INSERT, UPDATE (printed_at)",
            "closing": "SELECT, INSERT, UPDATE (kind, counts)",
            "form_run": "SELECT, INSERT, UPDATE (files)",
            "inquiry": "SELECT, INSERT, UPDATE (state, sent_by, sent_at, sha256, version)",
            "inquiry_reply": "SELECT, INSERT, UPDATE (state, decided_by, decided_at, result, proposals,"
            " decisions, refusals, version)",
        },
    )


@hook
def graphql() -> GraphQLParts:
    return GraphQLParts(
        query=(
            ShikakeisanQuery,
            YearQuery,
            BaseQuery,
            MergeQuery,
            AssessmentQuery,
            RunQuery,
            CorrectionQuery,
            ClosingQuery,
            ClosePageQuery,
            InquiryQuery,
            FormsQuery,
        ),
        mutation=(
            YearMutation,
            CircumstanceMutation,
            MergeMutation,
            RunMutation,
            CorrectionMutation,
            InquiryMutation,
            FormsMutation,
        ),
        additions={Person: PersonTax},
    )


@hook
def menu() -> Sequence[MenuEntry]:
    return [
        MenuEntry("shikakeisan.years", "課税年度の進み具合", YEAR),
        MenuEntry("shikakeisan.base", "新年度個人基本", BASE),
        MenuEntry("shikakeisan.circumstances", "生活扶助・家屋敷など", BASE),
        MenuEntry("shikakeisan.assessments", "賦課照会", ASSESSMENT),
        MenuEntry("shikakeisan.merge", "資料併合", MERGE_READ),
        MenuEntry("shikakeisan.runs", "賦課計算", RUN),
        MenuEntry("shikakeisan.corrections", "更正", CORRECTION),
        MenuEntry("shikakeisan.forms", "住民税申告書の作成", FORMS),
        MenuEntry("shikakeisan.inquiries", "扶養調査・所得照会", INQUIRY),
        MenuEntry("shikakeisan.closes", "異動締め・連携ファイル", CLOSING),
    ]


@hook
def commands() -> Sequence[click.Command]:
    return COMMANDS


@hook
def pages() -> Mapping[str, str]:
    return rule_pages()


@hook
def jobs() -> Sequence[JobType]:
    return [MERGE, ASSESS, *CORRECTION_JOBS]


@hook
def objects_of_subject(session: ReadSession, number: str) -> Awaitable[Sequence[About]]:
    return subject.objects_of(session, number)


@hook
def seed_demo(session: WriteSession, city: DemoCity) -> Awaitable[None]:
    """The year itself was made by the commands of the city."""
    return seed.seed_samples(session, city)


@hook
def demo_queries(city: DemoCity) -> Sequence[DemoQuery]:
    return seed.demo_queries(city)
