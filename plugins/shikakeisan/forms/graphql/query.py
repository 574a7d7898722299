"""Looking at conditions, counts, runs, and a person's return forms."""

import strawberry

from core.graphql.context import Info
from core.graphql.fields import door
from core.graphql.pages import Connection, connection, page_of
from core.graphql.scalars import FiscalYear
from plugins.atena.api import person_id_of
from plugins.shikakeisan.base.graphql.common import BY_ID, before_id
from plugins.shikakeisan.base.years import opened_year
from plugins.shikakeisan.forms import queries, service
from plugins.shikakeisan.forms.catalogue import choose, conditions
from plugins.shikakeisan.forms.graphql.types import (
    ReturnForm,
    ReturnFormCondition,
    ReturnFormConditionCount,
    ReturnFormCount,
    ReturnFormRun,
)
from plugins.shikakeisan.permissions import FORMS


@strawberry.type
class FormsQuery:
    """What may be looked up of return forms."""

    @door(FORMS, "住民税申告書の作成条件の一覧")
    def return_form_conditions(self) -> list[ReturnFormCondition]:
        """Return every condition."""
        return [ReturnFormCondition.of(one) for one in conditions().values()]

    @door(FORMS, "作成条件に当たる件数。何も作成しない。条件を省略すると、その側の初めの条件")
    async def return_form_count(
        self,
        info: Info,
        tax_year: FiscalYear,
        include: list[str] | None = None,
        exclude: list[str] | None = None,
    ) -> ReturnFormCount:
        """Count who would get a form."""
        found = await service.count(info.context.read, tax_year, choose(include, exclude))
        return ReturnFormCount(
            people=found.people,
            already=found.already,
            new=found.new,
            conditions=[
                ReturnFormConditionCount(condition=ReturnFormCondition.of(conditions()[code]), people=people)
                for code, people in found.alone.items()
            ],
        )

    @door(FORMS, "住民税申告書の作成の一覧（新しい順）")
    async def return_form_runs(
        self, info: Info, tax_year: FiscalYear, first: int | None = None, after: str | None = None
    ) -> Connection[ReturnFormRun]:
        """Return a page of runs."""
        await opened_year(info.context.read, tax_year)
        page = page_of(info, first, after, BY_ID)
        rows = await queries.runs(info.context.read, tax_year, before_id(page), page.size + 1)
        return connection(rows, page, node=ReturnFormRun.of, key=lambda row: (row.id,))

    @door(FORMS, "個人に作成した住民税申告書（年度の順）")
    async def return_forms_of_person(self, info: Info, atena_number: str) -> list[ReturnForm]:
        """Return every form of a person."""
        person_id = await person_id_of(info.context.read, atena_number)
        return [ReturnForm.of(row) for row in await queries.forms_of_persons(info.context.read, [person_id])]
