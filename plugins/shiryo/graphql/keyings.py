"""What officers keyed from an original, beside the values that were read; numbers masked for everybody."""

from dataclasses import asdict
from datetime import datetime
from typing import Any, ClassVar

import strawberry
from sqlalchemy import Row

from core.access.journal import PersonalData
from core.graphql.context import Info
from core.graphql.fields import column, door
from plugins.atena.api import open_keyring
from plugins.shiryo.graphql.enums import Channel
from plugins.shiryo.graphql.people import hides_places
from plugins.shiryo.permissions import DOCUMENT, ORIGINAL
from plugins.shiryo.service.compared import compared
from plugins.shiryo.service.keyed import Keyed, told
from plugins.shiryo.service.keying import opened
from plugins.shiryo.service.subject import KEYING


@strawberry.type(description="入力された1項目。個人番号は伏せる")
class KeyedItem:
    """One item as it was read before, and as it was keyed."""

    name: str = column(ORIGINAL, "様式の項目名（繰返しはitem[2]の形）")
    number: int = column(ORIGINAL, "様式の項目番号")
    label: str = column(ORIGINAL, "項目名")
    before: str = column(ORIGINAL, "これまでの読取値。紙の資料では空")
    after: str = column(ORIGINAL, "入力された値。項目を空にするときは空")
    is_changed: bool = column(ORIGINAL, "値が変わるか")
    must_retype: bool = column(ORIGINAL, "確認する職員も原本から入力する番号か")


@strawberry.type(description="入力時に見つかった注意。値は含まない")
class KeyedFinding:
    """What the layout or a logic rule says of the keyed values."""

    name: str = column(DOCUMENT, "様式の項目名")
    item: str = column(DOCUMENT, "項目の表示名")
    code: str = column(DOCUMENT, "コード")
    severity: str = column(DOCUMENT, "重さ（error は確定後も保留、warning 注意）")
    message: str = column(DOCUMENT, "内容")


@strawberry.type(description="資料の入力・訂正の提案")
class Keying(PersonalData):
    """One attempt; the last one of its work item is what is proposed."""

    journal_type: ClassVar[str] = KEYING

    row: strawberry.Private[Any]
    id: int = column(DOCUMENT, "入力番号")
    item_id: int = column(DOCUMENT, "作業番号")
    document_id: int | None = column(DOCUMENT, "訂正する資料の番号。紙の資料の入力ではnull")
    made_id: int | None = column(DOCUMENT, "確定してできた資料の番号。確定前はnull")
    layout: str = column(DOCUMENT, "様式の版")
    channel: Channel | None = column(DOCUMENT, "受付経路。訂正ではnull")
    keyed_by: str = column(DOCUMENT, "入力した職員の職員番号")
    keyed_at: datetime = column(DOCUMENT, "入力日時")

    @classmethod
    def of(cls, row: Row[Any]) -> "Keying":
        """Make an attempt of a row of `shiryo.keying`."""
        return cls(
            row=row,
            id=row.id,
            item_id=row.item_id,
            document_id=row.document_id,
            made_id=row.made_id,
            layout=row.layout,
            channel=Channel(row.channel) if row.channel else None,
            keyed_by=row.keyed_by,
            keyed_at=row.keyed_at,
        )

    def journal_id(self) -> str:
        """Return the number of the attempt."""
        return str(self.id)

    @door(ORIGINAL, "全項目。原本（訂正する資料のoriginal）と並べて確認する")
    async def items(self, info: Info) -> list[KeyedItem]:
        """Return the values before and after, in the order of the layout."""
        hides = self.document_id is not None and await hides_places(info, self.document_id)
        keyring = open_keyring(info.context.settings)
        items = await compared(info.context.read, keyring, self.row, hides_places=hides)
        return [KeyedItem(**asdict(each)) for each in items]

    @door(DOCUMENT, "見つかった誤り・注意")
    async def findings(self, info: Info) -> list[KeyedFinding]:
        """Return what the rules say of the values."""
        found = self._opened(info)
        return [KeyedFinding(**told(found.layout, finding)) for finding in found.findings]

    def _opened(self, info: Info) -> Keyed:
        return opened(open_keyring(info.context.settings), self.row)
