"""Batched look-ups of what hangs on a person."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, TypeVar

from sqlalchemy import Row

from core.graphql.context import Info
from core.graphql.loaders import Loader
from plugins.atena.delivery import Whereabouts
from plugins.atena.queries.banks import accounts_of, successors
from plugins.atena.queries.eltax_users import users_of
from plugins.atena.queries.employers import employers_by_id
from plugins.atena.queries.households import households_of
from plugins.atena.queries.my_numbers import sealed_by_person
from plugins.atena.queries.persons import AddressKey, Moment, addresses_by_person, persons_by_id
from plugins.atena.queries.protections import protections_of
from plugins.atena.queries.recipients import whereabouts_of
from plugins.atena.service.banks import resolved

V = TypeVar("V")


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


class ByMoment(Loader[PersonKey, V]):
    """Fetches with one statement for each moment that is asked for (nearly always one)."""

    async def fetch(self, keys: Sequence[PersonKey]) -> Mapping[PersonKey, V]:
        """Return the values of all keys."""
        ids: defaultdict[Moment, list[int]] = defaultdict(list)
        for key in keys:
            ids[key.moment].append(key.person_id)
        return {
            PersonKey(person_id, moment): value
            for moment, wanted in ids.items()
            for person_id, value in (await self.fetch_at(wanted, moment)).items()
        }

    async def fetch_at(self, person_ids: Sequence[int], moment: Moment) -> Mapping[int, V]:
        """Return the values of persons as of one moment."""
        raise NotImplementedError


class SealedNumberByPerson(ByMoment[Row[Any] | None]):
    """The sealed My Number of a person as of a moment; opening it is the resolver's part."""

    missing: Row[Any] | None = None

    async def fetch_at(self, person_ids: Sequence[int], moment: Moment) -> Mapping[int, Row[Any] | None]:
        """Return the rows of the vault."""
        return dict(await sealed_by_person(self.session, person_ids, moment))


class PersonByKey(ByMoment[Row[Any] | None]):
    """A person as of a moment."""

    missing: Row[Any] | None = None

    async def fetch_at(self, person_ids: Sequence[int], moment: Moment) -> Mapping[int, Row[Any] | None]:
        """Return the rows of `queries.persons`."""
        return dict(await persons_by_id(self.session, person_ids, moment))


class EmployerByKey(ByMoment[Row[Any] | None]):
    """An employer as of a moment; the key names the employer's id."""

    missing: Row[Any] | None = None

    async def fetch_at(self, person_ids: Sequence[int], moment: Moment) -> Mapping[int, Row[Any] | None]:
        """Return the rows of `queries.employers`."""
        return dict(await employers_by_id(self.session, person_ids, moment))


class EltaxUsersByPerson(ByMoment[Sequence[Row[Any]]]):
    """The eLTAX user ids of a person as of a moment."""

    missing: Sequence[Row[Any]] = ()

    async def fetch_at(self, person_ids: Sequence[int], moment: Moment) -> Mapping[int, Sequence[Row[Any]]]:
        """Return the rows of `queries.eltax_users`."""
        return await users_of(self.session, "person_id", person_ids, moment)


class EltaxUsersByEmployer(ByMoment[Sequence[Row[Any]]]):
    """The eLTAX user ids of an employer as of a moment; the key names the employer's id."""

    missing: Sequence[Row[Any]] = ()

    async def fetch_at(self, person_ids: Sequence[int], moment: Moment) -> Mapping[int, Sequence[Row[Any]]]:
        """Return the rows of `queries.eltax_users`."""
        return await users_of(self.session, "employer_id", person_ids, moment)


class HouseholdByPerson(ByMoment[Sequence[Row[Any]]]):
    """The members of a person's household as of a moment."""

    missing: Sequence[Row[Any]] = ()

    async def fetch_at(self, person_ids: Sequence[int], moment: Moment) -> Mapping[int, Sequence[Row[Any]]]:
        """Return the rows of `queries.households`."""
        return await households_of(self.session, person_ids, moment)


class WhereaboutsByPerson(ByMoment[Whereabouts | None]):
    """What decides where a person's notices go on a day."""

    missing: Whereabouts | None = None

    async def fetch_at(self, person_ids: Sequence[int], moment: Moment) -> Mapping[int, Whereabouts | None]:
        """Return the facts of `queries.recipients`."""
        return dict(await whereabouts_of(self.session, person_ids, moment))


class DebitedAccount(NamedTuple):
    """An account (a row of `atena.bank_account`) and the branch that is debited on the day."""

    account: Row[Any]
    branch_code: str


class AccountByPerson(ByMoment[DebitedAccount | None]):
    """The account of a person on a day, with the mergers of that day."""

    missing: DebitedAccount | None = None

    async def fetch_at(
        self, person_ids: Sequence[int], moment: Moment
    ) -> Mapping[int, DebitedAccount | None]:
        """Return the accounts; the mergers are read once for all of them."""
        rows = await accounts_of(self.session, person_ids, moment)
        merged = await successors(self.session, moment) if rows else {}
        return {
            person_id: DebitedAccount(row, resolved(row.branch_code, merged))
            for person_id, row in rows.items()
        }


class ProtectionByPerson(ByMoment[Row[Any] | None]):
    """The 支援措置 of a person. That of today is asked for: it hides addresses of all times."""

    missing: Row[Any] | None = None

    async def fetch_at(self, person_ids: Sequence[int], moment: Moment) -> Mapping[int, Row[Any] | None]:
        """Return the rows of `queries.protections`."""
        return dict(await protections_of(self.session, person_ids, moment))

    async def load_today(self, info: Info, person_id: int) -> Row[Any] | None:
        """Return the protection that holds today."""
        return await self.load(PersonKey(person_id, Moment(info.context.clock.today())))
