"""Keying a paper document, correcting one that was read, and confirming either, by GraphQL."""

from collections.abc import Mapping, Sequence
from typing import Annotated

import strawberry

from core.errors import Invalid
from core.graphql.context import Info
from core.graphql.fields import door
from core.graphql.scalars import FiscalYear
from plugins.atena.api import open_keyring
from plugins.shiryo.graphql.enums import Channel, SenderKind
from plugins.shiryo.graphql.mutation import INPUT, item_after
from plugins.shiryo.graphql.work_items import WorkItem
from plugins.shiryo.manifest import Sender
from plugins.shiryo.permissions import WORK_CONFIRM, WORK_WRITE
from plugins.shiryo.service import keying
from plugins.shiryo.service.intake import OUR_CODES
from plugins.shiryo.service.keying import Paper

MOST_VALUES = 1_000


@strawberry.input(description="項目の値")
class KeyedValueInput:
    """One value; empty takes away what stood there."""

    name: str = strawberry.field(description="様式の項目名（繰返しはitem[2]の形）")
    value: str = strawberry.field(description="値。空にするときは空文字")


@strawberry.input(description="資料の訂正の提案")
class ProposeCorrectionInput:
    """Other values for some items of a document."""

    document_id: int = strawberry.field(description="資料番号")
    values: list[KeyedValueInput] = strawberry.field(description="変える項目だけの新しい値")
    reason: str = strawberry.field(description="理由")
    expected_version: int | None = strawberry.field(
        description="提案中・差戻し後の訂正を出し直すとき、その作業項目の版", default=None
    )


@strawberry.input(description="紙の資料の入力の提案")
class KeyDocumentInput:
    """A paper document."""

    tax_year: FiscalYear = strawberry.field(description="課税年度")
    kind: str = strawberry.field(description="資料の種類（resident_returnなど）")
    values: list[KeyedValueInput] = strawberry.field(description="全項目の値")
    reason: str = strawberry.field(description="理由（受付の経緯など）")
    sender_code: str = strawberry.field(description="提出者・送付元のコード")
    sender_kind: SenderKind = strawberry.field(description="送付元の区分", default=SenderKind.COUNTER)
    sender_name: str = strawberry.field(description="送付元の名称")
    channel: Channel = strawberry.field(description="受付経路", default=Channel.COUNTER)
    version: str | None = strawberry.field(description="様式の版。省略すると課税年度から決まる", default=None)
    item_id: int | None = strawberry.field(
        description="差し戻された入力を出し直すとき、作業番号", default=None
    )
    expected_version: int | None = strawberry.field(description="同じく、その作業項目の版", default=None)


@strawberry.type
class KeyingMutation:
    """Values keyed by one officer count when another confirms them against the original."""

    @door(WORK_WRITE, "資料の項目の訂正を提案する。ほかの職員が原本と照合して確定する")
    async def propose_correction(
        self, info: Info, given: Annotated[ProposeCorrectionInput, INPUT]
    ) -> WorkItem:
        """Propose a correction."""
        item_id = await keying.propose_correction(
            info.context.work,
            open_keyring(info.context.settings),
            given.document_id,
            _values(given.values),
            given.reason,
            given.expected_version,
        )
        return await item_after(info, item_id)

    @door(WORK_WRITE, "紙の資料を入力する。ほかの職員が原本と照合して確定する")
    async def key_document(self, info: Info, given: Annotated[KeyDocumentInput, INPUT]) -> WorkItem:
        """Propose a paper document."""
        sender = Sender(given.sender_code, str(given.sender_kind.value), given.sender_name)
        paper = Paper(given.tax_year, sender, str(given.channel.value), given.kind, given.version)
        again = None if given.item_id is None else (given.item_id, given.expected_version or 0)
        keyring = open_keyring(info.context.settings)
        values = _values(given.values)
        item_id = await keying.propose_document(
            info.context.work, keyring, paper, values, given.reason, again
        )
        return await item_after(info, item_id)

    @door(
        WORK_CONFIRM, "入力・訂正を原本と照合して確定する。番号の項目は確認する職員も入力し、一致を確かめる"
    )
    async def confirm_keying(
        self,
        info: Info,
        item_id: int,
        expected_version: int,
        numbers: list[KeyedValueInput] = [],  # noqa: B006  # the default of a GraphQL argument, never changed
    ) -> WorkItem:
        """Confirm what somebody else keyed."""
        await keying.confirm(
            info.context.work,
            open_keyring(info.context.settings),
            item_id,
            expected_version,
            _values(numbers),
            info.context.settings[OUR_CODES],
        )
        return await item_after(info, item_id)


def _values(given: Sequence[KeyedValueInput]) -> Mapping[str, str]:
    found = {each.name: each.value for each in given}
    if len(found) != len(given) or len(given) > MOST_VALUES:
        raise Invalid(field="values", rule="repeated" if len(given) <= MOST_VALUES else "too-many")
    return found
