"""The types of proposals and batches."""

from collections.abc import Mapping
from datetime import date, datetime
from enum import Enum
from typing import Any, ClassVar

import strawberry
from sqlalchemy import Row
from strawberry.scalars import JSON

from core.graphql.context import Info
from core.graphql.fields import column, door
from core.graphql.pages import Connection, connection, page_of
from core.graphql.scalars import FiscalYear, Yen
from plugins.atena.api import Person, person_today
from plugins.shikakeisan import states
from plugins.shikakeisan.assessment import queries as assessments
from plugins.shikakeisan.assessment.graphql.types import AssessmentOutcome
from plugins.shikakeisan.assessment.outcome import GROUND_LABELS, Ground
from plugins.shikakeisan.assessment.service import JOURNAL_TYPE
from plugins.shikakeisan.base.graphql.common import BY_ID, OfYearAndPerson, after_id
from plugins.shikakeisan.correction import queries
from plugins.shikakeisan.correction.catalogue import Kind, kinds
from plugins.shikakeisan.correction.effects import difference_of
from plugins.shikakeisan.merge.graphql.types import path_of
from plugins.shikakeisan.permissions import CORRECTION
from plugins.shikakeisan.rules import RULES
from plugins.shikakeisan.sql import happened
from plugins.shikakeisan.states import BATCH_LABELS


@strawberry.enum(description="更正の提案の状態")
class ProposalState(Enum):
    """Where a proposal stands."""

    PLANNED = strawberry.enum_value("planned", description="一括更正の試行の結果")
    PROPOSED = strawberry.enum_value("proposed", description="承認待ち")
    APPROVED = strawberry.enum_value("approved", description="承認済み")
    REJECTED = strawberry.enum_value("rejected", description="差戻し")
    WITHDRAWN = strawberry.enum_value("withdrawn", description="取下げ")
    STALE = strawberry.enum_value("stale", description="失効（提案後に内容が変わった）")


@strawberry.enum(description="一括更正の状態")
class BatchState(Enum):
    """Where a batch stands."""

    DRY = strawberry.enum_value("dry", description=BATCH_LABELS[states.BatchState.DRY])
    READY = strawberry.enum_value("ready", description=BATCH_LABELS[states.BatchState.READY])
    PROPOSED = strawberry.enum_value("proposed", description=BATCH_LABELS[states.BatchState.PROPOSED])
    APPROVED = strawberry.enum_value("approved", description=BATCH_LABELS[states.BatchState.APPROVED])
    DONE = strawberry.enum_value("done", description=BATCH_LABELS[states.BatchState.DONE])
    REJECTED = strawberry.enum_value("rejected", description=BATCH_LABELS[states.BatchState.REJECTED])


@strawberry.type(description="更正の種類")
class CorrectionKind:
    """A kind of correction."""

    code: str = column(CORRECTION, "コード")
    label: str = column(CORRECTION, "名称")
    law: str = column(CORRECTION, "根拠条文")
    facts: list[str] = column(CORRECTION, "変えられる事実の範囲（* はすべて）")
    event: str = column(CORRECTION, "必要な日付。空なら不要")

    @classmethod
    def of(cls, kind: Kind) -> "CorrectionKind":
        """Make it of the data."""
        return cls(code=kind.code, label=kind.label, law=kind.law, facts=list(kind.facts), event=kind.event)


@strawberry.type(description="更正前又は更正後の決定")
class CorrectionSide:
    """Outcome and figures on one side of a correction."""

    outcome: AssessmentOutcome = column(CORRECTION, "結果")
    ground: str = column(CORRECTION, "非課税又は未決定の理由のコード")
    ground_label: str = column(CORRECTION, "非課税又は未決定の理由")
    payable: Yen = column(CORRECTION, "納付する額")
    annual_total: Yen = column(CORRECTION, "年税額")
    total_income_all: Yen = column(CORRECTION, "合計所得金額")

    @classmethod
    def of(cls, side: dict[str, Any]) -> "CorrectionSide":
        """Make it of what a proposal keeps."""
        figures = side["figures"]
        return cls(
            outcome=AssessmentOutcome(side["outcome"]),
            ground=side["ground"],
            ground_label=GROUND_LABELS[Ground(side["ground"])],
            payable=Yen(figures["payable"]),
            annual_total=Yen(figures["annual_total"]),
            total_income_all=Yen(figures["total_income_all"]),
        )


@strawberry.type(description="更正で変わる数値")
class CorrectionDifference:
    """A figure before, after, and the difference."""

    name: str = column(CORRECTION, "名前")
    label: str = column(CORRECTION, "名称")
    law: str = column(CORRECTION, "根拠条文")
    before: Yen = column(CORRECTION, "更正前")
    after: Yen = column(CORRECTION, "更正後")
    difference: Yen = column(CORRECTION, "差")


@strawberry.type(description="更正の原因となった数値（計算の順）")
class CorrectionCause:
    """A quantity of the calculation that differs."""

    name: str = column(CORRECTION, "名前")
    label: str = column(CORRECTION, "名称")
    law: str = column(CORRECTION, "根拠条文")
    before: JSON = column(CORRECTION, "更正前")
    after: JSON = column(CORRECTION, "更正後")


async def by_path(info: Info, values: Mapping[str, Any]) -> JSON:
    """Return values of facts by the paths that people write."""
    return JSON({await path_of(info, path): value for path, value in values.items()})


@strawberry.type(description="更正の提案")
class CorrectionProposal(OfYearAndPerson):
    """A proposal, with all that an approver has to see; the access log names person and year."""

    journal_type: ClassVar[str] = JOURNAL_TYPE

    row: strawberry.Private[Any]
    id: int = column(CORRECTION, "提案番号")
    version: int = column(CORRECTION, "版。操作のときexpectedVersionとして送る")
    tax_year: FiscalYear = column(CORRECTION, "課税年度")
    state: ProposalState = column(CORRECTION, "状態")
    batch_id: int | None = column(CORRECTION, "一括更正の番号")
    kind: CorrectionKind = column(CORRECTION, "更正の種類")
    reason: str = column(CORRECTION, "理由")
    received_on: date = column(CORRECTION, "申告・提出・受付の日")
    event_on: date | None = column(CORRECTION, "根拠となる決定などの日")
    documents: list[int] = column(CORRECTION, "根拠となる資料の番号")
    expected_revision: int = column(CORRECTION, "提案のもとになった賦課決定の版")
    decided_revision: int | None = column(CORRECTION, "承認でできた賦課決定の版")
    effects: list[str] = column(CORRECTION, "通知・徴収・連絡への影響")
    proposed_by: str = column(CORRECTION, "提案した職員の職員番号")
    proposed_at: datetime = column(CORRECTION, "提案日時")
    decided_by: str = column(CORRECTION, "承認・差戻し・取下げをした職員の職員番号")
    decided_at: datetime | None = column(CORRECTION, "その日時")

    @classmethod
    def of(cls, row: Row[Any]) -> "CorrectionProposal":
        """Make it of a row of `proposal`."""
        plain = ("id", "version", "batch_id", "reason", "received_on", "event_on", "expected_revision")
        ended = ("decided_revision", "effects", "proposed_by", "proposed_at", "decided_by", "decided_at")
        return cls(
            row=row,
            tax_year=FiscalYear(row.tax_year),
            state=ProposalState(row.state),
            kind=CorrectionKind.of(kinds()[row.kind]),
            documents=list(row.documents),
            **{name: getattr(row, name) for name in (*plain, *ended)},
        )

    @door(CORRECTION, "本人")
    async def person(self, info: Info) -> Person | None:
        """Return the person as of today."""
        return await person_today(info, self.row.person_id)

    @door(CORRECTION, "変える事実（nullは取り消し）。扶養親族の位置はdependants[宛名番号]")
    async def changes(self, info: Info) -> JSON:
        """Return the values to decide by path."""
        return await by_path(info, self.row.changes)

    @door(CORRECTION, "提案したとき、変える事実について資料の併合が示していた値")
    async def seen(self, info: Info) -> JSON:
        """Return what the merge said, by path."""
        return await by_path(info, self.row.seen)

    @door(CORRECTION, "提出が遅いため算入しない事実と根拠")
    async def held_back(self, info: Info) -> JSON:
        """Return path, rule, article and value of each."""
        return JSON([{**one, "path": await path_of(info, one["path"])} for one in self.row.held_back])

    @door(CORRECTION, "今有効な賦課決定の版。expectedRevisionと違えば、この提案は承認できない")
    async def current_revision(self, info: Info) -> int:
        """Return the revision in force."""
        found = await assessments.current(info.context.read, self.row.tax_year, [self.row.person_id])
        return int(found[self.row.person_id].revision) if found else 0

    @door(CORRECTION, "更正前の決定")
    def before(self) -> CorrectionSide:
        """Return what was in force."""
        return CorrectionSide.of(self.row.before)

    @door(CORRECTION, "更正後の決定")
    def after(self) -> CorrectionSide:
        """Return what will be in force."""
        return CorrectionSide.of(self.row.after)

    @door(CORRECTION, "変わる数値")
    def differences(self) -> list[CorrectionDifference]:
        """Return the figures that differ."""
        old, new = self.row.before["figures"], self.row.after["figures"]
        return [
            CorrectionDifference(
                name=name,
                label=RULES[name].label,
                law=RULES[name].law,
                before=Yen(old[name]),
                after=Yen(new[name]),
                difference=Yen(difference),
            )
            for name, difference in difference_of(self.row.before, self.row.after).items()
        ]

    @door(CORRECTION, "違う数値のすべて。原因が結果より先に並ぶ")
    def causes(self) -> list[CorrectionCause]:
        """Return every quantity that differs, in the order of calculation."""
        return [
            CorrectionCause(
                name=one["name"],
                label=RULES[one["name"]].label,
                law=RULES[one["name"]].law,
                before=JSON(one["before"]),
                after=JSON(one["after"]),
            )
            for one in self.row.causes
        ]


@strawberry.type(description="資料連絡せん（地方税法317条）の対象")
class ContactSlip(OfYearAndPerson):
    """A person of whom the tax office is told; slips are printed at the terminal (`juminzei year slips`)."""

    journal_type: ClassVar[str] = JOURNAL_TYPE

    row: strawberry.Private[Any]
    id: int = column(CORRECTION, "番号")
    tax_year: FiscalYear = column(CORRECTION, "課税年度")
    proposal_id: int = column(CORRECTION, "もとになった更正の提案の番号")
    marked_at: datetime = column(CORRECTION, "対象になった日時")
    printed_at: datetime | None = column(CORRECTION, "出力した日時。まだのときはnull")

    @classmethod
    def of(cls, row: Row[Any]) -> "ContactSlip":
        """Make it of a row of `contact_slip`."""
        return cls(
            row=row,
            id=row.id,
            tax_year=FiscalYear(row.tax_year),
            proposal_id=row.proposal_id,
            marked_at=row.marked_at,
            printed_at=happened(row.printed_at),
        )

    @door(CORRECTION, "本人")
    async def person(self, info: Info) -> Person | None:
        """Return the person as of today."""
        return await person_today(info, self.row.person_id)


@strawberry.type(description="一括更正")
class CorrectionBatch:
    """Many corrections for one reason; it names no person itself."""

    sample_ids: strawberry.Private[list[int]]
    decided: strawberry.Private[Mapping[str, Any]]
    id: int = column(CORRECTION, "一括更正の番号")
    version: int = column(CORRECTION, "版。操作のときexpectedVersionとして送る")
    tax_year: FiscalYear = column(CORRECTION, "課税年度")
    kind: CorrectionKind = column(CORRECTION, "更正の種類")
    state: BatchState = column(CORRECTION, "状態")
    reason: str = column(CORRECTION, "理由")
    selected_by: str = column(
        CORRECTION, "対象者の選び方（people 宛名番号、finding 確認事項、rules 規則の版）"
    )
    counts: JSON = column(CORRECTION, "試行と反映の件数・金額")
    proposed_by: str = column(CORRECTION, "提案した職員の職員番号")
    proposed_at: datetime = column(CORRECTION, "提案日時")
    decided_by: str = column(CORRECTION, "承認又は取りやめた職員の職員番号")
    decided_at: datetime | None = column(CORRECTION, "その日時")

    @classmethod
    def of(cls, row: Row[Any]) -> "CorrectionBatch":
        """Make it of a row of `batch`."""
        plain = ("id", "version", "reason", "proposed_by", "proposed_at", "decided_by", "decided_at")
        return cls(
            sample_ids=list(row.sample),
            tax_year=FiscalYear(row.tax_year),
            kind=CorrectionKind.of(kinds()[row.kind]),
            state=BatchState(row.state),
            selected_by=row.selection["by"],
            decided=row.changes,
            counts=JSON(row.counts),
            **{name: getattr(row, name) for name in plain},
        )

    @door(CORRECTION, "全員について変える事実")
    async def changes(self, info: Info) -> JSON:
        """Return the values to decide by path."""
        return await by_path(info, self.decided)

    @door(CORRECTION, "承認する職員が必ず確認する提案")
    async def sample(self, info: Info) -> list[CorrectionProposal]:
        """Return the proposals of the sample."""
        rows = await queries.proposals_by_id(info.context.read, self.sample_ids)
        return [CorrectionProposal.of(row) for row in rows]

    @door(CORRECTION, "一括更正に含まれる提案")
    async def proposals(
        self,
        info: Info,
        state: ProposalState | None = None,
        first: int | None = None,
        after: str | None = None,
    ) -> Connection[CorrectionProposal]:
        """Return a page of the batch's proposals; the stale ones are those that were skipped."""
        page = page_of(info, first, after, BY_ID)
        rows = await queries.proposals(
            info.context.read,
            batch_id=self.id,
            states=[str(state.value)] if state else (),
            after=after_id(page),
            limit=page.size + 1,
        )
        return connection(rows, page, node=CorrectionProposal.of, key=lambda row: (row.id,))
