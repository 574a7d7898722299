"""Batched look-ups of what hangs on persons and assessments."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row

from core.graphql.loaders import Loader
from plugins.atena.api import Moment, Person, persons_by_id
from plugins.shikakeisan.assessment import queries


class AssessmentsByPerson(Loader[tuple[int, datetime], Sequence[Row[Any]]]):
    """The revisions in force at a moment, one for each year."""

    missing: Sequence[Row[Any]] = ()

    async def fetch(
        self, keys: Sequence[tuple[int, datetime]]
    ) -> Mapping[tuple[int, datetime], Sequence[Row[Any]]]:
        """Return the revisions with one statement for each moment (one request nearly always shows one)."""
        found: defaultdict[tuple[int, datetime], list[Row[Any]]] = defaultdict(list)
        for moment in {known_at for _, known_at in keys}:
            ids = [person_id for person_id, known_at in keys if known_at == moment]
            for row in await queries.of_persons(self.session, ids, moment):
                found[row.person_id, moment].append(row)
        return found


class PersonById(Loader[tuple[int, date], Person | None]):
    """A person by id as of a day."""

    missing: Person | None = None

    async def fetch(self, keys: Sequence[tuple[int, date]]) -> Mapping[tuple[int, date], Person | None]:
        """Return the persons with one statement for each day (one request shows one day)."""
        found: dict[tuple[int, date], Person | None] = {}
        for day in {day for _, day in keys}:
            ids = [person_id for person_id, asked in keys if asked == day]
            people = await persons_by_id(self.session, ids, Moment(day))
            found.update({(person_id, day): person for person_id, person in people.items()})
        return found
