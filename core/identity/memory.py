"""A memory of half a second, so that requests in a row do not ask the database the same question."""

from collections.abc import Awaitable, Callable, Hashable
from time import monotonic
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")

SECONDS = 0.5
MOST = 10_000


class ShortMemory(Generic[K, V]):
    """Remembers answers of `fetch` for half a second: a revocation works everywhere within that time."""

    def __init__(self, fetch: Callable[[K], Awaitable[V]]) -> None:
        self._fetch = fetch
        self._known: dict[K, tuple[float, V]] = {}

    async def get(self, key: K) -> V:
        """Return the answer for `key`, at most half a second old."""
        # the age counts from before the question: whatever is changed after it may be missing in the answer
        now = monotonic()
        known = self._known.get(key)
        if known is not None and known[0] > now:
            return known[1]
        found = await self._fetch(key)
        if len(self._known) >= MOST:
            self._known.clear()
        self._known[key] = (now + SECONDS, found)
        return found

    def forget(self, key: K) -> None:
        """Ask anew next time."""
        self._known.pop(key, None)
