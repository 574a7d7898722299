"""The one clock: everything that asks for the time asks here, so that tests can move it."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

JAPAN = ZoneInfo("Asia/Tokyo")


class Clock:
    """The real time."""

    def now(self) -> datetime:
        """Return the present moment in UTC."""
        return datetime.now(UTC)

    def today(self) -> date:
        """Return the date in Japan, the one a clerk writes on paper."""
        return self.now().astimezone(JAPAN).date()


class MovableClock(Clock):
    """A clock for tests and rehearsals: stands `offset` away from the real time. Refused in production."""

    def __init__(self, offset: timedelta = timedelta()) -> None:
        self.offset = offset

    def now(self) -> datetime:
        return super().now() + self.offset

    def move(self, step: timedelta) -> None:
        """Move the clock on (or back) by `step`."""
        self.offset += step
