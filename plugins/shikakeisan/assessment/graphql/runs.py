"""Runs by GraphQL: started, looked at while they go on (`jobProgress`), and what they found different."""

from datetime import datetime
from enum import Enum
from functools import partial
from typing import Any, ClassVar

import strawberry
from sqlalchemy import Row
from strawberry.scalars import JSON

from core.access.journal import PersonalData
from core.graphql.context import Info
from core.graphql.fields import column, door
from core.graphql.pages import Connection, connection, page_of
from core.graphql.scalars import FiscalYear, Yen
from core.jobs.service import enqueue
from plugins.atena.api import Person, person_today
from plugins.shikakeisan.assessment import queries
from plugins.shikakeisan.assessment.run import ASSESS
from plugins.shikakeisan.assessment.service import JOURNAL_TYPE
from plugins.shikakeisan.base.errors import YearAssessed
from plugins.shikakeisan.base.graphql.common import BY_ID, after_id, before_id
from plugins.shikakeisan.base.years import opened_year
from plugins.shikakeisan.permissions import ASSESSMENT, RUN, RUN_START
from plugins.shikakeisan.rules import RULES
from plugins.shikakeisan.sql import happened
from plugins.shikakeisan.states import YearState


@strawberry.enum(description="賦課計算の種類")
class RunKind(Enum):
    """What a run writes."""

    INITIAL = strawberry.enum_value("initial", description="当初賦課。賦課決定を書く")
    DRY = strawberry.enum_value("dry", description="試行。今の決定との違いだけを書く")
    SHADOW = strawberry.enum_value("shadow", description="比較。別の団体又は年度の数値との違いだけを書く")


@strawberry.type(description="賦課計算の結果の違い（原因ごと）")
class DifferenceCause:
    """All people whose figures began to differ at one quantity."""

    cause: str = column(RUN, "初めに違った数値の名前（GROUND 理由、RULES 規則の版）")
    label: str = column(RUN, "名称")
    people: int = column(RUN, "人数")
    annual_total: Yen = column(RUN, "年税額の差の合計")


@strawberry.type(description="賦課計算の結果の違い（1人）")
class RunDifference(PersonalData):
    """One person whose figures differ; the access log names the assessment."""

    journal_type: ClassVar[str] = JOURNAL_TYPE

    tax_year: strawberry.Private[int]
    person_id: strawberry.Private[int]
    cause: str = column(RUN, "初めに違った数値の名前")
    figures: JSON = column(ASSESSMENT, "違う数値。名前ごとに [前, 後]")

    @classmethod
    def of(cls, row: Row[Any], tax_year: int) -> "RunDifference":
        """Make it of a row of `difference`."""
        figures = JSON(row.figures)
        return cls(tax_year=tax_year, person_id=row.person_id, cause=row.cause, figures=figures)

    def journal_id(self) -> str:
        """Return year and person."""
        return f"{self.tax_year}:{self.person_id}"

    @door(ASSESSMENT, "本人")
    async def person(self, info: Info) -> Person | None:
        """Return the person as of today."""
        return await person_today(info, self.person_id)


@strawberry.type(description="賦課計算の1回の実行")
class AssessmentRun:
    """A run over the whole base."""

    id: int = column(RUN, "番号")
    job_id: strawberry.ID = column(RUN, "ジョブの番号。進み具合はjobProgressで受け取る")
    tax_year: FiscalYear = column(RUN, "課税年度")
    kind: RunKind = column(RUN, "種類")
    rules_version: str = column(RUN, "規則の版")
    compared_with: str = column(RUN, "比較した団体又は年度の数値の版")
    counts: JSON = column(RUN, "件数（結果・理由ごと）。終わるまで空")
    totals: JSON = column(RUN, "数値の合計。終わるまで空")
    requested_by: str = column(RUN, "実行した職員の職員番号")
    started_at: datetime = column(RUN, "開始日時")
    ended_at: datetime | None = column(RUN, "終了日時")

    @classmethod
    def of(cls, row: Row[Any]) -> "AssessmentRun":
        """Make it of a row of `run`."""
        return cls(
            id=row.id,
            job_id=strawberry.ID(str(row.job_id)),
            tax_year=FiscalYear(row.tax_year),
            kind=RunKind(row.kind),
            rules_version=row.rules_version,
            compared_with=row.compared_with,
            counts=JSON(row.counts),
            totals=JSON(row.totals),
            requested_by=row.requested_by,
            started_at=row.started_at,
            ended_at=happened(row.ended_at),
        )

    @door(RUN, "違いの原因ごとの人数と差額（多い順）")
    async def causes(self, info: Info) -> list[DifferenceCause]:
        """Return the differences of a dry or shadow run, grouped by where each began."""
        rows = await queries.causes_of(info.context.read, self.id)
        return [
            DifferenceCause(
                cause=row.cause,
                label=RULES[row.cause].label if row.cause in RULES else "",
                people=row.people,
                annual_total=Yen(row.annual_total),
            )
            for row in rows
        ]

    @door(RUN, "違いのある者")
    async def differences(
        self, info: Info, cause: str | None = None, first: int | None = None, after: str | None = None
    ) -> Connection[RunDifference]:
        """Return a page of people whose figures differ."""
        page = page_of(info, first, after, BY_ID)
        rows = await queries.differences_of(info.context.read, self.id, cause, after_id(page), page.size + 1)
        node = partial(RunDifference.of, tax_year=self.tax_year)
        return connection(rows, page, node=node, key=lambda row: (row.id,))


@strawberry.type(description="開始した賦課計算")
class StartedRun:
    """A run that waits for a worker."""

    job_id: strawberry.ID = column(RUN_START, "ジョブの番号。進み具合はjobProgressで受け取る")


@strawberry.type
class RunQuery:
    """Looking at runs."""

    @door(RUN, "賦課計算の実行の一覧（新しい順）")
    async def assessment_runs(
        self, info: Info, tax_year: FiscalYear, first: int | None = None, after: str | None = None
    ) -> Connection[AssessmentRun]:
        """Return a page of runs."""
        await opened_year(info.context.read, tax_year)
        page = page_of(info, first, after, BY_ID)
        rows = await queries.runs_of(info.context.read, tax_year, before_id(page), page.size + 1)
        return connection(rows, page, node=AssessmentRun.of, key=lambda row: (row.id,))

    @door(RUN, "1回の賦課計算の実行")
    async def assessment_run(self, info: Info, run_id: int) -> AssessmentRun | None:
        """Return one run."""
        row = await queries.run_row(info.context.read, run_id)
        return None if row is None else AssessmentRun.of(row)


@strawberry.type
class RunMutation:
    """Starting runs."""

    @door(RUN_START, "賦課計算を始める。比較のときは団体コード又は年度の数値（TOML）を送る")
    async def start_assessment_run(
        self,
        info: Info,
        tax_year: FiscalYear,
        kind: RunKind = RunKind.INITIAL,
        municipality: str = "",
        year_file: str = "",
    ) -> StartedRun:
        """Queue a run; raises JobAlreadyActive where one of the year is under way.

        A first decision is made once (YearAssessed): nobody revises tax alone.
        """
        year = await opened_year(info.context.read, tax_year)
        if kind is RunKind.INITIAL and year.state == YearState.ASSESSED:
            raise YearAssessed
        given = {
            "tax_year": tax_year,
            "kind": kind.value,
            "municipality": municipality,
            "year_file": year_file,
        }
        job_id = await enqueue(info.context.write, ASSESS, given, info.context.actor)
        return StartedRun(job_id=strawberry.ID(str(job_id)))
