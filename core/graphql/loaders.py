"""Batched look-ups: a loader is a class named after its arrow (`AddressesByPerson`), one per request."""

from collections.abc import Hashable, Mapping, Sequence
from typing import Generic, TypeVar

from strawberry.dataloader import DataLoader

from core.storage.database import ReadSession

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class Loader(Generic[K, V]):
    """Gathers the keys asked for in one turn of the loop and fetches them with one statement.

    A subclass says `fetch` (keys to a mapping) and `missing` (what a key without a row gives).
    """

    missing: V

    def __init__(self, session: ReadSession) -> None:
        self.session = session
        self._batch: DataLoader[K, V] = DataLoader(load_fn=self._load)

    async def fetch(self, keys: Sequence[K]) -> Mapping[K, V]:
        """Return what is known of `keys`; a key without data may be left out."""
        raise NotImplementedError

    async def load(self, key: K) -> V:
        """Return the value of one key, together with all others asked for at the same time."""
        return await self._batch.load(key)

    async def _load(self, keys: list[K]) -> list[V]:
        found = await self.fetch(keys)
        return [found.get(key, self.missing) for key in keys]
