"""Looking up the base: one person on both clocks, lists by standing and ward, proposals of circumstances."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import strawberry
from sqlalchemy import Row

from core.graphql.context import Info
from core.graphql.fields import door
from core.graphql.pages import Connection, connection, page_of
from core.graphql.scalars import FiscalYear
from plugins.atena.api import Moment, Person, hidden_ids, person_id_of, person_ids, sees_protected
from plugins.shikakeisan.base import circumstance_queries, queries
from plugins.shikakeisan.base.graphql.common import BY_ID, after_id
from plugins.shikakeisan.base.graphql.loaders import BasesByPerson, CircumstancesByPerson
from plugins.shikakeisan.base.graphql.types import (
    BasePerson,
    BaseReason,
    BaseStanding,
    CircumstanceProposal,
    CircumstanceState,
    PersonCircumstance,
)
from plugins.shikakeisan.base.years import opened_year
from plugins.shikakeisan.permissions import BASE


@strawberry.type
class BaseQuery:
    """What may be looked up of bases."""

    @door(BASE, "新年度個人基本の1人。asKnownAtは当時の内容を見る日時")
    async def base_person(
        self, info: Info, tax_year: FiscalYear, atena_number: str, as_known_at: datetime | None = None
    ) -> BasePerson | None:
        """Return a person's row; null if there is none, or nothing was known then."""
        ids = list((await person_ids(info.context.read, [atena_number])).values())
        rows = await queries.base_of(info.context.read, tax_year, ids, as_known_at)
        return next((BasePerson.of(row) for row in rows.values()), None)

    @door(BASE, "新年度個人基本の1人について記録されたすべての内容（古い順）")
    async def base_history(self, info: Info, tax_year: FiscalYear, atena_number: str) -> list[BasePerson]:
        """Return everything that was ever known."""
        await opened_year(info.context.read, tax_year)
        rows = await queries.history_of(
            info.context.read, tax_year, await person_id_of(info.context.read, atena_number)
        )
        return [BasePerson.of(row) for row in rows]

    @door(
        BASE,
        "新年度個人基本の一覧。区で選ぶとき、支援措置の対象者は権限と理由（X-Reason）がなければ含めない",
    )
    async def base_people(
        self,
        info: Info,
        tax_year: FiscalYear,
        standing: BaseStanding | None = None,
        reason: BaseReason | None = None,
        ward_code: str | None = None,
        first: int | None = None,
        after: str | None = None,
    ) -> Connection[BasePerson]:
        """Return a page of people."""
        await opened_year(info.context.read, tax_year)
        page = page_of(info, first, after, BY_ID)
        wanted = {
            "standing": None if standing is None else str(standing.value),
            "reason": None if reason is None else str(reason.value),
            "ward_code": ward_code,
        }
        rows = await _visible(info, tax_year, wanted, after_id(page), page.size + 1)
        return connection(rows, page, node=BasePerson.of, key=lambda row: (row.person_id,))

    @door(BASE, "事情（生活扶助、家屋敷など）の提案の一覧（古い順）")
    async def circumstance_proposals(
        self,
        info: Info,
        tax_year: FiscalYear,
        state: CircumstanceState | None = None,
        first: int | None = None,
        after: str | None = None,
    ) -> Connection[CircumstanceProposal]:
        """Return a page of proposals."""
        await opened_year(info.context.read, tax_year)
        page = page_of(info, first, after, BY_ID)
        rows = await circumstance_queries.list_proposals(
            info.context.read,
            tax_year,
            state=None if state is None else str(state.value),
            after=after_id(page),
            limit=page.size + 1,
        )
        return connection(rows, page, node=CircumstanceProposal.of, key=lambda row: (row.id,))


@strawberry.type
class PersonBases:
    """Fields of a person about the years in whose base they are."""

    @door(BASE, "新年度個人基本（年度の順）。基準日時に記録されていた内容")
    async def bases(self, person: strawberry.Parent[Person], info: Info) -> list[BasePerson]:
        """Return the rows known at the person's moment."""
        key = (person.id, person.moment.as_known_at)
        return [BasePerson.of(row) for row in await info.context.loader(BasesByPerson).load(key)]

    @door(BASE, "承認された事情（生活扶助、家屋敷など）。基準日時に有効なもの")
    async def circumstances(self, person: strawberry.Parent[Person], info: Info) -> list[PersonCircumstance]:
        """Return what was in force at the person's moment."""
        key = (person.id, person.moment.as_known_at)
        rows = await info.context.loader(CircumstancesByPerson).load(key)
        return [PersonCircumstance.of(row) for row in rows]


async def _visible(
    info: Info, tax_year: int, wanted: dict[str, Any], last: int, limit: int
) -> Sequence[Row[Any]]:
    """Return the next people; a list of one ward would tell where somebody under 支援措置 lives."""
    session, found = info.context.read, list[Row[Any]]()
    while len(found) < limit:
        missing = limit - len(found)
        rows = await queries.list_base(session, tax_year, **wanted, after=last, limit=missing)
        hidden: frozenset[int] = frozenset()
        if wanted["ward_code"] is not None and not sees_protected(info):
            day = Moment(info.context.clock.today())
            hidden = await hidden_ids(session, [row.person_id for row in rows], day)
        found.extend(row for row in rows if row.person_id not in hidden)
        if len(rows) < missing:
            break
        last = rows[-1].person_id
    return found
