"""News about jobs within one process: one LISTEN connection, shared by all who wait.

The connection is opened for the first who waits and closed after the last. A notice only says that something
changed: whoever gets it reads the row, so that lost or doubled notices do no harm.
"""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager, suppress
from weakref import WeakKeyDictionary

from core.storage.database import Database, WriteSession, finished
from core.storage.listening import RECONNECTED, listen, notify

CHANNEL = "core_job"
QUEUED = "queued"
"""The topic of jobs that wait for a worker; every job's id is a topic too: its state or progress changed."""

_by_database: WeakKeyDictionary[Database, "News"] = WeakKeyDictionary()


class Waiting:
    """One who waits for a topic. Notices that come between two waits count as one."""

    def __init__(self) -> None:
        self._news = asyncio.Event()

    def tell(self) -> None:
        self._news.set()

    @property
    def has_news(self) -> bool:
        return self._news.is_set()

    async def wait(self, seconds: float) -> None:
        """Wait until there is news, but no longer than `seconds`."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._news.wait()
        self._news.clear()


class News:
    """Spreads what arrives on the channel to those who wait in this process."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._waiting: defaultdict[str, set[Waiting]] = defaultdict(set)
        self._listening: asyncio.Task[None] | None = None

    @asynccontextmanager
    async def about(self, topic: str) -> AsyncIterator[Waiting]:
        """Lend a place to wait for news about `topic`."""
        place = Waiting()
        self._waiting[topic].add(place)
        if self._listening is None:
            self._listening = asyncio.create_task(self._listen())
        try:
            yield place
        finally:
            await self._leave(topic, place)

    async def _leave(self, topic: str, place: Waiting) -> None:
        self._waiting[topic].discard(place)
        if not self._waiting[topic]:
            del self._waiting[topic]
        if not self._waiting and self._listening is not None:
            listening, self._listening = self._listening, None
            listening.cancel()
            await finished(asyncio.wait({listening}))

    async def _listen(self) -> None:
        async with aclosing(listen(self._database, CHANNEL)) as topics:
            async for topic in topics:
                told = self._everybody() if topic == RECONNECTED else self._waiting.get(topic, ())
                for place in tuple(told):
                    place.tell()

    def _everybody(self) -> list[Waiting]:
        return [place for places in self._waiting.values() for place in places]


def news_of(database: Database) -> News:
    """Return the news of a database: the same for everybody in this process."""
    return _by_database.setdefault(database, News(database))


async def announce(session: WriteSession, *topics: str | int) -> None:
    """Tell all processes about topics when the transaction commits."""
    for topic in topics:
        await notify(session, CHANNEL, str(topic))
