"""The way past a message that stopped the feed, by GraphQL: proposed by one officer, confirmed by another."""

from dataclasses import asdict
from datetime import date, datetime
from enum import Enum
from typing import Annotated, Any, ClassVar

import strawberry
from sqlalchemy import Row

from core.access.journal import PersonalData
from core.errors import NotFound
from core.graphql.context import Info
from core.graphql.fields import column, door
from core.graphql.masking import MASKED_TEXT
from core.graphql.pages import Connection, connection, page_of
from plugins.atena.feed.messages import EventKind
from plugins.atena.feed.remedies import Action
from plugins.atena.graphql.inputs import INPUT, AddressInput, item, required
from plugins.atena.graphql.types import is_hidden
from plugins.atena.particulars import graphql_name
from plugins.atena.permissions import FEED_REMEDY
from plugins.atena.queries import feed_remedies as queries
from plugins.atena.queries.persons import ids_of
from plugins.atena.service import feed_remedies, persons
from plugins.atena.service.feed_remedies import Proposal

CURSOR = (int,)


@strawberry.enum(description="止まったメッセージの扱い")
class FeedRemedyAction(Enum):
    """The ways past a message."""

    SKIP = strawberry.enum_value("skip", description="適用しない")
    REPLACE = strawberry.enum_value("replace", description="内容を差し替えて適用する")


@strawberry.enum(description="提案の状態")
class FeedRemedyOutcome(Enum):
    """How a proposal stands."""

    OPEN = strawberry.enum_value("open", description="確認待ち")
    CONFIRMED = strawberry.enum_value("confirmed", description="確認済み。次の適用から有効")
    REJECTED = strawberry.enum_value("rejected", description="差戻し")


@strawberry.enum(description="住記連携の異動の種類（個人番号の付番は連携でのみ登録される）")
class FeedEventKind(Enum):
    """What an officer may put in the place of a message."""

    BIRTH = strawberry.enum_value("birth", description="出生")
    MOVE_IN = strawberry.enum_value("move_in", description="転入")
    MOVE_OUT = strawberry.enum_value("move_out", description="転出")
    MOVE_WITHIN = strawberry.enum_value("move_within", description="転居")
    DEATH = strawberry.enum_value("death", description="死亡")
    NAME_CHANGE = strawberry.enum_value("name_change", description="氏名変更")
    HOUSEHOLD_CHANGE = strawberry.enum_value("household_change", description="世帯変更")
    PROTECTION_SET = strawberry.enum_value("protection_set", description="支援措置の開始")
    PROTECTION_LIFTED = strawberry.enum_value("protection_lifted", description="支援措置の終了")
    OFFICIAL_CORRECTION = strawberry.enum_value("official_correction", description="職権修正")


@strawberry.type(description="差し替える内容の項目")
class FeedReplacementItem:
    """One item, by its path in the format of the feed."""

    path: str = column(FEED_REMEDY, "項目（address.lotなど）")
    value: str = column(FEED_REMEDY, "内容")


@strawberry.type(description="差し替える内容")
class FeedReplacement(PersonalData):
    """What is applied in the place of the message."""

    journal_type: ClassVar[str] = persons.JOURNAL_TYPE

    kind: FeedEventKind = column(FEED_REMEDY, "異動の種類")
    atena_number: str = column(FEED_REMEDY, "宛名番号")
    effective_on: date = column(FEED_REMEDY, "異動日")
    rest: strawberry.Private[dict[str, Any]]

    @door(FEED_REMEDY, "そのほかの項目。支援措置の対象者の住所は伏せる")
    async def items(self, info: Info) -> list[FeedReplacementItem]:
        """Return the items by their paths; an address stays hidden from who may not see it."""
        ids = await ids_of(info.context.read, [self.atena_number])
        hidden = any([await is_hidden(person_id, info) for person_id in ids.values()])
        return [
            FeedReplacementItem(path=path, value=MASKED_TEXT if hidden and _is_place(path) else value)
            for path, value in _flat(self.rest)
        ]

    def journal_id(self) -> str:
        """Return the 宛名番号."""
        return self.atena_number

    @classmethod
    def of(cls, event: dict[str, Any]) -> "FeedReplacement":
        """Make it of an event in the form of the feed."""
        return cls(
            kind=FeedEventKind(event["kind"]),
            atena_number=event["atenaNumber"],
            effective_on=date.fromisoformat(event["effectiveOn"]),
            rest={name: value for name, value in event.items() if name not in FRAME},
        )


FRAME = ("kind", "atenaNumber", "effectiveOn")


def _is_place(path: str) -> bool:
    return path.startswith("address.")


@strawberry.type(description="止まった住記連携のメッセージについての提案")
class FeedRemedy(PersonalData):
    """What one officer proposed, and what another said to it."""

    journal_type: ClassVar[str] = feed_remedies.JOURNAL_TYPE

    event: strawberry.Private[dict[str, Any] | None]
    id: int = column(FEED_REMEDY, "提案の番号")
    sequence: int = column(FEED_REMEDY, "通番")
    action: FeedRemedyAction = column(FEED_REMEDY, "扱い")
    reason: str = column(FEED_REMEDY, "理由")
    proposed_by: str = column(FEED_REMEDY, "提案した職員の職員番号")
    proposed_at: datetime = column(FEED_REMEDY, "提案した日時")
    outcome: FeedRemedyOutcome = column(FEED_REMEDY, "状態")
    decided_by: str | None = column(FEED_REMEDY, "確認または差し戻した職員の職員番号")
    decided_at: datetime | None = column(FEED_REMEDY, "確認または差し戻した日時")

    def journal_id(self) -> str:
        """Return the number of the proposal."""
        return str(self.id)

    @classmethod
    def of(cls, row: Row[Any]) -> "FeedRemedy":
        """Make a remedy of a row of `atena.feed_remedy`."""
        return cls(
            event=row.replacement,
            id=row.id,
            sequence=row.sequence,
            action=FeedRemedyAction(row.action),
            reason=row.reason,
            proposed_by=row.proposed_by,
            proposed_at=row.proposed_at,
            outcome=FeedRemedyOutcome(row.outcome),
            decided_by=row.decided_by,
            decided_at=row.decided_at,
        )

    @door(FEED_REMEDY, "差し替える内容。適用しないときはnull")
    def replacement(self) -> FeedReplacement | None:
        """Show what is to be confirmed."""
        return FeedReplacement.of(self.event) if self.event is not None else None


@strawberry.type
class FeedRemedyQuery:
    """The proposals."""

    @door(FEED_REMEDY, "止まった住記連携のメッセージについての提案（新しい順）")
    async def feed_remedies(
        self, info: Info, first: int | None = None, after: str | None = None
    ) -> Connection[FeedRemedy]:
        """Return a page of proposals."""
        page = page_of(info, first, after, CURSOR)
        before = None if page.after is None else int(str(page.after[0]))
        rows = await queries.remedies_before(info.context.read, before, page.size + 1)
        return connection(rows, page, node=FeedRemedy.of, key=lambda row: (row.id,))


@strawberry.input(description="個人の内容（住記連携の形）")
class FeedPersonInput:
    """What the register says of a person."""

    name: str = required("氏名")
    kana: str = required("読み仮名")
    birth_date: str = required("生年月日（YYYY-MM-DD、YYYY-MM、YYYY）")
    sex: str = required("性別（0 不明、1 男、2 女、9 適用不能）")
    birth_note: str = item("生年月日の不詳表記", default="")


@strawberry.input(description="世帯（住記連携の形）")
class FeedHouseholdInput:
    """Which household, and as what."""

    number: str = required("世帯番号")
    relation: str = required("続柄")


@strawberry.input(description="メッセージの代わりに適用する内容。異動の種類が求める項目だけを指定する")
class FeedReplacementInput:
    """An event; which items it takes depends on its kind (docs/plugins/atena.md)."""

    kind: FeedEventKind = required("異動の種類")
    atena_number: str = required("宛名番号")
    effective_on: date = required("異動日")
    person: FeedPersonInput | None = item("個人の内容", default=None)
    address: AddressInput | None = item("住所", default=None)
    household: FeedHouseholdInput | None = item("世帯", default=None)
    name: str | None = item("氏名（氏名変更）", default=None)
    kana: str | None = item("読み仮名（氏名変更）", default=None)
    until: date | None = item("終了日（この日を含まない）", default=None)

    def event(self) -> dict[str, Any]:
        """Return it in the form of the feed."""
        given = asdict(self)
        given.update(kind=EventKind[self.kind.name].value, effective_on=self.effective_on.isoformat())
        given["until"] = self.until.isoformat() if self.until is not None else None
        return _camel({name: value for name, value in given.items() if value is not None})


@strawberry.input(description="止まったメッセージについての提案")
class ProposeFeedRemedyInput:
    """What to do, and why."""

    sequence: int = required("止まっている通番")
    action: FeedRemedyAction = required("扱い")
    reason: str = required("理由（住民記録の担当に確認した内容など）")
    replacement: FeedReplacementInput | None = item("差し替える内容", default=None)


@strawberry.type
class FeedRemedyMutation:
    """What proposes and decides."""

    @door(FEED_REMEDY, "矛盾で止まった住記連携のメッセージの扱いを提案する。ほかの職員の確認で有効になる")
    async def propose_feed_remedy(
        self, info: Info, given: Annotated[ProposeFeedRemedyInput, INPUT]
    ) -> FeedRemedy:
        """Propose a remedy."""
        event = given.replacement.event() if given.replacement is not None else None
        proposal = Proposal(given.sequence, Action[given.action.name], given.reason, event)
        by = info.context.actor.number
        return await _remedy(info, await feed_remedies.propose(info.context.work, by, proposal))

    @door(FEED_REMEDY, "提案を確認する。提案した職員は確認できない")
    async def confirm_feed_remedy(self, info: Info, remedy_id: int) -> FeedRemedy:
        """Confirm what somebody else proposed."""
        await feed_remedies.confirm(info.context.work, info.context.actor.number, remedy_id)
        return await _remedy(info, remedy_id)

    @door(FEED_REMEDY, "提案を差し戻す")
    async def reject_feed_remedy(self, info: Info, remedy_id: int) -> FeedRemedy:
        """Set a proposal aside."""
        await feed_remedies.reject(info.context.work, info.context.actor.number, remedy_id)
        return await _remedy(info, remedy_id)


async def _remedy(info: Info, remedy_id: int) -> FeedRemedy:
    row = await queries.find_remedy(info.context.write, remedy_id)
    if row is None:
        raise NotFound
    return FeedRemedy.of(row)


def _camel(given: dict[str, Any]) -> dict[str, Any]:
    return {
        graphql_name(name): _camel(value) if isinstance(value, dict) else value
        for name, value in given.items()
    }


def _flat(given: dict[str, Any], prefix: str = "") -> list[tuple[str, str]]:
    return [
        pair
        for name, value in given.items()
        for pair in (
            _flat(value, f"{prefix}{name}.") if isinstance(value, dict) else [(prefix + name, value)]
        )
    ]
