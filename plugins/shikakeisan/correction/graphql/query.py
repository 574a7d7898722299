"""Looking at corrections by GraphQL."""

import strawberry

from core.graphql.context import Info
from core.graphql.fields import door
from core.graphql.pages import Connection, connection, page_of
from core.graphql.scalars import FiscalYear
from plugins.atena.api import person_id_of
from plugins.shikakeisan.base.graphql.common import BY_ID, after_id, before_id
from plugins.shikakeisan.base.years import opened_year
from plugins.shikakeisan.correction import batch_queries, queries
from plugins.shikakeisan.correction.catalogue import kinds
from plugins.shikakeisan.correction.graphql.types import (
    ContactSlip,
    CorrectionBatch,
    CorrectionKind,
    CorrectionProposal,
    ProposalState,
)
from plugins.shikakeisan.permissions import CORRECTION


@strawberry.type
class CorrectionQuery:
    """What may be looked up of corrections."""

    @door(CORRECTION, "更正の種類の一覧")
    def correction_kinds(self, tax_year: FiscalYear) -> list[CorrectionKind]:
        """Return the kinds that a year has."""
        found = [kind for kind in kinds().values() if kind.years[0] <= tax_year <= kind.years[1]]
        return [CorrectionKind.of(kind) for kind in found]

    @door(CORRECTION, "提案番号の更正の提案")
    async def correction_proposal(self, info: Info, proposal_id: int) -> CorrectionProposal | None:
        """Return one proposal."""
        rows = await queries.proposals_by_id(info.context.read, [proposal_id])
        return CorrectionProposal.of(rows[0]) if rows else None

    @door(CORRECTION, "更正の提案の一覧（古い順）。状態を省略すると承認待ち")
    async def correction_proposals(
        self,
        info: Info,
        tax_year: FiscalYear,
        state: ProposalState = ProposalState.PROPOSED,
        first: int | None = None,
        after: str | None = None,
    ) -> Connection[CorrectionProposal]:
        """Return a page of the proposals of a year."""
        await opened_year(info.context.read, tax_year)
        page = page_of(info, first, after, BY_ID)
        rows = await queries.proposals(
            info.context.read,
            tax_year=tax_year,
            states=[str(state.value)],
            after=after_id(page),
            limit=page.size + 1,
        )
        return connection(rows, page, node=CorrectionProposal.of, key=lambda row: (row.id,))

    @door(CORRECTION, "個人の更正の提案（古い順、差戻し・取下げ・失効も含む）")
    async def corrections_of_person(
        self, info: Info, atena_number: str, tax_year: FiscalYear | None = None
    ) -> list[CorrectionProposal]:
        """Return every proposal about a person."""
        session = info.context.read
        if tax_year is not None:
            await opened_year(session, tax_year)
        person_id = await person_id_of(session, atena_number)
        rows = await queries.proposals(session, person_id=person_id, tax_year=tax_year)
        return [CorrectionProposal.of(row) for row in rows]

    @door(CORRECTION, "一括更正")
    async def correction_batch(self, info: Info, batch_id: int) -> CorrectionBatch | None:
        """Return one batch."""
        row = await batch_queries.find_batch(info.context.read, batch_id)
        return None if row is None else CorrectionBatch.of(row)

    @door(CORRECTION, "一括更正の一覧（新しい順）")
    async def correction_batches(
        self, info: Info, tax_year: FiscalYear, first: int | None = None, after: str | None = None
    ) -> Connection[CorrectionBatch]:
        """Return a page of batches."""
        await opened_year(info.context.read, tax_year)
        page = page_of(info, first, after, BY_ID)
        rows = await batch_queries.batches(info.context.read, tax_year, before_id(page), page.size + 1)
        return connection(rows, page, node=CorrectionBatch.of, key=lambda row: (row.id,))

    @door(CORRECTION, "資料連絡せんの対象の一覧（古い順）。省略すると、まだ出力していないもの")
    async def contact_slips(
        self,
        info: Info,
        tax_year: FiscalYear,
        printed: bool = False,  # noqa: FBT001, FBT002  # an argument of the field, always given by name
        first: int | None = None,
        after: str | None = None,
    ) -> Connection[ContactSlip]:
        """Return a page of slips."""
        await opened_year(info.context.read, tax_year)
        page = page_of(info, first, after, BY_ID)
        rows = await queries.slips(
            info.context.read,
            tax_year,
            is_printed=printed,
            after=after_id(page),
            limit=page.size + 1,
        )
        return connection(rows, page, node=ContactSlip.of, key=lambda row: (row.id,))
