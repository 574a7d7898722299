"""Proposing and approving corrections by GraphQL: one person proposes, another approves."""

from datetime import date
from typing import Annotated, Any

import strawberry
from strawberry.scalars import JSON

from core.errors import Invalid
from core.graphql.context import Info
from core.graphql.fields import column, door
from core.graphql.scalars import FiscalYear
from core.jobs.service import enqueue
from plugins.atena.api import person_id_of
from plugins.shikakeisan.base.years import opened_year
from plugins.shikakeisan.correction import batch_queries, batches, queries, service
from plugins.shikakeisan.correction.batches import Plan, Selection
from plugins.shikakeisan.correction.computing import Request
from plugins.shikakeisan.correction.graphql.types import CorrectionBatch, CorrectionProposal
from plugins.shikakeisan.correction.jobs import DRY, LATE, WRITE
from plugins.shikakeisan.merge.paths import changes_inward
from plugins.shikakeisan.permissions import CORRECTION, CORRECTION_APPROVE, CORRECTION_PROPOSE

INPUT = strawberry.argument(name="input", description="入力")


@strawberry.input(description="更正の提案")
class ProposeTaxCorrectionInput:
    """What somebody proposes; another person approves it."""

    atena_number: str = strawberry.field(description="宛名番号")
    tax_year: FiscalYear = strawberry.field(description="課税年度")
    expected_revision: int = strawberry.field(description="画面に表示した賦課決定の版")
    kind: str = strawberry.field(description="更正の種類のコード（correctionKinds）")
    reason: str = strawberry.field(description="理由")
    received_on: date = strawberry.field(description="申告・提出・受付の日")
    changes: JSON = strawberry.field(
        description="変える事実（位置ごとの値。nullは取り消し）。扶養親族の位置はdependants[宛名番号]"
    )
    event_on: date | None = strawberry.field(description="根拠となる決定などの日", default=None)
    claimed_period: str = strawberry.field(
        description="主張する期間制限（fraud、lost_grounds）。ふつうは空", default=""
    )
    documents: list[int] = strawberry.field(description="根拠となる資料の番号", default_factory=list)


@strawberry.input(description="一括更正の対象者。いずれか1つで選ぶ")
class BatchSelectionInput:
    """Who is chosen."""

    atena_numbers: list[str] = strawberry.field(description="宛名番号", default_factory=list)
    finding: str = strawberry.field(description="確認事項のコード", default="")
    by_rules: bool = strawberry.field(description="今と違う規則の版で決定された者のすべて", default=False)


@strawberry.input(description="一括更正の試行")
class PlanCorrectionBatchInput:
    """What a batch is to do."""

    tax_year: FiscalYear = strawberry.field(description="課税年度")
    kind: str = strawberry.field(description="更正の種類のコード")
    reason: str = strawberry.field(description="理由")
    received_on: date = strawberry.field(description="受付の日")
    selection: BatchSelectionInput = strawberry.field(description="対象者")
    changes: JSON = strawberry.field(description="全員について変える事実。空なら再併合と再計算だけ")


@strawberry.type(description="承認の結果")
class CorrectionApproval:
    """How an approval went: a stale proposal changes nothing, and that is written down."""

    is_approved: bool = column(CORRECTION, "承認されたか。falseのときは失効している")
    current_revision: int = column(CORRECTION, "今有効な賦課決定の版")
    proposal: CorrectionProposal = column(CORRECTION, "提案")


@strawberry.type
class CorrectionMutation:
    """What changes decided tax: only with two persons."""

    @door(CORRECTION_PROPOSE, "更正を提案する。更正前後・差・影響を示す")
    async def propose_tax_correction(
        self, info: Info, given: Annotated[ProposeTaxCorrectionInput, INPUT]
    ) -> CorrectionProposal:
        """Propose a correction; raises RevisionChanged with the revision in force."""
        person_id = await person_id_of(info.context.read, given.atena_number)
        request = Request(
            tax_year=given.tax_year,
            person_id=person_id,
            kind=given.kind,
            reason=given.reason,
            received_on=given.received_on,
            changes=await _changes(info, given.changes),
            event_on=given.event_on,
            claimed_period=given.claimed_period,
            documents=tuple(given.documents),
        )
        number = await service.propose(
            info.context.runtime, info.context.work, request, given.expected_revision
        )
        return await _proposal(info, number)

    @door(CORRECTION_APPROVE, "ほかの職員の提案を、示された内容のとおりに承認する")
    async def approve_tax_correction(
        self, info: Info, proposal_id: int, expected_version: int
    ) -> CorrectionApproval:
        """Approve exactly what was seen; a stale proposal is answered with the revision in force."""
        done = await service.approve(info.context.runtime, info.context.work, proposal_id, expected_version)
        return CorrectionApproval(
            is_approved=done.is_approved,
            current_revision=done.revision,
            proposal=await _proposal(info, proposal_id),
        )

    @door(CORRECTION_APPROVE, "ほかの職員の提案を差し戻す")
    async def reject_tax_correction(
        self, info: Info, proposal_id: int, expected_version: int
    ) -> CorrectionProposal:
        """Turn a proposal down."""
        await service.reject(info.context.work, proposal_id, expected_version)
        return await _proposal(info, proposal_id)

    @door(CORRECTION_PROPOSE, "自分の提案を取り下げる")
    async def withdraw_tax_correction(
        self, info: Info, proposal_id: int, expected_version: int
    ) -> CorrectionProposal:
        """Take one's own proposal back."""
        await service.withdraw(info.context.work, proposal_id, expected_version)
        return await _proposal(info, proposal_id)

    @door(CORRECTION_PROPOSE, "期限後に届いた資料で税額が変わる者について、更正の提案を作るジョブを始める")
    async def propose_late_documents(self, info: Info, tax_year: FiscalYear, reason: str) -> strawberry.ID:
        """Queue the job; every proposal still waits for another person."""
        await opened_year(info.context.read, tax_year)
        given = {"tax_year": tax_year, "reason": reason}
        return strawberry.ID(str(await enqueue(info.context.write, LATE, given, info.context.actor)))

    @door(CORRECTION_PROPOSE, "一括更正の試行を始める")
    async def plan_correction_batch(
        self, info: Info, given: Annotated[PlanCorrectionBatchInput, INPUT]
    ) -> CorrectionBatch:
        """Write a batch and queue its dry run."""
        chosen = given.selection
        plan = Plan(
            tax_year=given.tax_year,
            kind=given.kind,
            reason=given.reason,
            received_on=given.received_on,
            selection=Selection(chosen.atena_numbers, chosen.finding, chosen.by_rules),
            changes=await _changes(info, given.changes),
        )
        batch_id = await batches.plan_batch(info.context.work, plan)
        await enqueue(info.context.write, DRY, {"batch": batch_id}, info.context.actor)
        return await _batch(info, batch_id)

    @door(CORRECTION_PROPOSE, "試行の結果のとおりに一括更正を提案する")
    async def propose_correction_batch(
        self, info: Info, batch_id: int, expected_version: int
    ) -> CorrectionBatch:
        """Propose a batch."""
        await batches.propose_batch(info.context.work, batch_id, expected_version)
        return await _batch(info, batch_id)

    @door(CORRECTION_APPROVE, "一括更正で抽出された提案を確認したことを記録する")
    async def look_at_sample(self, info: Info, proposal_id: int) -> CorrectionProposal:
        """Show a proposal of the sample and write down that it was looked at."""
        await batches.look_at(info.context.work, proposal_id)
        return await _proposal(info, proposal_id)

    @door(
        CORRECTION_APPROVE, "一括更正を承認し、反映のジョブを始める。抽出された提案をすべて確認していること"
    )
    async def sign_off_correction_batch(
        self, info: Info, batch_id: int, expected_version: int
    ) -> CorrectionBatch:
        """Sign a batch off and queue its writing."""
        await batches.sign_off(info.context.work, batch_id, expected_version)
        await enqueue(info.context.write, WRITE, {"batch": batch_id}, info.context.actor)
        return await _batch(info, batch_id)

    @door(CORRECTION_PROPOSE, "一括更正を取りやめる。ほかの職員のものは、承認できる職員だけ")
    async def reject_correction_batch(
        self, info: Info, batch_id: int, expected_version: int
    ) -> CorrectionBatch:
        """End a batch that is not signed off."""
        may_approve = info.context.actor.may(CORRECTION_APPROVE)
        await batches.reject_batch(info.context.work, batch_id, expected_version, may_approve=may_approve)
        return await _batch(info, batch_id)


async def _changes(info: Info, given: Any) -> dict[str, Any]:
    if not isinstance(given, dict):
        raise Invalid(field="changes", rule="object")
    return await changes_inward(info.context.read, given)


async def _proposal(info: Info, proposal_id: int) -> CorrectionProposal:
    return CorrectionProposal.of(await queries.proposal_row(info.context.write, proposal_id))


async def _batch(info: Info, batch_id: int) -> CorrectionBatch:
    return CorrectionBatch.of(await batch_queries.batch_row(info.context.write, batch_id))
