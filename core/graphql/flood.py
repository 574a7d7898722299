"""A flood of refused requests of nobody in particular: the access log keeps the beginning, not every drop.

Each refusal of somebody who is not signed in would be a row and a commit, which anybody could use to fill the
disk. So those of one address, and of all together, are counted for each minute and process. The last one
that is recorded bears the code RATE_LIMITED: from there on that minute's are only answered.
"""

from collections import Counter
from datetime import datetime

MOST_OF_ADDRESS = 120
"""A whole office behind one proxy, whose tokens have all run out, stays below it."""
MOST = 1_200
MINUTE = 60


class Refusals:
    """Counts the refusals of a minute. Memory is bounded: a minute's new addresses are at most `MOST`."""

    def __init__(self) -> None:
        self._minute = 0
        self._counts: Counter[str] = Counter()

    def take(self, origin: str, now: datetime) -> int:
        """Count one refusal; return how many more are recorded this minute, below 0 if not even this one."""
        minute = int(now.timestamp()) // MINUTE
        if minute != self._minute:
            self._minute, self._counts = minute, Counter()
        left = min(MOST - self._counts.total(), MOST_OF_ADDRESS - self._counts[origin]) - 1
        if left >= 0:
            self._counts[origin] += 1
        return left


def seconds_left(now: datetime) -> int:
    """Return how long the minute still lasts."""
    return MINUTE - int(now.timestamp()) % MINUTE
