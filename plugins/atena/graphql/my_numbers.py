"""My Numbers of 住登外者 typed by hand, by GraphQL: proposed by one officer, confirmed by another."""

from datetime import date, datetime
from enum import Enum
from typing import Annotated, Any, ClassVar

import strawberry
from sqlalchemy import Row

from core.access.journal import PersonalData
from core.errors import NotFound
from core.graphql.context import Info
from core.graphql.fields import column, door
from core.graphql.pages import Connection, connection, page_of
from plugins.atena.graphql.inputs import INPUT, item, required
from plugins.atena.permissions import MY_NUMBER_WRITE
from plugins.atena.queries import number_proposals as queries
from plugins.atena.service import my_numbers, persons
from plugins.atena.service.my_numbers import Evidence, Proposed
from plugins.atena.vault.keyring import open_keyring

CURSOR = (int,)


@strawberry.enum(description="個人番号を何で確認したか")
class MyNumberEvidence(Enum):
    """Where the officer read the number."""

    SHOWN = strawberry.enum_value("shown", description="本人または代理人が示した個人番号カード等の書類")
    JUKI_NET = strawberry.enum_value("juki_net", description="住基ネットの4情報の検索")


@strawberry.enum(description="個人番号の提案の状態")
class MyNumberOutcome(Enum):
    """How a proposal stands."""

    OPEN = strawberry.enum_value("open", description="確認待ち")
    CONFIRMED = strawberry.enum_value("confirmed", description="確認済み。個人番号を登録した")
    REJECTED = strawberry.enum_value("rejected", description="差戻し")


@strawberry.type(description="住登外者の個人番号の提案。番号そのものは示さない")
class MyNumberProposal(PersonalData):
    """What one officer typed, and what another said to it."""

    journal_type: ClassVar[str] = persons.JOURNAL_TYPE

    id: int = column(MY_NUMBER_WRITE, "提案の番号")
    atena_number: str = column(MY_NUMBER_WRITE, "宛名番号")
    evidence: MyNumberEvidence = column(MY_NUMBER_WRITE, "何で確認したか")
    hits: int | None = column(MY_NUMBER_WRITE, "住基ネットの検索で見つかった人数")
    reason: str = column(MY_NUMBER_WRITE, "確認した書類、またはこの人を選んだ理由")
    valid_from: date = column(MY_NUMBER_WRITE, "有効開始日")
    proposed_by: str = column(MY_NUMBER_WRITE, "提案した職員の職員番号")
    proposed_at: datetime = column(MY_NUMBER_WRITE, "提案した日時")
    outcome: MyNumberOutcome = column(MY_NUMBER_WRITE, "状態")
    decided_by: str | None = column(MY_NUMBER_WRITE, "確認または差し戻した職員の職員番号")
    decided_at: datetime | None = column(MY_NUMBER_WRITE, "確認または差し戻した日時")

    def journal_id(self) -> str:
        """Return the 宛名番号."""
        return self.atena_number

    @classmethod
    def of(cls, row: Row[Any]) -> "MyNumberProposal":
        """Make it of a row of `queries.number_proposals`."""
        plain = ("id", "atena_number", "hits", "reason", "valid_from", "proposed_by", "proposed_at")
        said = {name: getattr(row, name) for name in (*plain, "decided_by", "decided_at")}
        return cls(evidence=MyNumberEvidence(row.evidence), outcome=MyNumberOutcome(row.outcome), **said)


@strawberry.type
class MyNumberQuery:
    """The proposals."""

    @door(MY_NUMBER_WRITE, "住登外者の個人番号の提案（新しい順）")
    async def my_number_proposals(
        self, info: Info, first: int | None = None, after: str | None = None
    ) -> Connection[MyNumberProposal]:
        """Return a page of proposals."""
        page = page_of(info, first, after, CURSOR)
        before = None if page.after is None else int(str(page.after[0]))
        rows = await queries.proposals_before(info.context.read, before, page.size + 1)
        return connection(rows, page, node=MyNumberProposal.of, key=lambda row: (row.id,))


@strawberry.input(description="住登外者の個人番号の提案")
class ProposeMyNumberInput:
    """Whose number it is, and what that rests on."""

    atena_number: str = required("住登外者の宛名番号")
    my_number: str = required("個人番号（半角数字12桁）")
    evidence: MyNumberEvidence = required("何で確認したか")
    reason: str = required("確認した書類、またはこの人を選んだ理由（住所の履歴など）。個人番号は書かない")
    hits: int | None = item("住基ネットの検索で見つかった人数。検索したときだけ", default=None)
    valid_from: date | None = item("有効開始日。省略すると今日", default=None)


@strawberry.type
class MyNumberMutation:
    """What proposes and decides. Nothing is kept for a repetition: a hash of the request can be guessed."""

    @door(
        MY_NUMBER_WRITE,
        "住登外者の個人番号を提案する。ほかの職員の確認で登録される。住民の個人番号は連携でのみ登録される",
        no_store=True,
    )
    async def propose_my_number(
        self, info: Info, given: Annotated[ProposeMyNumberInput, INPUT]
    ) -> MyNumberProposal:
        """Propose a number."""
        work = info.context.work
        evidence = Evidence[given.evidence.name]
        valid_from = given.valid_from or work.today
        said = Proposed(given.my_number, evidence, given.hits, given.reason, valid_from)
        keyring = open_keyring(info.context.settings)
        return await _proposal(info, await my_numbers.propose(work, keyring, given.atena_number, said))

    @door(
        MY_NUMBER_WRITE,
        "提案を確認し、個人番号を登録する。確認する職員も本人の書類または住基ネットで番号を確かめて入力する",
        no_store=True,
    )
    async def confirm_my_number(self, info: Info, proposal_id: int, my_number: str) -> MyNumberProposal:
        """Confirm what somebody else proposed."""
        keyring = open_keyring(info.context.settings)
        await my_numbers.confirm(info.context.work, keyring, proposal_id, my_number)
        return await _proposal(info, proposal_id)

    @door(MY_NUMBER_WRITE, "提案を差し戻す。自分の提案のときは取り下げる")
    async def reject_my_number(self, info: Info, proposal_id: int) -> MyNumberProposal:
        """Set a proposal aside."""
        await my_numbers.reject(info.context.work, proposal_id)
        return await _proposal(info, proposal_id)


async def _proposal(info: Info, proposal_id: int) -> MyNumberProposal:
    row = await queries.find_proposal(info.context.write, proposal_id)
    if row is None:
        raise NotFound
    return MyNumberProposal.of(row)
