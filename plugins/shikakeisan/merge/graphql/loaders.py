"""Batched look-ups of what a basis, a claim or a finding points to."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row

from core.graphql.loaders import Loader
from plugins.shikakeisan.merge import listing
from plugins.shiryo.api import Document, documents_by_id


class DocumentById(Loader[int, Document | None]):
    """A document by its number."""

    missing: Document | None = None

    async def fetch(self, keys: Sequence[int]) -> Mapping[int, Document | None]:
        """Return the documents of all keys with one statement."""
        return {**await documents_by_id(self.session, keys)}


class ClaimsOnPerson(Loader[tuple[int, datetime], Sequence[Row[Any]]]):
    """Who claims a person, in all years, as known at a moment."""

    missing: Sequence[Row[Any]] = ()

    async def fetch(
        self, keys: Sequence[tuple[int, datetime]]
    ) -> Mapping[tuple[int, datetime], Sequence[Row[Any]]]:
        """Return the claims with one statement for each moment."""
        found: defaultdict[tuple[int, datetime], list[Row[Any]]] = defaultdict(list)
        for moment in {known_at for _, known_at in keys}:
            ids = [person_id for person_id, known_at in keys if known_at == moment]
            for row in await listing.claims_on(self.session, ids, moment):
                found[row.relative_id, moment].append(row)
        return found
