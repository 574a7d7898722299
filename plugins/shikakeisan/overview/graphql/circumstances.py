"""Proposing circumstances, and approving what somebody else proposed."""

from typing import Annotated

import strawberry

from core.errors import NotFound
from core.graphql.context import Info
from core.graphql.fields import door
from core.graphql.scalars import FiscalYear
from plugins.shikakeisan.base import circumstance_queries, circumstances
from plugins.shikakeisan.base.circumstances import ADD, END, Proposed, Said
from plugins.shikakeisan.base.graphql.types import CircumstanceKind, CircumstanceProposal
from plugins.shikakeisan.base.standing import Circumstance
from plugins.shikakeisan.overview.replay import approve_circumstances
from plugins.shikakeisan.permissions import CIRCUMSTANCE_APPROVE, CIRCUMSTANCE_PROPOSE

INPUT = strawberry.argument(name="input", description="入力")


@strawberry.input(description="事情の対象者")
class CircumstanceLineInput:
    """One person."""

    atena_number: str = strawberry.field(description="宛名番号")
    ward_code: str = strawberry.field(
        description="区のコード（家屋敷、居住の認定のとき）。ほかは空", default=""
    )


@strawberry.input(description="事情の提案")
class ProposeCircumstanceInput:
    """What somebody proposes; another person approves the whole of it."""

    tax_year: FiscalYear = strawberry.field(description="課税年度")
    kind: CircumstanceKind = strawberry.field(description="種類")
    source: str = strawberry.field(description="根拠（通知や一覧の名称）")
    lines: list[CircumstanceLineInput] = strawberry.field(description="対象者")
    take_back: bool = strawberry.field(description="登録ではなく取消しの提案か", default=False)


@strawberry.type
class CircumstanceMutation:
    """What changes circumstances: only with two persons."""

    @door(
        CIRCUMSTANCE_PROPOSE, "事情（生活扶助、家屋敷など）を提案する。誤りのある行があれば全体を受け付けない"
    )
    async def propose_circumstance(
        self, info: Info, given: Annotated[ProposeCircumstanceInput, INPUT]
    ) -> CircumstanceProposal:
        """Propose a circumstance of some people."""
        proposed = Proposed(
            given.tax_year,
            Circumstance[given.kind.name],
            END if given.take_back else ADD,
            given.source,
            [Said(line.atena_number, line.ward_code) for line in given.lines],
        )
        return await _shown(info, await circumstances.propose(info.context.work, proposed))

    @door(CIRCUMSTANCE_APPROVE, "ほかの職員の提案を、全体として承認する")
    async def approve_circumstance(
        self, info: Info, proposal_id: int, expected_version: int
    ) -> CircumstanceProposal:
        """Approve a proposal: the base changes, and decided tax gets a finding."""
        await approve_circumstances(info.context.work, proposal_id, expected_version)
        return await _shown(info, proposal_id)

    @door(CIRCUMSTANCE_PROPOSE, "提案を差し戻す。自分の提案のときは取り下げる")
    async def reject_circumstance(
        self, info: Info, proposal_id: int, expected_version: int
    ) -> CircumstanceProposal:
        """Send a proposal back."""
        await circumstances.reject(info.context.work, proposal_id, expected_version)
        return await _shown(info, proposal_id)


async def _shown(info: Info, proposal_id: int) -> CircumstanceProposal:
    row = await circumstance_queries.proposal_row(info.context.write, proposal_id)
    if row is None:
        raise NotFound
    return CircumstanceProposal.of(row)
