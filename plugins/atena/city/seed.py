"""Writes the synthetic city with COPY, ten thousand people at a time, so that its size costs no memory.

Where files brought the people, what no file of the register brings is added to them.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import islice

from core.demo.city import DemoCity
from core.storage.database import WriteSession
from core.storage.ids import reserve_ids
from plugins.atena import tables
from plugins.atena.check_digits import modulus_9, modulus_11
from plugins.atena.city import names
from plugins.atena.city.dealings import Dealings, Party, full_name, recorded, write_banks
from plugins.atena.city.people import WARDS, Citizen, citizens
from plugins.atena.city.settled import samples, settled
from plugins.atena.history import FOREVER, OPEN
from plugins.atena.partial_date import Precision
from plugins.atena.particulars import Kind
from plugins.atena.queries.bulk import Rows, write_all
from plugins.atena.queries.persons import next_serials
from plugins.atena.search_keys import address_key, kana_key, name_key
from plugins.atena.service.persons import atena_number
from plugins.atena.vault.keyring import Keyring, open_keyring
from plugins.atena.vault.seal import seal

BATCH = 10_000
PEOPLE_PER_EMPLOYER = 40
NUMBERS_BEGIN = date(2015, 10, 5)
"""The day from which My Numbers exist (番号法 came into force)."""
RESIDENT_NUMBERS = "0"
HALF_OF_NON_RESIDENTS = 2
OF_PEOPLE = ("person", "person_revision", "address_revision", "my_number", "household_member")
UNUSED_CORPORATE = "99"
"""No registry office has this code, so no real corporation has such a number."""


@dataclass(frozen=True, slots=True)
class Register:
    """Where the numbers come from: `start` and `step` walk through all My Numbers without repeating one."""

    keyring: Keyring
    start: int
    step: int

    def my_number(self, position: int) -> str:
        """Return the My Number of the person at a position, with its check digit."""
        digits = f"{(self.start + position * self.step) % 10**11:011d}"
        return digits + modulus_11(digits)


async def seed_city(session: WriteSession, city: DemoCity) -> None:
    """Add persons and employers, and leave samples of them for the queries to paste."""
    dealings = Dealings(city.random("atena.dealings"))
    await write_banks(session)
    parties = await settled(session)
    if parties:
        await write_all(session, dealings.rows(parties, city.runtime.clock.today()))
        city.samples |= await samples(session)
    else:
        await _write_city(session, city, dealings)
    await _write_employers(session, city)


async def _write_city(session: WriteSession, city: DemoCity, dealings: Dealings) -> None:
    chance = city.random("atena.numbers")
    register = Register(open_keyring(city.runtime.settings), chance.randrange(10**11), 7_919_000_001)
    people = citizens(city.random("atena"), city.people, city.runtime.clock.today())
    written = 0
    while batch := list(islice(people, BATCH)):
        ids = await _write_people(session, city, register, batch, written)
        parties = map(_party, ids, batch)
        await write_all(session, dealings.rows(parties, city.runtime.clock.today()))
        written += len(batch)


def _party(person_id: int, citizen: Citizen) -> Party:
    said = (*full_name(citizen.family, citizen.given), citizen.birth, citizen.sex, citizen.homes[-1][0])
    return Party(person_id, *said, citizen.is_resident)


async def _write_people(
    session: WriteSession, city: DemoCity, register: Register, batch: Sequence[Citizen], before: int
) -> Sequence[int]:
    ids = await reserve_ids(session, tables.person, len(batch))
    serials = iter(await next_serials(session, sum(not citizen.is_resident for citizen in batch)))
    rows: dict[str, Rows] = {
        name: []
        for name in ("person", "person_revision", "address_revision", "my_number", "household_member")
    }
    for offset, (person_id, citizen) in enumerate(zip(ids, batch, strict=True)):
        number = _number(before + offset + 1) if citizen.is_resident else atena_number(next(serials))
        begin = citizen.homes[0][0]
        rows["person"].append((person_id, number, recorded(citizen.homes[-1][0])))
        rows["person_revision"].append((person_id, begin, recorded(begin), *_said(citizen)))
        rows["address_revision"].extend(_addresses(person_id, citizen))
        if citizen.is_resident or offset % HALF_OF_NON_RESIDENTS:
            sealed = seal(register.keyring, person_id, register.my_number(before + offset))
            since = max(begin, NUMBERS_BEGIN)
            rows["my_number"].append((person_id, since, recorded(since), *sealed))
        if citizen.is_resident:
            home = (str(citizen.household), citizen.relation)
            rows["household_member"].append((person_id, begin, recorded(begin), *home))
            city.samples.setdefault("person", number)
            city.samples.setdefault("kana", citizen.family.read)
    await write_all(session, rows)
    return ids


def _number(position: int) -> str:
    digits = f"{RESIDENT_NUMBERS}{position:013d}"
    return digits + modulus_11(digits)


def _said(citizen: Citizen) -> tuple[object, ...]:
    """Return the columns of `person_revision` in the order of `queries.bulk.COLUMNS`."""
    name, kana = full_name(citizen.family, citizen.given)
    kind = Kind.RESIDENT if citizen.is_resident else Kind.NON_RESIDENT
    keys = name_key(name), kana_key(kana)
    return (kind.value, name, kana, *keys, citizen.birth, Precision.DAY.value, "", citizen.sex)


def _addresses(person_id: int, citizen: Citizen) -> Iterator[tuple[object, ...]]:
    """Until the move nobody knew that the first address would end."""
    ends = [day for day, _ in citizen.homes[1:]]
    for position, (day, home) in enumerate(citizen.homes):
        place = home.place
        said = (place.code, place.prefecture, place.name, "0000000", home.town, home.lot, home.building)
        whole, ending = f"{place.prefecture}{place.name}{home.town}{home.lot}", f"{home.town}{home.lot}"
        rest = (*said, place.postal_code, address_key(whole), address_key(ending))
        for end in ends[position:]:
            yield (person_id, day, FOREVER, recorded(day), recorded(end), *rest)
            yield (person_id, day, end, recorded(end), OPEN, *rest)
        if position == len(ends):
            yield (person_id, day, FOREVER, recorded(day), OPEN, *rest)


async def _write_employers(session: WriteSession, city: DemoCity) -> None:
    chance = city.random("atena.employers")
    ids = await reserve_ids(session, tables.employer, max(3, city.people // PEOPLE_PER_EMPLOYER))
    begin = date(2010, 4, 1)
    rows: dict[str, Rows] = {"employer": [], "employer_revision": []}
    for position, employer_id in enumerate(ids, 1):
        name, ward = names.company(chance), chance.choice(WARDS)
        digits = f"{UNUSED_CORPORATE}{position:010d}"
        said = (
            name.written,
            name.read,
            name_key(name.written),
            kana_key(name.read),
            modulus_9(digits) + digits,
        )
        address = f"{ward.prefecture}{ward.name}{names.town(chance)}{chance.randint(9001, 9999)}番地"
        number = f"9{position:07d}"
        rows["employer"].append((employer_id, number, recorded(begin)))
        rows["employer_revision"].append(
            (employer_id, begin, recorded(begin), *said, ward.postal_code, address, "")
        )
        city.samples.setdefault("employer", number)
    await write_all(session, rows)
