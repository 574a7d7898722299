"""Batched look-ups of what a basis, a claim or a finding points to."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import ClassVar

from core.graphql.loaders import Loader
from plugins.shikakeisan.base.graphql.loaders import Rows, RowsByMoment
from plugins.shikakeisan.merge import listing
from plugins.shiryo.api import Document, documents_by_id


class DocumentById(Loader[int, Document | None]):
    """A document by its number."""

    missing: Document | None = None

    async def fetch(self, keys: Sequence[int]) -> Mapping[int, Document | None]:
        """Return the documents of all keys with one statement."""
        return {**await documents_by_id(self.session, keys)}


class ClaimsOnPerson(RowsByMoment):
    """Who claims a person, in all years."""

    owner: ClassVar[str] = "relative_id"

    async def fetch_at(self, person_ids: Sequence[int], moment: datetime) -> Rows:
        """Return the rows of `listing`."""
        return await listing.claims_on(self.session, person_ids, moment)
