"""Batched look-ups of what hangs on a person."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import Row

from core.graphql.loaders import Loader
from plugins.shikakeisan.base import circumstance_queries, queries

PersonMoment = tuple[int, datetime]
Rows = Sequence[Row[Any]]


class RowsByMoment(Loader[PersonMoment, Rows]):
    """Rows about persons as known at a moment; `owner` is the column that names the person."""

    missing: Rows = ()
    owner: ClassVar[str] = "person_id"

    async def fetch(self, keys: Sequence[PersonMoment]) -> Mapping[PersonMoment, Rows]:
        """Return the rows with one statement for each moment (one request nearly always shows one)."""
        ids: defaultdict[datetime, list[int]] = defaultdict(list)
        for person_id, moment in keys:
            ids[moment].append(person_id)
        found: defaultdict[PersonMoment, list[Row[Any]]] = defaultdict(list)
        for moment, wanted in ids.items():
            for row in await self.fetch_at(wanted, moment):
                found[getattr(row, self.owner), moment].append(row)
        return found

    async def fetch_at(self, person_ids: Sequence[int], moment: datetime) -> Rows:
        """Return the rows about persons as known at one moment."""
        raise NotImplementedError


class BasesByPerson(RowsByMoment):
    """A person's rows of all years."""

    async def fetch_at(self, person_ids: Sequence[int], moment: datetime) -> Rows:
        """Return the rows of `queries`."""
        return await queries.bases_of(self.session, person_ids, moment)


class CircumstancesByPerson(RowsByMoment):
    """What is approved of a person in all years."""

    async def fetch_at(self, person_ids: Sequence[int], moment: datetime) -> Rows:
        """Return the rows of `circumstance_queries`."""
        return await circumstance_queries.in_force(self.session, person_ids, moment)
