"""Taking, deciding and confirming work items, and naming who should send, by GraphQL."""

from enum import Enum
from typing import Annotated

import strawberry

from core.errors import NotFound
from core.graphql.context import Info
from core.graphql.fields import door
from core.graphql.scalars import FiscalYear
from plugins.atena.api import open_keyring
from plugins.shiryo.graphql.work_items import WorkItem
from plugins.shiryo.manifest import tax_year as checked_year
from plugins.shiryo.permissions import EXPECTATION_WRITE, WORK_CONFIRM, WORK_WRITE
from plugins.shiryo.queries import ledger, work_items
from plugins.shiryo.service import resolving
from plugins.shiryo.service.intake import OUR_CODES
from plugins.shiryo.service.resolving import Action, Proposal
from plugins.shiryo.service.subject import EXPECTATION

INPUT = strawberry.argument(name="input", description="入力")


@strawberry.enum(description="作業項目の処理")
class Resolution(Enum):
    """What may be proposed."""

    ATTACH = strawberry.enum_value(
        "attach", description="個人に名寄せする。税額には次の資料併合か、期限後の資料の更正で反映される"
    )
    FORWARD = strawberry.enum_value("forward", description="他の市区町村へ回送する")
    RELEASE = strawberry.enum_value("release", description="内容を確認し、保留を解いて自動の名寄せに進める")
    EXPLAIN = strawberry.enum_value("explain", description="説明を付けて台帳の差を閉じる")
    REFUSE = strawberry.enum_value("refuse", description="送付元へ返戻する")
    DROP = strawberry.enum_value("drop", description="訂正・入力の提案を取りやめる")


@strawberry.input(description="作業項目の処理の提案")
class ProposeResolutionInput:
    """A proposal; another person confirms it."""

    id: int = strawberry.field(description="作業番号")
    expected_version: int = strawberry.field(description="画面に表示した版")
    resolution: Resolution = strawberry.field(description="処理")
    reason: str = strawberry.field(description="理由")
    atena_number: str = strawberry.field(description="名寄せ先の宛名番号", default="")
    municipality_code: str = strawberry.field(description="回送先の市区町村コード（6桁）", default="")


@strawberry.type
class ShiryoMutation:
    """What changes 課税資料: only by decisions of people."""

    @door(WORK_WRITE, "作業項目の担当を決める。空文字で担当なし")
    async def assign_work_item(
        self,
        info: Info,
        item_id: int,
        expected_version: int,
        owner: str,
    ) -> WorkItem:
        """Give an item to somebody."""
        await resolving.assign(info.context.work, item_id, expected_version, owner)
        return await item_after(info, item_id)

    @door(WORK_WRITE, "作業項目の処理を提案する。ほかの職員の確認で確定する")
    async def propose_resolution(
        self, info: Info, given: Annotated[ProposeResolutionInput, INPUT]
    ) -> WorkItem:
        """Propose a decision."""
        proposal = Proposal(
            Action[given.resolution.name], given.reason, given.atena_number, given.municipality_code
        )
        await resolving.propose(info.context.work, given.id, given.expected_version, proposal)
        return await item_after(info, given.id)

    @door(WORK_CONFIRM, "提案された処理を確認して確定する。提案した職員は確認できない")
    async def confirm_resolution(
        self,
        info: Info,
        item_id: int,
        expected_version: int,
    ) -> WorkItem:
        """Confirm exactly the proposal of the version that was seen."""
        settings = info.context.settings
        keyring, ours = open_keyring(settings), settings[OUR_CODES]
        await resolving.confirm(info.context.work, keyring, item_id, expected_version, ours)
        return await item_after(info, item_id)

    @door(WORK_CONFIRM, "提案された処理を差し戻す")
    async def reject_resolution(
        self,
        info: Info,
        item_id: int,
        expected_version: int,
    ) -> WorkItem:
        """Send a proposal back."""
        await resolving.reject(info.context.work, item_id, expected_version)
        return await item_after(info, item_id)

    @door(WORK_WRITE, "未着・不足の送付元について、今の差の説明を提案する")
    async def explain_gap(self, info: Info, tax_year: FiscalYear, sender_code: str, reason: str) -> WorkItem:
        """Propose an explanation for what a sender did not send."""
        item_id = await resolving.explain_gap(info.context.work, tax_year, sender_code, reason)
        return await item_after(info, item_id)

    @door(EXPECTATION_WRITE, "今年度に提出があるはずの送付元と、総括表の件数を登録する")
    async def expect_sender(
        self, info: Info, tax_year: FiscalYear, sender_code: str, documents: int | None = None
    ) -> bool:
        """Enter a sender; false if the code is unknown or the sender was entered before."""
        source = "officer" if documents is None else "summary_report"
        work = info.context.work
        work.journal.wrote(EXPECTATION, sender_code, {"documents"})
        return await ledger.expect(
            work.session, checked_year(tax_year), sender_code, source, documents, work.staff, work.now
        )


async def item_after(info: Info, item_id: int) -> WorkItem:
    """Return a work item as the mutation left it."""
    row = (await work_items.items_by_id(info.context.write, [item_id])).get(item_id)
    if row is None:
        raise NotFound
    return WorkItem.of(row)
