"""How far the register feed has come, and whether it keeps to the times that were agreed."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from core.checks import Check, CheckState
from core.clock import Clock
from core.settings import Setting, Settings, whole
from core.storage.database import Database, ReadSession
from plugins.atena.queries import feed as queries

NAME = "住記連携"
FEED_LATE_HOURS = Setting(
    "feed_late_hours",
    whole(1, 8_760),
    96,
    "hours without a message after which the register feed is late (default: a run of holidays and a day)",
)
FEED_INTERVAL_HOURS = Setting(
    "feed_interval_hours",
    whole(0, 8_760),
    0,
    "fewest hours agreed between two files of the register feed; sooner is off schedule; 0: any",
)
RECENT = timedelta(days=7)
"""So long it is said that a file came off schedule."""


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


@dataclass(frozen=True, slots=True)
class Rhythm:
    """Whether the feed is late, and how many files came sooner than agreed within the last `RECENT`."""

    is_late: bool
    early_files: int


async def feed_rhythm(session: ReadSession, settings: Settings, now: datetime) -> Rhythm:
    """Return whether the feed keeps to what was agreed; a file that is given again is never early."""
    message = await queries.last_message(session)
    silence = timedelta(0) if message is None else now - message.issued_at
    interval = timedelta(hours=settings[FEED_INTERVAL_HOURS])
    early = await queries.early_files(session, interval, now - RECENT) if interval else 0
    return Rhythm(silence > timedelta(hours=settings[FEED_LATE_HOURS]), early)


async def check_feed(database: Database, settings: Settings, clock: Clock) -> Check:
    """Say whether the feed stands still, is late, or came sooner or more often than agreed."""
    async with database.read() as session:
        status = await feed_status(session)
        rhythm = await feed_rhythm(session, settings, clock.now())
    if status.stop_code:
        place = f"通番 {status.stop_sequence}" if status.stop_sequence else "読めない行"
        message = f"{status.stop_code}: {place} で止まっています（適用済み {status.applied_to} まで）。"
        return Check(NAME, CheckState.FAILED, message)
    if status.last_issued_at is None:
        return Check(NAME, CheckState.OK, "まだメッセージを受け取っていません。")
    silence = clock.now() - status.last_issued_at
    message = (
        f"通番 {status.applied_to} まで適用済みです（発行から {silence.days} 日）。{off_schedule(rhythm)}"
    )
    return Check(NAME, CheckState.WARNING if off_schedule(rhythm) else CheckState.OK, message)


def off_schedule(rhythm: Rhythm) -> str:
    """Say what does not keep to the agreement; nothing if all does."""
    late = "取り決めた時間を過ぎてもメッセージがありません。" if rhythm.is_late else ""
    early = (
        f"取り決めより早く届いたファイルが7日間に {rhythm.early_files} 件あります。"
        if rhythm.early_files
        else ""
    )
    return late + early
