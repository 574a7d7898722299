"""How the register feed stands, by GraphQL."""

from datetime import datetime

import strawberry

from core.graphql.context import Info
from core.graphql.fields import column, door
from plugins.atena.permissions import FEED
from plugins.atena.service.feed_status import feed_rhythm, feed_status


@strawberry.type(description="住記連携の状況")
class RegisterFeed:
    """How far the feed has come, and why it stands still if it does."""

    applied_to: int = column(FEED, "適用済みの最後の通番。0は受信前")
    last_issued_at: datetime | None = column(FEED, "最後に適用したメッセージの発行日時")
    last_applied_at: datetime | None = column(FEED, "最後に適用した日時")
    waiting: int = column(FEED, "届いたファイルにあり、まだ適用できない通番の数（欠番を含む）")
    stop_code: str = column(FEED, "止まっている理由のコード（FEED_GAPなど）。動いていれば空")
    stop_sequence: int | None = column(FEED, "止まっている通番。FEED_GAPでは欠番")
    is_late: bool = column(FEED, "取り決めた時間（設定 feed_late_hours）を過ぎてもメッセージがないか")
    early_files: int = column(
        FEED, "取り決めた間隔（設定 feed_interval_hours）より早く届いたファイルの数（7日間）"
    )


@strawberry.type
class FeedQuery:
    """The state of the feed."""

    @door(FEED, "住記連携の状況")
    async def register_feed(self, info: Info) -> RegisterFeed:
        """Return how the feed stands."""
        status = await feed_status(info.context.read)
        now = info.context.clock.now()
        rhythm = await feed_rhythm(info.context.read, info.context.settings, now)
        return RegisterFeed(
            applied_to=status.applied_to,
            last_issued_at=status.last_issued_at,
            last_applied_at=status.last_applied_at,
            waiting=status.waiting,
            stop_code=status.stop_code,
            stop_sequence=status.stop_sequence,
            is_late=rhythm.is_late,
            early_files=rhythm.early_files,
        )
