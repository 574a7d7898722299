"""What came from the register within a time, and what the common platform has not answered."""

from dataclasses import dataclass
from datetime import datetime

from core.storage.database import ReadSession
from plugins.atena.queries import feed, platform
from plugins.atena.service.feed_status import feed_status


@dataclass(frozen=True, slots=True)
class Traffic:
    """Messages of the register that were applied within the time, with their sequence numbers.

    The rest is of the present: `stop_code` says why the feed stands still; of the messages to the common
    platform `unsent` wait, `unanswered` were sent, `refused` wait for an officer.
    """

    applied: int
    first_sequence: int | None
    last_sequence: int | None
    stop_code: str
    unsent: int
    unanswered: int
    refused: int


async def traffic(session: ReadSession, after: datetime, until: datetime) -> Traffic:
    """Return what was applied after a moment, up to another, and what waits at present."""
    came = await feed.applied_between(session, after, until)
    status = await feed_status(session)
    waiting = [await platform.count_of(session, state) for state in ("waiting", "sent", "refused")]
    return Traffic(came.messages, came.first, came.last, status.stop_code, *waiting)
