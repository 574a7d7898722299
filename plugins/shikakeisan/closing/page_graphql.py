"""The page of a close by GraphQL: what went out and came in around it."""

import strawberry

from core.graphql.context import Info
from core.graphql.fields import column, door
from plugins.shikakeisan.closing.exchange import Exchange, exchange_of
from plugins.shikakeisan.closing.graphql import Close, Transfer
from plugins.shikakeisan.permissions import CLOSING
from plugins.shiryo.api import SenderKind


@strawberry.type(description="締めの間に受け付けた課税資料（送付元の区分ごと）")
class CloseDeliveries:
    """What came from one kind of sender."""

    sender_kind: SenderKind = column(CLOSING, "送付元の区分")
    received: int = column(CLOSING, "受け付けた件数（受付の数）")
    accepted: int = column(CLOSING, "受け入れた件数（受付の数）")
    documents: int = column(CLOSING, "受け入れた資料の件数")


@strawberry.type(description="締めの間の住記連携と、共通基盤の応答待ち")
class CloseRegister:
    """What the register told, and what the platform has not answered."""

    applied: int = column(CLOSING, "締めの間に適用した住記連携のメッセージの数")
    first_sequence: int | None = column(CLOSING, "そのうち最初の通番")
    last_sequence: int | None = column(CLOSING, "そのうち最後の通番")
    stop_code: str = column(CLOSING, "今、止まっている理由のコード。動いていれば空")
    unsent: int = column(CLOSING, "今、共通基盤への送信を待っている件数")
    unanswered: int = column(CLOSING, "今、共通基盤の応答を待っている件数")
    refused: int = column(CLOSING, "今、共通基盤に拒否されて対応を待っている件数")


@strawberry.type(description="締めの前後に出入りしたもの")
class CloseExchange:
    """One page for a close."""

    close: Close = column(CLOSING, "締め")
    transfers: list[Transfer] = column(CLOSING, "この締めを含む連携ファイルと、その受領")
    recipients_without_file: list[str] = column(CLOSING, "この締めをまだ渡していない連携先のコード")
    deliveries: list[CloseDeliveries] = column(CLOSING, "前回の締めの後に受け付けた課税資料")
    register: CloseRegister = column(CLOSING, "住記連携と共通基盤")

    @classmethod
    def of(cls, found: Exchange) -> "CloseExchange":
        """Make it of what was gathered."""
        names = ("received", "accepted", "documents")
        came = [
            CloseDeliveries(sender_kind=SenderKind(row.kind), **{name: getattr(row, name) for name in names})
            for row in found.deliveries
        ]
        said = found.register
        return cls(
            close=Close.of(found.close),
            transfers=[Transfer.of(row) for row in found.files],
            recipients_without_file=list(found.without_file),
            deliveries=came,
            register=CloseRegister(**{name: getattr(said, name) for name in said.__slots__}),
        )


@strawberry.type
class ClosePageQuery:
    """The page."""

    @door(CLOSING, "締めの前後に出入りしたもの（連携ファイルと受領、住記連携、課税資料、共通基盤）")
    async def close_exchange(self, info: Info, closing_id: int) -> CloseExchange:
        """Return the page of one close."""
        return CloseExchange.of(await exchange_of(info.context.runtime, info.context.read, closing_id))
