"""Candidates with their scores: of numbers that are there, and of somebody who is about to get one."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from core.storage.database import ReadSession
from plugins.atena.errors import CandidatesNotRefused
from plugins.atena.particulars import person_content
from plugins.atena.queries.candidates import Pair
from plugins.atena.queries.matching import Likeness, Particulars, alike, likenesses
from plugins.atena.sameness import Sameness, compare, sameness
from plugins.atena.search_keys import address_keys


class Candidate(NamedTuple):
    """A pair and how probable it is."""

    pair: Pair
    sameness: Sameness


async def judged(session: ReadSession, pairs: Sequence[Pair], as_of: date) -> Sequence[Candidate]:
    """Score pairs, in the order given."""
    known = await likenesses(session, {each for pair in pairs for each in (pair.one, pair.other)}, as_of)
    found = []
    for pair in pairs:
        outcome = sameness(known[pair.one], known[pair.other], same_number=pair.rank == 0)
        if outcome is not None:
            found.append(Candidate(pair, outcome))
    return found


class Found(NamedTuple):
    """A person who may be the one to be registered."""

    person_id: int
    sameness: Sameness


async def alike_to(
    session: ReadSession, items: Mapping[str, Any], address: Mapping[str, Any] | None, as_of: date
) -> Sequence[Found]:
    """Return who shares two of name, reading and birth date with these checked items, the likest first."""
    given = likeness_of(items, address)
    content = person_content(items)
    wanted = Particulars(content["name_key"], content.get("kana_key", ""), content.get("birth_date"))
    ids = (await alike(session, [wanted])).get(0, set())
    known = await likenesses(session, ids, as_of)
    found = [Found(each, compare(given, known[each], same_number=False)) for each in ids]
    return sorted(found, key=lambda each: (-each.sameness.score, each.person_id))


def refuse_unless_named(candidates: Collection[int], named: Mapping[str, int]) -> None:
    """Raise CandidatesNotRefused unless every candidate was named as somebody else."""
    missing = set(candidates) - set(named.values())
    if missing:
        raise CandidatesNotRefused(count=len(missing))


def likeness_of(
    items: Mapping[str, Any], address: Mapping[str, Any] | None, *, has_my_number: bool = False
) -> Likeness:
    """Return checked items as something to compare persons with."""
    content = person_content(items)
    birth = content.get("birth_date")
    places = [address] if address is not None else []
    return Likeness(
        0,
        name_keys={content["name_key"]},
        kana_keys={content.get("kana_key", "")},
        birth_dates={birth} if birth is not None else set(),
        address_keys={address_keys(at)["address_key"] for at in places},
        has_my_number=has_my_number,
    )
