"""The type of work items."""

from datetime import datetime
from typing import Any

import strawberry
from sqlalchemy import Row

from core.graphql.context import Info
from core.graphql.fields import column, door
from plugins.shiryo.graphql.documents import Document
from plugins.shiryo.graphql.enums import WorkItemState
from plugins.shiryo.graphql.keyings import Keying
from plugins.shiryo.graphql.loaders import DocumentById, KeyingsByItem
from plugins.shiryo.permissions import DOCUMENT, WORK
from plugins.shiryo.service.following import what_follows
from plugins.shiryo.service.guidance import guide_of


@strawberry.type(description="作業項目（人が判断すること）")
class WorkItem:
    """What a person must decide; it names no person itself."""

    document_id: strawberry.Private[int | None]
    id: int = column(WORK, "作業番号")
    version: int = column(WORK, "版。操作のときexpectedVersionとして送る")
    tax_year: int = column(WORK, "課税年度")
    sender_code: str = column(WORK, "送付元のコード")
    delivery_id: int | None = column(WORK, "受付番号")
    file_name: str | None = column(WORK, "ファイル名")
    code: str = column(WORK, "コード")
    meaning: str = column(WORK, "コードの意味")
    next_step: str = column(WORK, "次にすること")
    is_blocking: bool = column(WORK, "終わるまで併合に進めないか")
    state: WorkItemState = column(WORK, "状態")
    owner: str = column(WORK, "担当の職員番号")
    opened_at: datetime = column(WORK, "発生日時")
    difference: int = column(WORK, "台帳の差に数える件数")
    records: int = column(WORK, "対象の記録の件数（注意はファイルとコードごとに1項目）")
    action: str | None = column(WORK, "提案された処理")
    what_follows: str = column(
        WORK, "確定した処理がこの後どう反映されるか（次の資料併合など）。確定前と、何も続かないときは空"
    )
    reason: str = column(WORK, "提案の理由")
    proposed_by: str = column(WORK, "提案した職員の職員番号")
    closed_by: str = column(WORK, "確認した職員の職員番号")
    closed_at: datetime | None = column(WORK, "完了日時")

    @classmethod
    def of(cls, row: Row[Any]) -> "WorkItem":
        """Make an item of a row of `queries.work_items`."""
        return cls(
            document_id=row.document_id,
            id=row.id,
            version=row.version,
            tax_year=row.tax_year,
            sender_code=row.sender_code,
            delivery_id=row.delivery_id,
            file_name=row.file_name,
            code=row.code,
            **guide_of(row.code)._asdict(),
            is_blocking=row.is_blocking,
            state=WorkItemState(row.state),
            owner=row.owner,
            opened_at=row.opened_at,
            difference=row.difference,
            records=row.records,
            action=(row.proposal or {}).get("action"),
            what_follows=what_follows((row.proposal or {}).get("action", ""), row.state),
            reason=row.reason,
            proposed_by=row.proposed_by,
            closed_by=row.closed_by,
            closed_at=row.closed_at,
        )

    @door(DOCUMENT, "対象の資料。受付全体の項目のときはnull")
    async def document(self, info: Info) -> Document | None:
        """Return the document that the item is about."""
        if self.document_id is None:
            return None
        row = await info.context.loader(DocumentById).load(self.document_id)
        return Document.of(row) if row is not None else None

    @door(DOCUMENT, "入力・訂正された値（新しい順）。最初のものが提案中、ほかは履歴")
    async def keyings(self, info: Info) -> list[Keying]:
        """Return what was keyed for this item."""
        rows = await info.context.loader(KeyingsByItem).load(self.id)
        return [Keying.of(row) for row in rows]
