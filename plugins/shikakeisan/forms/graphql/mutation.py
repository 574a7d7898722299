"""Making return forms; large runs are made at the terminal."""

from typing import Annotated

import strawberry

from core.graphql.context import Info
from core.graphql.fields import door
from core.graphql.scalars import FiscalYear
from plugins.shikakeisan.forms import queries, service
from plugins.shikakeisan.forms.catalogue import choose
from plugins.shikakeisan.forms.graphql.types import ReturnFormRun
from plugins.shikakeisan.permissions import FORMS_MAKE

INPUT = strawberry.argument(name="input", description="入力")
MOST = 2_000
"""Forms that one request makes: more would take longer than a request may."""


@strawberry.input(description="住民税申告書の作成")
class MakeReturnFormsInput:
    """By which conditions, and how many were shown."""

    tax_year: FiscalYear = strawberry.field(description="課税年度")
    expected_count: int = strawberry.field(description="returnFormCountで示されたnew")
    include: list[str] | None = strawberry.field(
        description="作成する条件のコード。省略すると初めの条件", default=None
    )
    exclude: list[str] | None = strawberry.field(
        description="除く条件のコード。省略すると初めの条件", default=None
    )


@strawberry.type
class FormsMutation:
    """What is done about return forms."""

    @door(
        FORMS_MAKE,
        "住民税申告書を作成する。印刷ファイルは端末で出力する（juminzei year forms make --again 番号）",
    )
    async def make_return_forms(
        self, info: Info, given: Annotated[MakeReturnFormsInput, INPUT]
    ) -> ReturnFormRun:
        """Make the forms of everybody who has none; raises CountChanged, NobodyToWrite, TooManyForms."""
        context = info.context
        work = info.context.work
        chosen = choose(given.include, given.exclude)
        run_id = await service.make(work, given.tax_year, chosen, given.expected_count, MOST)
        return ReturnFormRun.of(await queries.run_row(context.write, run_id))
