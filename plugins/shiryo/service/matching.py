"""Whose is a document (名寄せ): by My Number, else by the four items. Pure: knowledge in, decision out.

Certain is only what two independent things say. A My Number must be borne out by the name or its reading: a
number copied from another line of the form is valid too. Without a number, birth date, address and name (or
reading) must all agree, and no second person may have that name and birth date. All else waits for a person.
"""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from plugins.atena.api import Likeness

POINTS: Mapping[str, int] = {
    "NAME": 25,
    "KANA": 20,
    "BIRTH_DATE": 25,
    "ADDRESS": 30,
    "FORMER_ADDRESS": 20,
}
"""What each agreement is worth; name and birth date alone make 50, with the reading 70."""
CERTAIN = 75
BY_NUMBER = 100
MOST_CANDIDATES = 10
FOUR_ITEMS = "four_items"


class Wait(StrEnum):
    """Why a document waits: the code of its work item."""

    NUMBER_SHARED = "NUMBER_SHARED"
    NUMBER_DIFFERS = "NUMBER_DIFFERS"
    NAME_DIFFERS = "NAME_DIFFERS"
    PERSON_UNKNOWN = "PERSON_UNKNOWN"
    NAMESAKE = "NAMESAKE"
    UNCERTAIN = "UNCERTAIN"
    TAXED_ELSEWHERE = "TAXED_ELSEWHERE"


@dataclass(frozen=True, slots=True)
class Stated:
    """What a document says of its person, folded for comparing."""

    has_number: bool
    name_key: str
    kana_key: str
    birth_date: date | None
    address_key: str


@dataclass(frozen=True, slots=True)
class Match:
    """A person whom the document may belong to, and what agrees."""

    person_id: int
    score: int
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Decision:
    """What becomes of a document: attached to `match`, forwarded to `municipality`, or waiting for `wait`."""

    match: Match | None = None
    method: str = ""
    municipality: str = ""
    wait: Wait | None = None
    candidates: Sequence[Match] = ()

    @property
    def is_attached(self) -> bool:
        """Whether the document stays here, with its person."""
        return self.match is not None and not self.municipality


def decide(
    stated: Stated,
    holders: Collection[int],
    alike: Collection[int],
    people: Mapping[int, Likeness],
    ours: Collection[str],
) -> Decision:
    """Decide on one document; `ours` are the codes of the municipality and its wards."""
    if holders:
        return _by_number(stated, [people[each] for each in sorted(holders)], ours)
    return _by_items(stated, [people[each] for each in sorted(alike)], ours)


def compare(stated: Stated, person: Likeness, *, by_number: bool = False) -> Match:
    """Say what agrees between a document and a person."""
    agrees = {
        "NAME": stated.name_key in person.name_keys and stated.name_key != "",
        "KANA": stated.kana_key in person.kana_keys and stated.kana_key != "",
        "BIRTH_DATE": stated.birth_date in person.birth_dates,
        "ADDRESS": _lives_at(stated.address_key, [person.address_key or ""]),
    }
    if not agrees["ADDRESS"]:
        agrees["FORMER_ADDRESS"] = _lives_at(stated.address_key, person.address_keys)
    reasons = tuple(reason for reason, holds in agrees.items() if holds)
    if by_number:
        return Match(person.person_id, BY_NUMBER, ("MY_NUMBER", *reasons))
    return Match(person.person_id, sum(POINTS[reason] for reason in reasons), reasons)


def _by_number(stated: Stated, holders: Sequence[Likeness], ours: Collection[str]) -> Decision:
    matches = [compare(stated, person, by_number=True) for person in holders]
    if len(matches) > 1:
        return Decision(wait=Wait.NUMBER_SHARED, candidates=matches)
    [match] = matches
    if not {"NAME", "KANA"} & set(match.reasons):
        return Decision(wait=Wait.NAME_DIFFERS, candidates=matches)
    return _placed(match, "my_number", holders[0], ours)


def _by_items(stated: Stated, alike: Sequence[Likeness], ours: Collection[str]) -> Decision:
    people = {person.person_id: person for person in alike}
    matches = sorted((compare(stated, person) for person in alike), key=lambda match: -match.score)
    if not matches:
        return Decision(wait=Wait.PERSON_UNKNOWN)
    namesakes = [match for match in matches if _same_name_and_birth(match)]
    if len(namesakes) > 1:
        return Decision(wait=Wait.NAMESAKE, candidates=matches[:MOST_CANDIDATES])
    best = matches[0]
    if best.score < CERTAIN or best not in namesakes or not _address_agrees(best):
        return Decision(wait=Wait.UNCERTAIN, candidates=matches[:MOST_CANDIDATES])
    if stated.has_number and people[best.person_id].has_my_number:
        return Decision(wait=Wait.NUMBER_DIFFERS, candidates=matches[:MOST_CANDIDATES])
    return _placed(best, FOUR_ITEMS, people[best.person_id], ours)


def _placed(match: Match, method: str, person: Likeness, ours: Collection[str]) -> Decision:
    """Attach if the person is taxed here on 1 January; 住登外者 are registered because they are."""
    if person.municipality_code in ours or not person.is_resident:
        return Decision(match, method)
    if person.municipality_code is None:
        return Decision(wait=Wait.TAXED_ELSEWHERE, candidates=[match])
    return Decision(match, method, municipality=person.municipality_code)


def _same_name_and_birth(match: Match) -> bool:
    return "BIRTH_DATE" in match.reasons and bool({"NAME", "KANA"} & set(match.reasons))


def _address_agrees(match: Match) -> bool:
    return bool({"ADDRESS", "FORMER_ADDRESS"} & set(match.reasons))


def _lives_at(stated: str, homes: Collection[str]) -> bool:
    """Tell whether the stated address is one of these, with or without a building behind it."""
    return any(_begins_with(stated, home) for home in homes)


def _begins_with(stated: str, registered: str) -> bool:
    rest = stated[len(registered) :]
    return registered != "" and stated.startswith(registered) and not re.match(r"-?[0-9]", rest)
