"""Settling findings, deciding on facts, starting the merge."""

from typing import Annotated

import strawberry
from strawberry.scalars import JSON

from core.errors import NotFound
from core.graphql.context import Info
from core.graphql.fields import column, door
from core.graphql.scalars import FiscalYear
from core.jobs.service import enqueue
from plugins.atena.api import person_id_of
from plugins.shikakeisan.base.years import opened_year
from plugins.shikakeisan.merge import decisions, listing, settling
from plugins.shikakeisan.merge.graphql.types import FactDecision, MergeFinding
from plugins.shikakeisan.merge.job import MERGE as MERGE_JOB
from plugins.shikakeisan.merge.paths import inward
from plugins.shikakeisan.permissions import MERGE_APPROVE, MERGE_PROPOSE, MERGE_START

INPUT = strawberry.argument(name="input", description="入力")


@strawberry.input(description="事実についての職員の決定の提案")
class ProposeFactDecisionInput:
    """A value that an officer proposes for a fact."""

    tax_year: FiscalYear = strawberry.field(description="課税年度")
    atena_number: str = strawberry.field(description="宛名番号")
    path: str = strawberry.field(description="事実の位置。親族はspouse、dependants[宛名番号]")
    value: JSON | None = strawberry.field(description="値。nullは事実をなくす", default=None)
    reason: str = strawberry.field(description="理由")
    document_id: int | None = strawberry.field(description="根拠の資料番号", default=None)


@strawberry.type(description="開始した資料併合")
class StartedMerge:
    """A merge that waits for a worker."""

    job_id: strawberry.ID = column(MERGE_START, "ジョブの番号。進み具合はjobProgressで受け取る")


@strawberry.type
class MergeMutation:
    """What changes the merge: only by decisions of people."""

    @door(MERGE_START, "資料併合を始める")
    async def start_merge(self, info: Info, tax_year: FiscalYear) -> StartedMerge:
        """Queue the merge; raises JobAlreadyActive where one of the year is under way."""
        await opened_year(info.context.read, tax_year)
        given = {"tax_year": tax_year}
        job_id = await enqueue(info.context.write, MERGE_JOB, given, info.context.actor)
        return StartedMerge(job_id=strawberry.ID(str(job_id)))

    @door(MERGE_PROPOSE, "確認事項の担当を決める。空文字で担当なし")
    async def assign_merge_finding(
        self, info: Info, finding_id: int, expected_version: int, owner: str
    ) -> MergeFinding:
        """Give a finding to somebody."""
        await settling.assign_finding(info.context.work, finding_id, expected_version, owner)
        return await _finding(info, finding_id)

    @door(MERGE_PROPOSE, "確認事項を完了とすることを、理由を付けて提案する")
    async def propose_merge_finding_closing(
        self, info: Info, finding_id: int, expected_version: int, reason: str
    ) -> MergeFinding:
        """Propose to close a finding."""
        await settling.propose_closing(info.context.work, finding_id, expected_version, reason)
        return await _finding(info, finding_id)

    @door(MERGE_APPROVE, "提案された確認事項を完了とする。提案した職員は確認できない")
    async def confirm_merge_finding_closing(
        self, info: Info, finding_id: int, expected_version: int
    ) -> MergeFinding:
        """Close what somebody else proposed to close."""
        await settling.confirm_closing(info.context.work, finding_id, expected_version)
        return await _finding(info, finding_id)

    @door(MERGE_APPROVE, "確認事項の完了の提案を差し戻す")
    async def reject_merge_finding_closing(
        self, info: Info, finding_id: int, expected_version: int
    ) -> MergeFinding:
        """Send a proposal back."""
        await settling.reject_closing(info.context.work, finding_id, expected_version)
        return await _finding(info, finding_id)

    @door(MERGE_PROPOSE, "事実の値を提案する。ほかの職員の承認で、その人の資料を併合し直す")
    async def propose_fact_decision(
        self, info: Info, given: Annotated[ProposeFactDecisionInput, INPUT]
    ) -> FactDecision:
        """Propose a value."""
        proposal = decisions.Proposal(
            given.tax_year,
            await person_id_of(info.context.write, given.atena_number),
            await inward(info.context.write, given.path),
            given.value,
            given.reason,
            given.document_id,
        )
        return await _decision(info, await decisions.propose_decision(info.context.work, proposal))

    @door(MERGE_PROPOSE, "承認された決定を取り消すことを提案する")
    async def propose_fact_decision_ending(self, info: Info, decision_id: int, reason: str) -> FactDecision:
        """Propose to take a decision back."""
        return await _decision(info, await decisions.propose_ending(info.context.work, decision_id, reason))

    @door(MERGE_APPROVE, "提案された決定を承認する。提案した職員は承認できない")
    async def approve_fact_decision(self, info: Info, decision_id: int) -> FactDecision:
        """Approve exactly what was proposed."""
        return await _decision(info, await decisions.approve_decision(info.context.work, decision_id))

    @door(MERGE_PROPOSE, "決定の提案を取り下げる、又は差し戻す")
    async def withdraw_fact_decision(self, info: Info, decision_id: int) -> FactDecision:
        """Take back or send back a proposal."""
        await decisions.withdraw_decision(info.context.work, decision_id)
        return await _decision(info, decision_id)


async def _finding(info: Info, finding_id: int) -> MergeFinding:
    return MergeFinding.of((await listing.findings_by_id(info.context.write, [finding_id]))[finding_id])


async def _decision(info: Info, decision_id: int) -> FactDecision:
    row = await listing.decision_by_id(info.context.write, decision_id)
    if row is None:
        raise NotFound
    return FactDecision.of(row)
