"""Years in numbers, and the findings that changes of the base left behind."""

from datetime import datetime
from enum import Enum
from typing import Any, ClassVar

import strawberry
from sqlalchemy import Row

from core.access.journal import PersonalData
from core.graphql.context import Info
from core.graphql.fields import column, door
from core.graphql.pages import Connection, connection, page_of
from core.graphql.scalars import FiscalYear
from plugins.atena.api import Person, person_today
from plugins.shikakeisan.assessment.graphql.query import PersonAssessments
from plugins.shikakeisan.assessment.graphql.types import AssessmentOutcome
from plugins.shikakeisan.base import queries as base_queries
from plugins.shikakeisan.base.graphql.common import BY_ID, FindingState, after_id
from plugins.shikakeisan.base.graphql.query import PersonBases
from plugins.shikakeisan.base.graphql.types import BaseStanding
from plugins.shikakeisan.base.standing import REASON_LABELS, Reason
from plugins.shikakeisan.base.years import opened_year
from plugins.shikakeisan.merge.graphql.query import PersonClaims
from plugins.shikakeisan.overview import findings
from plugins.shikakeisan.overview.status import STAGES, WAYS, Status, read_status
from plugins.shikakeisan.permissions import BASE, BASE_SETTLE, YEAR


@strawberry.enum(description="課税年度の状態")
class YearState(Enum):
    """How far a year is; corrections come after the last and change nothing of it."""

    OPEN = strawberry.enum_value("open", description="開始")
    FROZEN = strawberry.enum_value("frozen", description="個人基本確定")
    MERGED = strawberry.enum_value("merged", description="併合済")
    ASSESSED = strawberry.enum_value("assessed", description="当初賦課済")


@strawberry.type(description="課税年度の段階")
class YearStage:
    """A stage, and when it was reached."""

    name: str = column(YEAR, "段階の名前")
    label: str = column(YEAR, "段階の名称")
    at: datetime | None = column(YEAR, "終わった日時。まだのときはnull")


@strawberry.type(description="新年度個人基本の人数")
class BaseCount:
    """People of one standing: of one ward, or outside for one reason."""

    standing: BaseStanding = column(YEAR, "課税の区分")
    reason: str = column(YEAR, "対象外の理由のコード")
    reason_label: str = column(YEAR, "対象外の理由")
    ward_code: str = column(YEAR, "区のコード。対象外のときは空")
    people: int = column(YEAR, "人数")


@strawberry.type(description="結果ごとの人数")
class OutcomeCount:
    """People of one outcome."""

    outcome: AssessmentOutcome = column(YEAR, "結果")
    people: int = column(YEAR, "人数")


@strawberry.type(description="税額を通知する人数")
class NoticeCount:
    """People who are told a tax, by the way in which it is expected to be paid; everybody counts once."""

    way: str = column(YEAR, "徴収の見込み（salary 給与、pension 公的年金、bills 普通徴収）")
    label: str = column(YEAR, "名称")
    people: int = column(YEAR, "人数")


@strawberry.type(description="終わっていない確認事項の件数")
class StageFindings:
    """Findings of one stage."""

    stage: str = column(YEAR, "段階（base 個人基本、merge 資料併合、assessment 賦課計算）")
    findings: int = column(YEAR, "件数")
    blocking: int = column(YEAR, "そのうち、終わるまで税額を決定しないもの")


@strawberry.type(description="課税年度の進み具合")
class TaxYear:
    """A year in numbers; no person."""

    tax_year: FiscalYear = column(YEAR, "課税年度")
    municipality_code: str = column(YEAR, "団体コード")
    state: YearState = column(YEAR, "状態")
    taxed_here: int = column(YEAR, "個人基本の対象者の人数")
    merged: int = column(YEAR, "資料を併合した人数")
    blocking_items: int = column(YEAR, "資料併合を止めている課税資料の作業項目の件数")
    circumstance_proposals: int = column(YEAR, "承認を待つ事情の提案の件数")
    correction_proposals: int = column(YEAR, "承認を待つ更正の提案の件数")
    stages: list[YearStage] = column(YEAR, "段階")
    counts: list[BaseCount] = column(YEAR, "個人基本の人数（区分・理由・区ごと）")
    outcomes: list[OutcomeCount] = column(YEAR, "賦課決定の人数（結果ごと）")
    notices: list[NoticeCount] = column(YEAR, "税額を通知する人数（徴収の見込みごと）")
    findings: list[StageFindings] = column(YEAR, "終わっていない確認事項")

    @classmethod
    def of(cls, status: Status) -> "TaxYear":
        """Make it of the status of a year."""
        return cls(
            tax_year=FiscalYear(status.tax_year),
            municipality_code=status.municipality_code,
            state=YearState(status.state),
            taxed_here=status.taxed_here,
            merged=status.merged,
            blocking_items=status.blocking_items,
            circumstance_proposals=status.circumstance_proposals,
            correction_proposals=status.correction_proposals,
            stages=[YearStage(name=name, label=STAGES[name], at=at) for name, at in status.stages.items()],
            counts=[
                BaseCount(
                    standing=BaseStanding(group.standing),
                    reason=group.reason,
                    reason_label=REASON_LABELS[Reason(group.reason)] if group.reason else "",
                    ward_code=group.ward_code,
                    people=group.people,
                )
                for group in status.groups
            ],
            outcomes=[
                OutcomeCount(outcome=AssessmentOutcome(name), people=people)
                for name, people in status.outcomes.items()
            ],
            notices=[
                NoticeCount(way=way, label=WAYS[way], people=people) for way, people in status.notices.items()
            ],
            findings=[
                StageFindings(stage=one.stage, findings=one.findings, blocking=one.blocking)
                for one in status.findings
            ],
        )


@strawberry.type(description="個人基本の変更による確認事項")
class BaseFinding(PersonalData):
    """What changed in the base of somebody whose tax was decided."""

    journal_type: ClassVar[str] = findings.JOURNAL_TYPE

    row: strawberry.Private[Any]
    id: int = column(BASE, "番号")
    version: int = column(BASE, "版。操作のときexpectedVersionとして送る")
    tax_year: FiscalYear = column(BASE, "課税年度")
    code: str = column(BASE, "コード")
    text: str = column(BASE, "内容")
    state: FindingState = column(BASE, "状態（goneは賦課決定により解消）")
    reason: str = column(BASE, "完了の理由")
    opened_at: datetime = column(BASE, "発生日時")

    @classmethod
    def of(cls, row: Row[Any]) -> "BaseFinding":
        """Make it of a row of `finding`."""
        names = ("id", "version", "code", "reason", "opened_at")
        said = {"state": FindingState(row.state), **{name: getattr(row, name) for name in names}}
        return cls(row=row, tax_year=FiscalYear(row.tax_year), text=findings.text_of(row.code), **said)

    def journal_id(self) -> str:
        """Return the number."""
        return str(self.id)

    @door(BASE, "本人（今日現在）")
    async def person(self, info: Info) -> Person | None:
        """Return the person as of today."""
        return await person_today(info, self.row.person_id)


@strawberry.type
class YearQuery:
    """Looking at years."""

    @door(YEAR, "開始した課税年度の一覧（新しい順）")
    async def tax_years(self, info: Info) -> list[TaxYear]:
        """Return all years."""
        session = info.context.read
        rows = await base_queries.year_rows(session)
        return [TaxYear.of(await read_status(session, row)) for row in rows]

    @door(YEAR, "課税年度の進み具合。開始していない年度はnull")
    async def tax_year(self, info: Info, year: FiscalYear) -> TaxYear | None:
        """Return one year."""
        session = info.context.read
        row = await base_queries.year_row(session, year)
        return None if row is None else TaxYear.of(await read_status(session, row))

    @door(BASE, "決定のあとで個人基本が変わった者の確認事項（古い順）。codeはBASE_STANDINGなど")
    async def base_findings(
        self,
        info: Info,
        tax_year: FiscalYear,
        code: str | None = None,
        first: int | None = None,
        after: str | None = None,
    ) -> Connection[BaseFinding]:
        """Return a page of open findings."""
        await opened_year(info.context.read, tax_year)
        page = page_of(info, first, after, BY_ID)
        rows = await findings.list_findings(
            info.context.read, tax_year, code=code, after=after_id(page), limit=page.size + 1
        )
        return connection(rows, page, node=BaseFinding.of, key=lambda row: (row.id,))


@strawberry.type
class YearMutation:
    """Closing findings."""

    @door(BASE_SETTLE, "更正の要らない確認事項を、理由を付けて完了にする")
    async def close_base_finding(
        self, info: Info, finding_id: int, expected_version: int, reason: str
    ) -> BaseFinding:
        """Close a finding; tax stays as it was decided."""
        context = info.context
        work = info.context.work
        await findings.close(work, finding_id, expected_version, reason)
        return BaseFinding.of(await findings.finding_row(context.write, finding_id))


@strawberry.type
class PersonTax(PersonBases, PersonClaims, PersonAssessments):
    """All fields that 賦課計算 puts beside the type `Person`, as the composition takes them."""
