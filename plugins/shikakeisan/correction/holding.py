"""Holding a person while a correction is computed: what it reads is what it will be written upon."""

from dataclasses import dataclass, replace
from datetime import timedelta

from core.runtime import Runtime
from plugins.shikakeisan.correction import queries
from plugins.shikakeisan.merge.queries import claims_of_relatives, hold_people
from plugins.shiryo.api import Work

A_MOMENT = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Held:
    """The work at a moment after all that others decided while we waited, and the revision then in force."""

    work: Work
    revision: int


async def hold(runtime: Runtime, work: Work, tax_year: int, person_id: int) -> Held:
    """Let nobody else correct or merge this person, or who claims them, until the transaction ends."""
    session = work.session
    await queries.hold_person(session, tax_year, person_id)
    claims = await claims_of_relatives(session, tax_year, [person_id])
    people = sorted({person_id, *(row.taxpayer_id for row in claims)})
    await hold_people(session, tax_year, people)
    latest, revision = await queries.latest(session, tax_year, person_id, people)
    now = max(work.now, runtime.clock.now())
    now = now if latest is None else max(now, latest + A_MOMENT)
    return Held(replace(work, now=now), revision or 0)
