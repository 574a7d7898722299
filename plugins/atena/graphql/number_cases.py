"""The work list of My Numbers stated in documents, by GraphQL."""

from datetime import datetime
from enum import Enum
from typing import Annotated, Any, ClassVar

import strawberry
from sqlalchemy import Row

from core.access.journal import PersonalData
from core.errors import NotFound
from core.graphql.context import Info
from core.graphql.fields import column, door
from core.graphql.masking import Masked, NeedsReason
from core.graphql.pages import Connection, connection, page_of
from plugins.atena.graphql.inputs import INPUT, required
from plugins.atena.graphql.loaders import PersonByKey, PersonKey
from plugins.atena.graphql.types import Person
from plugins.atena.permissions import MY_NUMBER, MY_NUMBER_MASK, NUMBER_CASE, NUMBER_CASE_RESOLVE
from plugins.atena.queries import number_cases as queries
from plugins.atena.queries.persons import Moment
from plugins.atena.service import number_cases
from plugins.atena.vault.keyring import open_keyring
from plugins.atena.vault.seal import unseal

CURSOR = (int,)


@strawberry.enum(description="番号を登録しなかった理由")
class NumberCaseKind(Enum):
    """Why a number waits."""

    DIFFERENT = strawberry.enum_value("different", description="登録されている番号と異なる")
    HELD_BY_ANOTHER = strawberry.enum_value("held_by_another", description="別の個人に登録されている")
    RESIDENT = strawberry.enum_value("resident", description="番号のない住民（番号は連携でのみ登録）")


@strawberry.enum(description="確認の結果")
class NumberCaseOutcome(Enum):
    """How a case ended."""

    KEPT = strawberry.enum_value("kept", description="登録されている番号が正しい")
    CORRECTED = strawberry.enum_value("corrected", description="登録を訂正した")
    NOT_THIS_PERSON = strawberry.enum_value("not_this_person", description="資料が別の個人のものだった")


@strawberry.type(description="資料に記載された個人番号の確認事項")
class NumberCase(PersonalData):
    """A number that was not taken; `sealed` is for the field that shows it."""

    journal_type: ClassVar[str] = number_cases.CASE_TYPE

    sealed: strawberry.Private[Any]
    id: int = column(NUMBER_CASE, "確認事項の番号")
    kind: NumberCaseKind = column(NUMBER_CASE, "理由")
    source: str = column(NUMBER_CASE, "資料")
    opened_at: datetime = column(NUMBER_CASE, "発生日時")
    outcome: NumberCaseOutcome | None = column(NUMBER_CASE, "結果。未解決はnull")
    note: str | None = column(NUMBER_CASE, "確認の内容")
    resolved_by: str | None = column(NUMBER_CASE, "確認した職員の職員番号")
    resolved_at: datetime | None = column(NUMBER_CASE, "確認した日時")

    def journal_id(self) -> str:
        return str(self.id)

    @classmethod
    def of(cls, row: Row[Any]) -> "NumberCase":
        """Make a case of a row of `queries.number_cases`."""
        return cls(
            sealed=row,
            id=row.id,
            kind=NumberCaseKind(row.kind),
            source=row.source,
            opened_at=row.opened_at,
            outcome=NumberCaseOutcome(row.outcome) if row.outcome is not None else None,
            note=row.note,
            resolved_by=row.resolved_by,
            resolved_at=row.resolved_at,
        )

    @door(NUMBER_CASE, "個人（今日の時点）")
    async def person(self, info: Info) -> Person | None:
        """Return whose document it seemed to be."""
        moment = Moment(info.context.clock.today())
        row = await info.context.loader(PersonByKey).load(PersonKey(self.sealed.person_id, moment))
        return Person.of(row, moment) if row is not None else None

    @door(
        MY_NUMBER,
        "資料に記載された個人番号。利用する理由（X-Reason）が必要",
        extensions=[Masked(MY_NUMBER_MASK), NeedsReason()],
        no_store=True,
    )
    async def stated_number(self, info: Info) -> str | None:
        """Open the seal; those who see numbers masked never get here."""
        return unseal(open_keyring(info.context.settings), self.sealed.person_id, self.sealed)


@strawberry.type
class NumberCaseQuery:
    """The work list."""

    @door(NUMBER_CASE, "個人番号の確認事項1件")
    async def number_case(self, info: Info, case_id: int) -> NumberCase | None:
        """Return one case."""
        row = await queries.find_case(info.context.read, case_id)
        return NumberCase.of(row) if row is not None else None

    @door(NUMBER_CASE, "資料に記載された個人番号の確認事項（古い順）")
    async def number_cases(
        self, info: Info, *, only_open: bool = True, first: int | None = None, after: str | None = None
    ) -> Connection[NumberCase]:
        """Return a page of cases."""
        page = page_of(info, first, after, CURSOR)
        behind = 0 if page.after is None else int(str(page.after[0]))
        rows = await queries.cases_after(info.context.read, behind, page.size + 1, only_open=only_open)
        return connection(rows, page, node=NumberCase.of, key=lambda row: (row.id,))


@strawberry.input(description="個人番号の確認結果")
class ResolveNumberCaseInput:
    """How a case ended, and what it rests on."""

    id: int = required("確認事項の番号")
    outcome: NumberCaseOutcome = required("結果")
    note: str = required("確認の内容（住基ネットの照会結果など。個人番号は書かない）")


@strawberry.type
class NumberCaseMutation:
    """What ends a case."""

    @door(NUMBER_CASE_RESOLVE, "個人番号の確認事項を解決する。登録されている番号は変わらない")
    async def resolve_number_case(
        self, info: Info, given: Annotated[ResolveNumberCaseInput, INPUT]
    ) -> NumberCase:
        """End a case."""
        outcome = number_cases.Outcome[given.outcome.name]
        by = info.context.actor.number
        await number_cases.resolve(info.context.work, given.id, outcome, given.note, by)
        row = await queries.find_case(info.context.write, given.id)
        if row is None:
            raise NotFound
        return NumberCase.of(row)
