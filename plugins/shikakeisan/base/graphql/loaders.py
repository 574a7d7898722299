"""Batched look-ups of what hangs on a person of the base."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row

from core.graphql.loaders import Loader
from plugins.atena.api import Moment, Person, hidden_ids, persons_by_id
from plugins.shikakeisan.base import circumstance_queries, queries

PersonDay = tuple[int, date]
PersonMoment = tuple[int, datetime]
Rows = Sequence[Row[Any]]


class BasesByPerson(Loader[PersonMoment, Rows]):
    """A person's rows of all years, as known at a moment."""

    missing: Rows = ()

    async def fetch(self, keys: Sequence[PersonMoment]) -> Mapping[PersonMoment, Rows]:
        """Return the rows with one statement for each moment (one request nearly always shows one)."""
        found: defaultdict[PersonMoment, list[Row[Any]]] = defaultdict(list)
        for moment, ids in _by_second(keys).items():
            for row in await queries.bases_of(self.session, ids, moment):
                found[row.person_id, moment].append(row)
        return found


class CircumstancesByPerson(Loader[PersonMoment, Rows]):
    """What is approved of a person in all years, as known at a moment."""

    missing: Rows = ()

    async def fetch(self, keys: Sequence[PersonMoment]) -> Mapping[PersonMoment, Rows]:
        """Return the rows with one statement for each moment."""
        found: defaultdict[PersonMoment, list[Row[Any]]] = defaultdict(list)
        for moment, ids in _by_second(keys).items():
            for row in await circumstance_queries.in_force(self.session, ids, moment):
                found[row.person_id, moment].append(row)
        return found


class PersonByDay(Loader[PersonDay, Person | None]):
    """A person by id as of a day."""

    missing: Person | None = None

    async def fetch(self, keys: Sequence[PersonDay]) -> Mapping[PersonDay, Person | None]:
        """Return the persons with one statement for each day."""
        found: dict[PersonDay, Person | None] = {}
        for day, ids in _by_second(keys).items():
            people = await persons_by_id(self.session, ids, Moment(day))
            found.update({(person_id, day): person for person_id, person in people.items()})
        return found


class HiddenOnDay(Loader[PersonDay, bool]):
    """Whether an address must not be shown on a day: under 支援措置, or living with somebody who is."""

    missing = False

    async def fetch(self, keys: Sequence[PersonDay]) -> Mapping[PersonDay, bool]:
        """Return those who are, with one statement for each day."""
        return {
            (person_id, day): True
            for day, ids in _by_second(keys).items()
            for person_id in await hidden_ids(self.session, ids, Moment(day))
        }


def _by_second(keys: Sequence[tuple[int, Any]]) -> Mapping[Any, list[int]]:
    found: defaultdict[Any, list[int]] = defaultdict(list)
    for person_id, second in keys:
        found[second].append(person_id)
    return found
