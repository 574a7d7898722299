"""What other plug-ins may import of 宛名: the type that they add fields to, and look-ups by id."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row

from core.errors import NotFound
from core.storage.database import ReadSession
from core.work import Work
from plugins.atena.check_digits import are_my_numbers, is_corporate_number, is_my_number
from plugins.atena.delivery import Reason as DeliveryReason
from plugins.atena.delivery import Target as DeliveryTarget
from plugins.atena.delivery import target_of
from plugins.atena.graphql.common import is_hidden, person_on, person_today
from plugins.atena.graphql.types import Employer, Person, sees_protected
from plugins.atena.history import LATEST
from plugins.atena.queries import (
    eltax_users,
    employers,
    hidden,
    households,
    links,
    matching,
    persons,
    recipients,
)
from plugins.atena.queries.census import (
    Among,
    census,
    family_of,
    highest_id,
    ids_between,
    one_of,
    persons_changed_since,
)
from plugins.atena.queries.holders import present_homes, present_names, present_numbers
from plugins.atena.queries.matching import Likeness, Particulars
from plugins.atena.queries.persons import Moment
from plugins.atena.queries.subject import eltax_ids_ever, one_person
from plugins.atena.search_keys import address_key, fold_addresses, fold_names, kana_key, name_key
from plugins.atena.service import number_cases
from plugins.atena.service.number_cases import Taken, Taking
from plugins.atena.service.traffic import Traffic, traffic
from plugins.atena.vault.keyring import Keyring, key_file, open_keyring, read_keyring
from plugins.atena.vault.parcels import Parcel, blind_digest, open_parcel, seal_parcel
from plugins.atena.vault.seal import blind_index, blind_indexes

__all__ = [
    "LATEST",
    "Among",
    "DeliveryReason",
    "DeliveryTarget",
    "Employer",
    "Keyring",
    "Likeness",
    "Moment",
    "Parcel",
    "Particulars",
    "Person",
    "Taken",
    "Taking",
    "Traffic",
    "address_key",
    "are_my_numbers",
    "blind_digest",
    "blind_index",
    "blind_indexes",
    "census",
    "delivery_targets",
    "eltax_holders",
    "eltax_ids_ever",
    "employers_by_number",
    "family_of",
    "fold_addresses",
    "fold_names",
    "hidden_ids",
    "highest_id",
    "holders_of",
    "homes_of",
    "households_of",
    "ids_between",
    "is_corporate_number",
    "is_hidden",
    "is_my_number",
    "kana_key",
    "key_file",
    "likenesses_of",
    "linked_around",
    "name_key",
    "one_of",
    "one_person",
    "open_keyring",
    "open_parcel",
    "person_id_of",
    "person_ids",
    "person_on",
    "person_today",
    "persons_alike",
    "persons_by_id",
    "persons_changed_since",
    "present_homes",
    "present_names",
    "present_numbers",
    "primaries_of",
    "protected_ids",
    "read_keyring",
    "relinked_since",
    "seal_parcel",
    "sees_protected",
    "take_number",
    "traffic",
]


async def person_ids(session: ReadSession, atena_numbers: Sequence[str]) -> Mapping[str, int]:
    """Return the ids of persons by their 宛名番号; unknown numbers are left out."""
    return await persons.ids_of(session, atena_numbers)


async def person_id_of(session: ReadSession, atena_number: str) -> int:
    """Return the id of the person with this 宛名番号. Raises NotFound."""
    ids = await persons.ids_of(session, [atena_number])
    if atena_number not in ids:
        raise NotFound
    return ids[atena_number]


async def employers_by_number(
    session: ReadSession, designation_numbers: Sequence[str], moment: Moment
) -> Mapping[str, Employer]:
    """Return employers as of a moment by their 指定番号; unknown numbers are left out."""
    ids = await employers.ids_of(session, designation_numbers)
    rows = await employers.employers_by_id(session, list(ids.values()), moment)
    return {row.designation_number: Employer.of(row) for row in rows.values()}


async def persons_by_id(session: ReadSession, ids: Sequence[int], moment: Moment) -> Mapping[int, Person]:
    """Return persons as of a moment; each enters the journal of the running request."""
    rows: Mapping[int, Row[Any]] = await persons.persons_by_id(session, ids, moment)
    return {person_id: Person.of(row, moment) for person_id, row in rows.items()}


async def eltax_holders(
    session: ReadSession, user_ids: Sequence[str], moment: Moment
) -> Mapping[str, Row[Any]]:
    """Return by eLTAX user id whose it is (`person_id` or `employer_id`); unknown ids are left out."""
    return await eltax_users.users_at(session, user_ids, moment)


async def holders_of(session: ReadSession, indexes: Sequence[bytes]) -> Mapping[bytes, set[int]]:
    """Return by blind index (`blind_index`) who holds or held the My Number behind it."""
    return await matching.holders(session, indexes)


async def persons_alike(session: ReadSession, wanted: Sequence[Particulars]) -> Mapping[int, set[int]]:
    """Return by position in `wanted` who shares two of name, reading and birth date: candidates, no more."""
    return await matching.alike(session, wanted)


async def likenesses_of(
    session: ReadSession, person_ids: Iterable[int], as_of: date
) -> Mapping[int, Likeness]:
    """Return what is known of persons for comparing, with the address of one day. Not shown to anybody."""
    return await matching.likenesses(session, person_ids, as_of)


async def households_of(
    session: ReadSession, ids: Sequence[int], moment: Moment
) -> Mapping[int, Sequence[Row[Any]]]:
    """Return by person the members of the household (`person_id`, `relation`, …), the head first."""
    return await households.households_of(session, ids, moment)


async def homes_of(session: ReadSession, ids: Sequence[int], moment: Moment) -> Mapping[int, Row[Any]]:
    """Return the address of each person at a moment; unmasked, for what is sent to another office alone."""
    keys = [persons.AddressKey(person_id, moment.as_known_at) for person_id in ids]
    found = await persons.addresses_by_person(session, keys)
    return {
        key.person_id: row
        for key, rows in found.items()
        for row in rows
        if row.valid_from <= moment.as_of < row.valid_to
    }


async def protected_ids(session: ReadSession, ids: Sequence[int], moment: Moment) -> frozenset[int]:
    """Return who of the persons is under 支援措置: they stay out of every list that leaves this office.

    By this number or another one of theirs, on the day of the moment, as known now.
    """
    return await hidden.protected_of(session, ids, moment.as_of)


async def hidden_ids(session: ReadSession, ids: Sequence[int], moment: Moment) -> frozenset[int]:
    """Return whose address must not be shown: the protected, and who lives with them on that day."""
    return await hidden.hidden_of(session, ids, moment.as_of)


async def delivery_targets(
    session: ReadSession, ids: Sequence[int], moment: Moment
) -> Mapping[int, DeliveryTarget]:
    """Return where a notice of the day goes for each person known on it; unmasked, for printing alone."""
    found = await recipients.whereabouts_of(session, ids, moment)
    return {person_id: target_of(known, moment.as_of) for person_id, known in found.items()}


async def primaries_of(session: ReadSession, ids: Sequence[int]) -> Mapping[int, int]:
    """Return whose other number a person is (関連宛名); those who are not linked to anybody are left out."""
    return await links.primaries_of(session, ids)


async def linked_around(session: ReadSession, among: Among) -> Mapping[int, int]:
    """Return the primary of every linked person (関連宛名) who is among these, or whose primary is."""
    return await links.linked_around(session, among)


async def relinked_since(session: ReadSession, since: datetime) -> Sequence[int]:
    """Return, in order, whose links were made or undone after `since`, with their primaries."""
    return await links.relinked_since(session, since)


async def take_number(work: Work, keyring: Keyring, person_id: int, number: str, source: str) -> Taken:
    """Take a My Number that a document states: register it if new, else compare, never write over.

    `source` names the document without personal data. Where the number is another one, somebody else's, or
    that of a resident without one, a case waits for an officer. Raises InvalidInput, NotFound.
    """
    found = await persons.persons_by_id(work.session, [person_id], Moment(work.today))
    if person_id not in found:
        raise NotFound
    return await number_cases.take_number(work, keyring, found[person_id], number, source)
