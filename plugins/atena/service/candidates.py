"""Candidates with their scores: what `queries.candidates` finds, judged by `sameness`."""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from core.storage.database import ReadSession
from plugins.atena.queries.candidates import Pair
from plugins.atena.queries.matching import likenesses
from plugins.atena.sameness import Sameness, sameness


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
