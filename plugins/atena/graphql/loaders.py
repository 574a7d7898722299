"""Batched look-ups of what hangs on a person."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import Row

from core.graphql.loaders import Loader
from plugins.atena.queries.my_numbers import sealed_by_person
from plugins.atena.queries.persons import AddressKey, Moment, addresses_by_person


class PersonKey(NamedTuple):
    """Whose, and as of which moment."""

    person_id: int
    moment: Moment


class AddressesByPerson(Loader[AddressKey, Sequence[Row[Any]]]):
    """All addresses of a person as known at a moment, in the order of validity."""

    missing: Sequence[Row[Any]] = ()

    async def fetch(self, keys: Sequence[AddressKey]) -> Mapping[AddressKey, Sequence[Row[Any]]]:
        """Return the addresses of all keys with one statement."""
        return await addresses_by_person(self.session, keys)


class SealedNumberByPerson(Loader[PersonKey, Row[Any] | None]):
    """The sealed My Number of a person as of a moment; opening it is the resolver's part."""

    missing: Row[Any] | None = None

    async def fetch(self, keys: Sequence[PersonKey]) -> Mapping[PersonKey, Row[Any] | None]:
        """Return the rows with one statement for each moment that is asked for (nearly always one)."""
        ids: defaultdict[Moment, list[int]] = defaultdict(list)
        for key in keys:
            ids[key.moment].append(key.person_id)
        return {
            PersonKey(person_id, moment): row
            for moment, wanted in ids.items()
            for person_id, row in (await sealed_by_person(self.session, wanted, moment)).items()
        }
