"""Holding a person while a correction is computed: what it reads is what it will be written upon."""

from dataclasses import replace
from datetime import timedelta

from core.runtime import Runtime
from plugins.shikakeisan.correction import queries
from plugins.shikakeisan.merge.queries import claims_of_relatives, hold_people
from plugins.shiryo.api import Work

A_MOMENT = timedelta(microseconds=1)


async def hold(runtime: Runtime, work: Work, tax_year: int, person_id: int) -> Work:
    """Let nobody else correct or merge this person, or who claims them, until the transaction ends.

    Returns the work at a moment after all that others decided about them while we waited.
    """
    session = work.session
    await queries.hold_person(session, tax_year, person_id)
    claims = await claims_of_relatives(session, tax_year, [person_id])
    people = sorted({person_id, *(row.taxpayer_id for row in claims)})
    await hold_people(session, tax_year, people)
    latest = await queries.latest_moment(session, tax_year, people)
    now = max(work.now, runtime.clock.now())
    return replace(work, now=now if latest is None else max(now, latest + A_MOMENT))
