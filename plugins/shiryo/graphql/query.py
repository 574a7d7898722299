"""Looking up deliveries, documents, the ledger and work items by GraphQL."""

import strawberry

from core.graphql.context import Info
from core.graphql.fields import door
from core.graphql.pages import Connection, connection, page_of
from core.graphql.scalars import FiscalYear
from plugins.atena.api import person_id_of
from plugins.shiryo.graphql.deliveries import CURSOR, Delivery, LedgerYear, ledger_year
from plugins.shiryo.graphql.documents import Document
from plugins.shiryo.graphql.enums import DeliveryState, WorkItemState
from plugins.shiryo.graphql.work_items import WorkItem
from plugins.shiryo.permissions import DELIVERY, DOCUMENT, LEDGER, WORK
from plugins.shiryo.queries import deliveries, documents, work_items
from plugins.shiryo.queries.work_items import Wanted
from plugins.shiryo.service.ledger import read_ledger


@strawberry.type
class ShiryoQuery:
    """What may be looked up in 課税資料."""

    @door(DELIVERY, "受付番号の受付")
    async def delivery(self, info: Info, delivery_id: int) -> Delivery | None:
        """Return one delivery."""
        rows = await deliveries.delivery_rows(info.context.read, ids=[delivery_id])
        return Delivery.of(rows[0]) if rows else None

    @door(DELIVERY, "受付の一覧（新しい順）")
    async def deliveries(
        self,
        info: Info,
        tax_year: FiscalYear | None = None,
        state: DeliveryState | None = None,
        first: int | None = None,
        after: str | None = None,
    ) -> Connection[Delivery]:
        """Return a page of deliveries."""
        page = page_of(info, first, after, CURSOR)
        rows = await deliveries.delivery_rows(
            info.context.read,
            tax_year=tax_year,
            states=[str(state.value)] if state else (),
            after=int(str(page.after[0])) if page.after else None,
            limit=page.size + 1,
        )
        return connection(rows, page, node=Delivery.of, key=lambda row: (row.id,))

    @door(DOCUMENT, "資料番号の課税資料")
    async def document(self, info: Info, document_id: int) -> Document | None:
        """Return one accepted document."""
        rows = await documents.documents_by_id(info.context.read, [document_id])
        return Document.of(rows[document_id]) if document_id in rows else None

    @door(DOCUMENT, "個人に名寄せされた、有効な課税資料")
    async def documents_of_person(
        self, info: Info, atena_number: str, tax_year: FiscalYear
    ) -> list[Document]:
        """Return what counts for a person in a year. Raises NotFound."""
        person_id = await person_id_of(info.context.read, atena_number)
        rows = await documents.documents_of_person(info.context.read, [person_id], tax_year)
        return [Document.of(row) for row in rows]

    @door(LEDGER, "受付台帳。予告から名寄せまでの件数を送付元とファイルごとに突き合わせる")
    async def ledger(
        self,
        info: Info,
        tax_year: FiscalYear,
        only_unexplained: bool = False,  # noqa: FBT001, FBT002  # GraphQL arguments are named
        first: int | None = None,
        after: str | None = None,
    ) -> LedgerYear:
        """Return the ledger of a year."""
        found = await read_ledger(info.context.read, tax_year)
        return ledger_year(info, found, first, after, only_unexplained=only_unexplained)

    @door(WORK, "作業番号の作業項目")
    async def work_item(self, info: Info, item_id: int) -> WorkItem | None:
        """Return one work item, closed ones too."""
        rows = await work_items.items_by_id(info.context.read, [item_id])
        return WorkItem.of(rows[item_id]) if item_id in rows else None

    @door(WORK, "作業項目の一覧（古い順）")
    async def work_items(
        self,
        info: Info,
        tax_year: FiscalYear | None = None,
        state: WorkItemState | None = None,
        owner: str | None = None,
        code: str | None = None,
        is_blocking: bool | None = None,  # noqa: FBT001  # GraphQL arguments are named
        first: int | None = None,
        after: str | None = None,
    ) -> Connection[WorkItem]:
        """Return a page of work items."""
        page = page_of(info, first, after, CURSOR)
        rows = await work_items.list_items(
            info.context.read,
            Wanted(tax_year, str(state.value) if state else None, owner, code, is_blocking),
            after=int(str(page.after[0])) if page.after else None,
            limit=page.size + 1,
        )
        return connection(rows, page, node=WorkItem.of, key=lambda row: (row.id,))
