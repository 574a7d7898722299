"""Looking at relatives who must be looked at, and at inquiries."""

import strawberry

from core.graphql.context import Info
from core.graphql.fields import door
from core.graphql.pages import Connection, connection, page_of
from core.graphql.scalars import FiscalYear
from plugins.atena.api import person_id_of
from plugins.shikakeisan.base.graphql.common import BY_ID, after_id
from plugins.shikakeisan.base.years import opened_year
from plugins.shikakeisan.inquiry import checks, queries
from plugins.shikakeisan.inquiry.catalogue import reasons
from plugins.shikakeisan.inquiry.graphql.types import (
    DependantCheck,
    DependantCheckCount,
    DependantCheckReason,
    Inquiry,
    InquiryState,
)
from plugins.shikakeisan.permissions import INQUIRY

CHECK_CURSOR = (str, str)


@strawberry.type
class InquiryQuery:
    """What may be looked up of 扶養調査 and 所得照会."""

    @door(INQUIRY, "扶養調査の対象の親族（理由の順）。申し出ている全員を示す")
    async def dependant_checks(
        self,
        info: Info,
        tax_year: FiscalYear,
        reason: str | None = None,
        first: int | None = None,
        after: str | None = None,
    ) -> Connection[DependantCheck]:
        """Return a page of entries."""
        await opened_year(info.context.read, tax_year)
        page = page_of(info, first, after, CHECK_CURSOR)
        place = checks.Place(*map(str, page.after)) if page.after else None
        rows = await checks.list_checks(
            info.context.read, tax_year, reason or "", after=place, limit=page.size + 1
        )
        return connection(
            rows,
            page,
            node=lambda row: DependantCheck.of(row, tax_year),
            key=lambda row: (row.reason, row.key),
        )

    @door(INQUIRY, "扶養調査の対象の人数（理由ごと）")
    async def dependant_check_counts(self, info: Info, tax_year: FiscalYear) -> list[DependantCheckCount]:
        """Return the counts of all reasons."""
        await opened_year(info.context.read, tax_year)
        counts = await checks.count_checks(info.context.read, tax_year)
        return [
            DependantCheckCount(reason=DependantCheckReason.of(one), people=counts.get(one.code, 0))
            for one in reasons().values()
        ]

    @door(INQUIRY, "所得照会の一覧（作成順）。overdueは回答期限を過ぎたものだけ")
    async def inquiries(
        self,
        info: Info,
        tax_year: FiscalYear,
        state: InquiryState | None = None,
        *,
        overdue: bool = False,
        first: int | None = None,
        after: str | None = None,
    ) -> Connection[Inquiry]:
        """Return a page of inquiries."""
        await opened_year(info.context.read, tax_year)
        page, today = page_of(info, first, after, BY_ID), info.context.clock.today()
        rows = await queries.inquiries(
            info.context.read,
            tax_year,
            state=str(state.value) if state else None,
            overdue_on=today if overdue else None,
            after=after_id(page),
            limit=page.size + 1,
        )
        return connection(rows, page, node=lambda row: Inquiry.of(row, today), key=lambda row: (row.id,))

    @door(INQUIRY, "番号の所得照会")
    async def inquiry(self, info: Info, inquiry_id: int) -> Inquiry | None:
        """Return one inquiry."""
        row = await queries.find_inquiry(info.context.read, inquiry_id)
        return None if row is None else Inquiry.of(row, info.context.clock.today())

    @door(INQUIRY, "個人についての所得照会（古い順、取りやめも含む）")
    async def inquiries_about_person(
        self, info: Info, atena_number: str, tax_year: FiscalYear | None = None
    ) -> list[Inquiry]:
        """Return every inquiry about a person."""
        session = info.context.read
        if tax_year is not None:
            await opened_year(session, tax_year)
        person_id = await person_id_of(session, atena_number)
        rows = await queries.inquiries_about(session, [person_id], tax_year)
        return [Inquiry.of(row, info.context.clock.today()) for row in rows]
