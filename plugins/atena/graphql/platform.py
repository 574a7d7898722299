"""What the common platform was told and answered, by GraphQL: refused messages are a work list."""

from datetime import datetime
from enum import Enum
from typing import ClassVar

import strawberry
from sqlalchemy import Row

from core.access.journal import PersonalData
from core.errors import NotFound
from core.graphql.context import Info
from core.graphql.fields import column, door
from core.graphql.pages import Connection, connection, page_of
from plugins.atena.graphql.loaders import PersonByKey, PersonKey
from plugins.atena.graphql.types import Person
from plugins.atena.permissions import PLATFORM_MESSAGE, PLATFORM_MESSAGE_RESOLVE
from plugins.atena.queries import platform as queries
from plugins.atena.queries.persons import Moment
from plugins.atena.service import platform

CURSOR = (int,)


@strawberry.enum(description="共通基盤に知らせる内容の種類")
class PlatformMessageKind(Enum):
    """What became of a 住登外者."""

    REGISTERED = strawberry.enum_value("registered", description="住登外者の登録（付番依頼）")
    CHANGED = strawberry.enum_value("changed", description="住登外者の内容の変更")
    NUMBERED = strawberry.enum_value("numbered", description="住登外者の個人番号の登録・変更")


@strawberry.enum(description="共通基盤への連携の状態")
class PlatformMessageState(Enum):
    """How far a message has come."""

    WAITING = strawberry.enum_value("waiting", description="送信待ち")
    SENT = strawberry.enum_value("sent", description="応答待ち")
    ACCEPTED = strawberry.enum_value("accepted", description="受理")
    REFUSED = strawberry.enum_value("refused", description="拒否（対応待ち）")
    CLOSED = strawberry.enum_value("closed", description="拒否（対応済み）")


@strawberry.type(description="共通基盤への宛名情報の連携1件")
class PlatformMessage(PersonalData):
    """One message."""

    journal_type: ClassVar[str] = platform.JOURNAL_TYPE

    person_id: strawberry.Private[int]
    id: int = column(PLATFORM_MESSAGE, "連携の番号")
    kind: PlatformMessageKind = column(PLATFORM_MESSAGE, "種類")
    noted_at: datetime = column(PLATFORM_MESSAGE, "登録・変更の日時")
    sequence: int | None = column(PLATFORM_MESSAGE, "送信の通番。送信待ちはnullのことがある")
    sent_at: datetime | None = column(PLATFORM_MESSAGE, "送信日時")
    result_code: str | None = column(PLATFORM_MESSAGE, "共通基盤の応答コード")
    answered_at: datetime | None = column(PLATFORM_MESSAGE, "応答を受けた日時")
    note: str | None = column(PLATFORM_MESSAGE, "拒否への対応の内容")
    closed_by: str | None = column(PLATFORM_MESSAGE, "対応した職員の職員番号")

    def journal_id(self) -> str:
        """Return the number of the message."""
        return str(self.id)

    @classmethod
    def of(cls, row: Row[int]) -> "PlatformMessage":
        """Make it of a row of `atena.platform_message`."""
        return cls(
            person_id=row.person_id,
            id=row.id,
            kind=PlatformMessageKind(row.kind),
            noted_at=row.known_at,
            sequence=row.sequence,
            sent_at=row.sent_at,
            result_code=row.code,
            answered_at=row.answered_at,
            note=row.note,
            closed_by=row.closed_by,
        )

    @door(PLATFORM_MESSAGE, "個人（今日の時点）")
    async def person(self, info: Info) -> Person | None:
        """Return of whom the platform was told."""
        moment = Moment(info.context.clock.today())
        row = await info.context.loader(PersonByKey).load(PersonKey(self.person_id, moment))
        return Person.of(row, moment) if row is not None else None


@strawberry.type
class PlatformQuery:
    """The messages by their state."""

    @door(PLATFORM_MESSAGE, "共通基盤への宛名情報の連携（古い順）")
    async def platform_messages(
        self, info: Info, state: PlatformMessageState, first: int | None = None, after: str | None = None
    ) -> Connection[PlatformMessage]:
        """Return a page of messages."""
        page = page_of(info, first, after, CURSOR)
        behind = 0 if page.after is None else int(str(page.after[0]))
        name = state.name.lower()
        rows = await queries.messages_after(info.context.read, name, behind, page.size + 1)
        return connection(rows, page, node=PlatformMessage.of, key=lambda row: (row.id,))


@strawberry.type
class PlatformMutation:
    """What is done about refused messages."""

    @door(PLATFORM_MESSAGE_RESOLVE, "拒否された連携を、今の登録内容でもう一度送る")
    async def resend_platform_message(self, info: Info, message_id: int, note: str) -> PlatformMessage:
        """Close a refused message and note a new one."""
        return await _close(info, message_id, note, resend=True)

    @door(PLATFORM_MESSAGE_RESOLVE, "拒否された連携を、送り直さずに対応済みにする")
    async def close_platform_message(self, info: Info, message_id: int, note: str) -> PlatformMessage:
        """Close a refused message."""
        return await _close(info, message_id, note, resend=False)


async def _close(info: Info, message_id: int, note: str, *, resend: bool) -> PlatformMessage:
    by = info.context.actor.number
    again = await platform.close(info.context.work, message_id, by, note, resend=resend)
    row = await queries.by_id(info.context.write, again or message_id)
    if row is None:
        raise NotFound
    return PlatformMessage.of(row)
