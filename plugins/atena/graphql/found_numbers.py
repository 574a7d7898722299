"""Numbers found at 住基ネット, by GraphQL: proposed by one officer, confirmed by another."""

from datetime import datetime
from enum import Enum
from typing import Annotated, Any, ClassVar

import strawberry
from sqlalchemy import Row

from core.access.journal import PersonalData
from core.errors import NotFound
from core.graphql.context import Info
from core.graphql.fields import column, door
from core.graphql.pages import Connection, connection, page_of
from plugins.atena.graphql.inputs import INPUT, required
from plugins.atena.permissions import MY_NUMBER_WRITE
from plugins.atena.queries import found_numbers as queries
from plugins.atena.service import found_numbers, persons
from plugins.atena.service.found_numbers import Found
from plugins.atena.vault.keyring import open_keyring

CURSOR = (int,)


@strawberry.enum(description="住基ネットで見つけた個人番号の提案の状態")
class FoundNumberOutcome(Enum):
    """How a proposal stands."""

    OPEN = strawberry.enum_value("open", description="確認待ち")
    CONFIRMED = strawberry.enum_value("confirmed", description="確認済み。個人番号を登録した")
    REJECTED = strawberry.enum_value("rejected", description="差戻し")


@strawberry.type(description="住基ネットの4情報の検索で見つけた個人番号の提案。番号そのものは示さない")
class FoundNumber(PersonalData):
    """What one officer chose, and what another said to it."""

    journal_type: ClassVar[str] = persons.JOURNAL_TYPE

    id: int = column(MY_NUMBER_WRITE, "提案の番号")
    atena_number: str = column(MY_NUMBER_WRITE, "宛名番号")
    hits: int = column(MY_NUMBER_WRITE, "検索で見つかった人数")
    reason: str = column(MY_NUMBER_WRITE, "この人を選んだ理由")
    proposed_by: str = column(MY_NUMBER_WRITE, "提案した職員の職員番号")
    proposed_at: datetime = column(MY_NUMBER_WRITE, "提案した日時")
    outcome: FoundNumberOutcome = column(MY_NUMBER_WRITE, "状態")
    decided_by: str | None = column(MY_NUMBER_WRITE, "確認または差し戻した職員の職員番号")
    decided_at: datetime | None = column(MY_NUMBER_WRITE, "確認または差し戻した日時")

    def journal_id(self) -> str:
        """Return the 宛名番号."""
        return self.atena_number

    @classmethod
    def of(cls, row: Row[Any]) -> "FoundNumber":
        """Make it of a row of `queries.found_numbers`."""
        plain = ("id", "atena_number", "hits", "reason", "proposed_by", "proposed_at")
        decided = ("decided_by", "decided_at")
        said = {name: getattr(row, name) for name in (*plain, *decided)}
        return cls(outcome=FoundNumberOutcome(row.outcome), **said)


@strawberry.type
class FoundNumberQuery:
    """The proposals."""

    @door(MY_NUMBER_WRITE, "住基ネットの4情報の検索で見つけた個人番号の提案（新しい順）")
    async def found_numbers(
        self, info: Info, first: int | None = None, after: str | None = None
    ) -> Connection[FoundNumber]:
        """Return a page of proposals."""
        page = page_of(info, first, after, CURSOR)
        before = None if page.after is None else int(str(page.after[0]))
        rows = await queries.found_before(info.context.read, before, page.size + 1)
        return connection(rows, page, node=FoundNumber.of, key=lambda row: (row.id,))


@strawberry.input(description="住基ネットの4情報の検索で見つけた個人番号")
class ProposeFoundNumberInput:
    """Whose number it is taken for, and why."""

    atena_number: str = required("住登外者の宛名番号")
    my_number: str = required("個人番号（半角数字12桁）")
    hits: int = required("検索で見つかった人数")
    reason: str = required("この人を選んだ理由（住所の履歴など）")


@strawberry.type
class FoundNumberMutation:
    """What proposes and decides."""

    @door(
        MY_NUMBER_WRITE,
        "住基ネットの4情報の検索で見つけた個人番号を提案する。ほかの職員の確認で登録される",
        no_store=True,
    )
    async def propose_found_number(
        self, info: Info, given: Annotated[ProposeFoundNumberInput, INPUT]
    ) -> FoundNumber:
        """Propose a number."""
        keyring, said = open_keyring(info.context.settings), Found(given.my_number, given.hits, given.reason)
        found_id = await found_numbers.propose(info.context.work, keyring, given.atena_number, said)
        return await _found(info, found_id)

    @door(
        MY_NUMBER_WRITE,
        "提案を確認し、個人番号を登録する。確認する職員も住基ネットで番号を確かめて入力する",
        no_store=True,
    )
    async def confirm_found_number(self, info: Info, found_id: int, my_number: str) -> FoundNumber:
        """Confirm what somebody else proposed."""
        keyring = open_keyring(info.context.settings)
        await found_numbers.confirm(info.context.work, keyring, found_id, my_number)
        return await _found(info, found_id)

    @door(MY_NUMBER_WRITE, "提案を差し戻す。自分の提案のときは取り下げる")
    async def reject_found_number(self, info: Info, found_id: int) -> FoundNumber:
        """Set a proposal aside."""
        await found_numbers.reject(info.context.work, found_id)
        return await _found(info, found_id)


async def _found(info: Info, found_id: int) -> FoundNumber:
    row = await queries.find_found(info.context.write, found_id)
    if row is None:
        raise NotFound
    return FoundNumber.of(row)
