"""Batched look-ups of what hangs on a person."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, TypeVar

from sqlalchemy import Row

from core.graphql.context import Info
from core.graphql.loaders import Loader
from plugins.atena.delivery import RecipientKind, Whereabouts
from plugins.atena.queries import links
from plugins.atena.queries.banks import accounts_of, successors
from plugins.atena.queries.candidates import Pair, pairs_of
from plugins.atena.queries.eltax_users import users_of
from plugins.atena.queries.employers import employers_by_id
from plugins.atena.queries.hidden import hidden_of
from plugins.atena.queries.households import households_of
from plugins.atena.queries.my_numbers import sealed_by_person
from plugins.atena.queries.persons import AddressKey, Moment, addresses_by_person, persons_by_id
from plugins.atena.queries.protections import protections_of
from plugins.atena.queries.recipients import recipients_of, whereabouts_of
from plugins.atena.service.banks import resolved
from plugins.atena.service.candidates import Candidate, judged

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


class RecipientKey(NamedTuple):
    """Whose recipients, of which kind."""

    person_id: int
    kind: RecipientKind


class RecipientsByPerson(Loader[RecipientKey, Sequence[Row[Any]]]):
    """All recipients of one kind of a person, as we know them now; one statement for each kind."""

    missing: Sequence[Row[Any]] = ()

    async def fetch(self, keys: Sequence[RecipientKey]) -> Mapping[RecipientKey, Sequence[Row[Any]]]:
        """Return the rows of `queries.recipients`."""
        found = {}
        for kind in dict.fromkeys(key.kind for key in keys):
            asked = [key.person_id for key in keys if key.kind is kind]
            for person_id, rows in (await recipients_of(self.session, asked, kind)).items():
                found[RecipientKey(person_id, kind)] = rows
        return found


class PrimaryByPerson(ByMoment[int | None]):
    """Whose other number a person is, as known at the moment."""

    missing: int | None = None

    async def fetch_at(self, person_ids: Sequence[int], moment: Moment) -> Mapping[int, int | None]:
        """Return the ids of the primaries."""
        return dict(await links.primaries_of(self.session, person_ids, moment.as_known_at))


class LinkedByPrimary(ByMoment[Sequence[int]]):
    """The other numbers of a person, as known at the moment."""

    missing: Sequence[int] = ()

    async def fetch_at(self, person_ids: Sequence[int], moment: Moment) -> Mapping[int, Sequence[int]]:
        """Return the ids of the linked."""
        return await links.linked_to(self.session, person_ids, moment.as_known_at)


class LinkHistoryByPerson(Loader[int, Sequence[Row[Any]]]):
    """Every link that a person ever had."""

    missing: Sequence[Row[Any]] = ()

    async def fetch(self, keys: Sequence[int]) -> Mapping[int, Sequence[Row[Any]]]:
        """Return the rows of `queries.links`."""
        return await links.link_histories(self.session, keys)


class CandidatesByPerson(ByMoment[Sequence[Candidate]]):
    """Who may be the same person, the likest first, those with one My Number before all."""

    missing: Sequence[Candidate] = ()

    async def fetch_at(self, person_ids: Sequence[int], moment: Moment) -> Mapping[int, Sequence[Candidate]]:
        """Find the pairs of all of them at once, and judge them."""
        found: defaultdict[int, list[Candidate]] = defaultdict(list)
        for each in await judged(self.session, await pairs_of(self.session, person_ids), moment.as_of):
            for person_id in {each.pair.one, each.pair.other} & set(person_ids):
                found[person_id].append(each)
        return {person_id: sorted(some, key=_likest_first) for person_id, some in found.items()}


def _likest_first(found: Candidate) -> tuple[int, int, Pair]:
    return found.pair.rank, -found.sameness.score, found.pair


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


class HiddenByPerson(ByMoment[bool]):
    """Whether the address of a person must not be shown on a day; then those of all times stay hidden."""

    missing = False

    async def fetch_at(self, person_ids: Sequence[int], moment: Moment) -> Mapping[int, bool]:
        """Return those whose address is hidden."""
        return dict.fromkeys(await hidden_of(self.session, person_ids, moment.as_of), True)

    async def load_today(self, info: Info, person_id: int) -> bool:
        """Tell whether it must not be shown today."""
        return await self.load(PersonKey(person_id, Moment(info.context.clock.today())))


class ProtectionByPerson(ByMoment[Row[Any] | None]):
    """The 支援措置 of a person; that of today is asked for."""

    missing: Row[Any] | None = None

    async def fetch_at(self, person_ids: Sequence[int], moment: Moment) -> Mapping[int, Row[Any] | None]:
        """Return the rows of `queries.protections`."""
        return dict(await protections_of(self.session, person_ids, moment))

    async def load_today(self, info: Info, person_id: int) -> Row[Any] | None:
        """Return the protection that holds today."""
        return await self.load(PersonKey(person_id, Moment(info.context.clock.today())))
