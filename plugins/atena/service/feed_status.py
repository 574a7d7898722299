"""How far the register feed has come: the last message, what is missing, how long ago it was."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from core.checks import Check, CheckState
from core.clock import Clock
from core.storage.database import Database, ReadSession
from plugins.atena.queries import feed as queries

NAME = "住記連携"
SILENCE = timedelta(days=4)
"""After this long without a message the feed is late: a run of holidays and a day."""


@dataclass(frozen=True, slots=True)
class FeedStatus:
    """`applied_to` is the last message; behind a gap stand `waiting` numbers that files have shown already.

    `stop_code` says why the latest run stopped, `stop_sequence` where; both are empty when it did not, or
    when that message was applied since.
    """

    applied_to: int
    last_issued_at: datetime | None
    last_applied_at: datetime | None
    waiting: int
    stop_code: str
    stop_sequence: int | None


async def feed_status(session: ReadSession) -> FeedStatus:
    """Return how the feed stands."""
    message, run = await queries.last_message(session), await queries.last_run(session)
    applied_to = message.sequence if message else 0
    stopped = run is not None and run.stop_code and (run.stop_sequence or applied_to + 1) > applied_to
    return FeedStatus(
        applied_to,
        message.issued_at if message else None,
        message.applied_at if message else None,
        max(0, await queries.highest_seen(session) - applied_to),
        run.stop_code if run is not None and stopped else "",
        run.stop_sequence if run is not None and stopped else None,
    )


async def check_feed(database: Database, clock: Clock) -> Check:
    """Say whether the feed stands still or is late."""
    async with database.read() as session:
        status = await feed_status(session)
    if status.stop_code:
        place = f"通番 {status.stop_sequence}" if status.stop_sequence else "読めない行"
        message = f"{status.stop_code}: {place} で止まっています（適用済み {status.applied_to} まで）。"
        return Check(NAME, CheckState.FAILED, message)
    if status.last_issued_at is None:
        return Check(NAME, CheckState.OK, "まだメッセージを受け取っていません。")
    silence = clock.now() - status.last_issued_at
    state = CheckState.WARNING if silence > SILENCE else CheckState.OK
    message = f"通番 {status.applied_to} まで適用済みです（発行から {silence.days} 日）。"
    return Check(NAME, state, message)
