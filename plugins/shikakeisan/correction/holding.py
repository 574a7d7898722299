"""Holding a person while a correction is computed: what it reads is what it will be written upon."""

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from sqlalchemy import Row

from core.runtime import Runtime
from core.work import Work
from plugins.shikakeisan.base.errors import YearNotOpen
from plugins.shikakeisan.correction import queries

A_MOMENT = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Held:
    """The work at a moment after all that others decided while we waited, and how the person then stands."""

    work: Work
    standing: Row[Any]

    @property
    def revision(self) -> int:
        """Return the revision in force, 0 if there is none."""
        return int(self.standing.revision or 0)


async def hold(runtime: Runtime, work: Work, tax_year: int, person_id: int) -> Held:
    """Let nobody else correct or merge this person, or who claims them, until the transaction ends.

    Raises YearNotOpen.
    """
    people = await queries.hold_person(work.session, tax_year, person_id)
    standing = await queries.standing_of(work.session, tax_year, person_id, people)
    if standing is None:
        raise YearNotOpen
    now = max(work.now, runtime.clock.now())
    if standing.latest is not None:
        now = max(now, standing.latest + A_MOMENT)
    return Held(replace(work, now=now), standing)
