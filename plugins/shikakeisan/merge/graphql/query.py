"""Looking at bases, findings, decisions, and who claims whom."""

from datetime import datetime

import strawberry

from core.graphql.context import Info
from core.graphql.fields import column, door
from core.graphql.pages import Connection, connection, page_of
from core.graphql.scalars import FiscalYear
from plugins.atena.api import LATEST, Person, person_id_of, person_ids
from plugins.shikakeisan.base.graphql.common import BY_ID, FindingState, after_id
from plugins.shikakeisan.base.years import opened_year
from plugins.shikakeisan.merge import listing
from plugins.shikakeisan.merge.book import finding_kinds
from plugins.shikakeisan.merge.graphql.loaders import ClaimsOnPerson
from plugins.shikakeisan.merge.graphql.types import FactDecision, MergedBasis, MergeFinding, RelativeClaim
from plugins.shikakeisan.permissions import MERGE_READ


@strawberry.type(description="確認事項の件数")
class FindingCount:
    """How many findings of one code are in one state."""

    code: str = column(MERGE_READ, "コード")
    message: str = column(MERGE_READ, "内容")
    state: FindingState = column(MERGE_READ, "状態")
    findings: int = column(MERGE_READ, "件数")


@strawberry.type
class MergeQuery:
    """What may be looked up of the merge."""

    @door(MERGE_READ, "個人の併合結果。asKnownAtに記録されていたもの。事実ごとに出どころの資料を示す")
    async def merged_basis(
        self, info: Info, tax_year: FiscalYear, atena_number: str, as_known_at: datetime | None = None
    ) -> MergedBasis | None:
        """Return the basis; null where there is none."""
        ids = list((await person_ids(info.context.read, [atena_number])).values())
        rows = await listing.bases_known(info.context.read, tax_year, ids, as_known_at or LATEST)
        return next((MergedBasis.of(row) for row in rows.values()), None)

    @door(MERGE_READ, "資料併合の確認事項（併合エラーリスト）。古い順")
    async def merge_findings(
        self,
        info: Info,
        tax_year: FiscalYear,
        code: str | None = None,
        owner: str | None = None,
        state: FindingState | None = None,
        first: int | None = None,
        after: str | None = None,
    ) -> Connection[MergeFinding]:
        """Return a page of findings."""
        await opened_year(info.context.read, tax_year)
        page = page_of(info, first, after, BY_ID)
        wanted = listing.Wanted(tax_year, code=code, owner=owner, state=str(state.value) if state else None)
        rows = await listing.list_findings(
            info.context.read, wanted, after=after_id(page), limit=page.size + 1
        )
        return connection(rows, page, node=MergeFinding.of, key=lambda row: (row.id,))

    @door(MERGE_READ, "確認事項の件数（コードと状態ごと）")
    async def merge_finding_counts(self, info: Info, tax_year: FiscalYear) -> list[FindingCount]:
        """Return the counts."""
        await opened_year(info.context.read, tax_year)
        kinds = finding_kinds()
        return [
            FindingCount(
                code=row.code,
                message=kinds[row.code].text,
                state=FindingState(row.state),
                findings=row.findings,
            )
            for row in await listing.counts(info.context.read, tax_year)
        ]

    @door(MERGE_READ, "事実についての職員の決定と、その提案（古い順）")
    async def fact_decisions(
        self, info: Info, tax_year: FiscalYear, atena_number: str, *, with_ended: bool = False
    ) -> list[FactDecision]:
        """Return the decisions about a person."""
        await opened_year(info.context.read, tax_year)
        person_id = await person_id_of(info.context.read, atena_number)
        rows = await listing.decisions_of(info.context.read, tax_year, person_id, with_ended=with_ended)
        return [FactDecision.of(row) for row in rows]


@strawberry.type
class PersonClaims:
    """Fields of a person about who claims them."""

    @door(MERGE_READ, "この人を配偶者・扶養親族等として申し出ている納税義務者（扶養情報）。年度の順")
    async def claimed_by(self, person: strawberry.Parent[Person], info: Info) -> list[RelativeClaim]:
        """Return every claimant at the person's moment."""
        key = (person.id, person.moment.as_known_at)
        return [RelativeClaim.of(row) for row in await info.context.loader(ClaimsOnPerson).load(key)]
