"""Who the relatives on documents are: by My Number, else by name within the household of 1 January."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from core.storage.database import ReadSession
from plugins.atena.api import (
    Likeness,
    Moment,
    holders_of,
    households_of,
    kana_key,
    likenesses_of,
    name_key,
    one_of,
    primaries_of,
)
from plugins.shikakeisan.merge import queries
from plugins.shikakeisan.merge.people import UNCERTAIN, BasePerson, Kin, KinOf
from plugins.shiryo.api import DocumentFacts

Place = tuple[int, str, int]
"""A relative on a document: its id, the role, the place."""
Documents = Mapping[int, Sequence[DocumentFacts]]


class _Named(NamedTuple):
    """A relative without a number that somebody holds."""

    place: Place
    taxpayer: int
    said: Mapping[str, Any]


async def recognise(
    session: ReadSession, tax_year: int, people: Mapping[int, BasePerson], documents: Documents
) -> dict[Place, Kin]:
    """Return who the relatives are that can be told for certain, with what the base knows of them."""
    stated = [
        ((one.id, str(said["role"]), int(said["place"])), person_id, said)
        for person_id, papers in documents.items()
        for one in papers
        for said in one.relatives
    ]
    if not stated:
        return {}
    holders = await _holders(session, {str(said["number"]) for _, _, said in stated if "number" in said})
    found: dict[Place, int] = {}
    named: list[_Named] = []
    for place, taxpayer, said in stated:
        holder = holders.get(str(said.get("number", "")))
        if holder is not None:
            found[place] = holder
        else:
            named.append(_Named(place, taxpayer, said))
    found.update(await _by_household(session, tax_year, people, named))
    return await _with_register(session, tax_year, people, found)


def with_incomes(kin: KinOf, incomes: Mapping[int, int]) -> KinOf:
    """Return the same relatives with their own incomes, where documents state them."""
    return {
        place: one._replace(income=incomes[one.person_id]) if one.person_id in incomes else one
        for place, one in kin.items()
    }


async def _holders(session: ReadSession, numbers: Iterable[str]) -> Mapping[str, int]:
    """Return who holds each number; 0 where several people do who are not linked."""
    found = await holders_of(session, [bytes.fromhex(number) for number in numbers])
    shared = sorted({one for held in found.values() if len(held) > 1 for one in held})
    primaries = await primaries_of(session, shared) if shared else {}
    holders: dict[str, int] = {}
    for index, held in found.items():
        persons = {primaries.get(one, one) for one in held}
        holders[index.hex()] = persons.pop() if len(persons) == 1 else UNCERTAIN.person_id
    return holders


async def _by_household(
    session: ReadSession, tax_year: int, people: Mapping[int, BasePerson], named: Sequence[_Named]
) -> Mapping[Place, int]:
    """Look among those who lived with the taxpayer on 1 January for the one who bears the name."""
    taxpayers = sorted({one.taxpayer for one in named if one.taxpayer in people})
    if not taxpayers:
        return {}
    day = date(tax_year, 1, 1)
    homes = await households_of(session, taxpayers, Moment(day))
    members = {person_id: {row.person_id for row in rows} - {person_id} for person_id, rows in homes.items()}
    known = await likenesses_of(session, sorted({one for home in members.values() for one in home}), day)
    found: dict[Place, int] = {}
    for one in named:
        alike = [other for other in members.get(one.taxpayer, ()) if _is_alike(one.said, known[other])]
        if len(alike) == 1:
            found[one.place] = alike[0]
    return found


def _is_alike(said: Mapping[str, Any], known: Likeness) -> bool:
    """Tell whether name (or else reading) is the same, and the birth date where it is stated."""
    name, kana = name_key(str(said.get("name", ""))), kana_key(str(said.get("kana", "")))
    same = name in known.name_keys if name else kana in known.kana_keys
    birth = said.get("birth")
    return bool(name or kana) and same and (birth is None or date.fromisoformat(birth) in known.birth_dates)


async def _with_register(
    session: ReadSession, tax_year: int, people: Mapping[int, BasePerson], found: Mapping[Place, int]
) -> dict[Place, Kin]:
    missing = sorted(set(found.values()) - people.keys() - {UNCERTAIN.person_id})
    more = await queries.people(session, tax_year, one_of(missing)) if missing else {}
    kin: dict[int, Kin] = {UNCERTAIN.person_id: UNCERTAIN}
    for person_id in set(found.values()) - kin.keys():
        one = people.get(person_id) or more.get(person_id)
        kin[person_id] = (
            Kin(person_id)
            if one is None
            else Kin(person_id, one.birth_date, one.sex, one.death_date, one.household_number, one.relation)
        )
    return {place: kin[person_id] for place, person_id in found.items()}


def by_person(documents: Sequence[DocumentFacts]) -> dict[int, list[DocumentFacts]]:
    """Return documents by person, in the order of the ids of persons."""
    found: defaultdict[int, list[DocumentFacts]] = defaultdict(list)
    for one in documents:
        found[one.person_id].append(one)
    return found
