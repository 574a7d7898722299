"""Counting and making return forms (住民税申告書作成, A-3).

Nothing is made before a count was shown, and only if there are still as many people. Nobody gets a second
form of a year; what 宛名 holds back (dead without representative, no address) is not made.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row

from core.storage.database import ReadSession
from core.work import Work
from plugins.atena.api import Moment, delivery_targets, hidden_ids, persons_by_id
from plugins.shikakeisan.base.years import frozen_year, opened_year
from plugins.shikakeisan.forms import queries
from plugins.shikakeisan.forms.catalogue import Chosen
from plugins.shikakeisan.forms.errors import CountChanged, NobodyToWrite, TooManyForms
from plugins.shikakeisan.forms.printing import AT_ONCE, digests_of, sheets_of

JOURNAL_TYPE = "shikakeisan.form_run"
FORM_TYPE = "shikakeisan.form"
MADE, ALREADY = "made", "already"


@dataclass(frozen=True, slots=True)
class Count:
    """How many people meet the conditions, how many of them have a form already.

    `alone` tells of each condition of how many people of the base it holds by itself.
    """

    people: int
    already: int
    alone: Mapping[str, int]

    @property
    def new(self) -> int:
        """Return who would get a form now."""
        return self.people - self.already


async def count(session: ReadSession, tax_year: int, chosen: Chosen) -> Count:
    """Count who meets the conditions; nothing is made. Zero before the base stands. Raises YearNotOpen."""
    await opened_year(session, tax_year)
    row = await queries.counts(session, tax_year, chosen)
    codes = [one.code for one in (*chosen.include, *chosen.exclude)]
    return Count(row.people, row.already, {code: getattr(row, code) for code in codes})


async def make(work: Work, tax_year: int, chosen: Chosen, expected: int, most: int | None = None) -> int:
    """Make the forms of everybody who meets the conditions and has none; return the number of the run.

    `expected` is how many new forms were shown, `most` how many may be made at once. Raises YearNotOpen,
    YearNotFrozen, NobodyToWrite, TooManyForms, CountChanged.
    """
    await frozen_year(work.session, tax_year)
    await queries.hold_year(work.session, tax_year)
    before = await count(work.session, tax_year, chosen)
    if before.new != expected:
        raise CountChanged(currentCount=before.new)
    if not expected:
        raise NobodyToWrite
    if most is not None and expected > most:
        raise TooManyForms(limit=most)
    people = await queries.people_without(work.session, tax_year, chosen)
    rows, held = await _addressed(work, people)
    run_id = await _add(work, tax_year, chosen, rows, {ALREADY: before.already, **held})
    work.journal.wrote(JOURNAL_TYPE, str(run_id), {"forms"})
    return run_id


async def municipality_of(session: ReadSession, run: Row[Any]) -> str:
    """Return the code of the municipality whose year a run is about."""
    return str((await opened_year(session, run.tax_year)).municipality_code)


async def _addressed(
    work: Work, people: Sequence[int]
) -> tuple[Sequence[tuple[int, str, bool]], Mapping[str, int]]:
    """Return whose form goes out, by which rule and whether privately, and why others are held back."""
    moment, held = Moment(work.today, work.now), Counter[str]()
    rows: list[tuple[int, str, bool]] = []
    for place in range(0, len(people), AT_ONCE):
        block = people[place : place + AT_ONCE]
        targets = await delivery_targets(work.session, block, moment)
        hidden = await hidden_ids(work.session, block, moment)
        known = await persons_by_id(work.session, block, moment)
        for person_id in block:
            target = targets.get(person_id)
            if target is None or target.place is None or person_id not in known:
                held[target.reason.value if target is not None else "unknown"] += 1
            else:
                rows.append((person_id, target.reason.value, person_id in hidden))
    return rows, held


async def _add(
    work: Work,
    tax_year: int,
    chosen: Chosen,
    rows: Sequence[tuple[int, str, bool]],
    left_out: Mapping[str, int],
) -> int:
    """Write run and forms; the digests of the files are known when the forms are there."""
    values = {
        "tax_year": tax_year,
        "included": [one.code for one in chosen.include],
        "excluded": [one.code for one in chosen.exclude],
        "counts": {MADE: len(rows), **left_out},
        "files": {},
        "made_by": work.staff,
        "made_at": work.now,
    }
    run_id = await queries.add_run(work.session, values)
    serial = await queries.last_serial(work.session, tax_year)
    forms = [(tax_year, number, run_id, *row) for number, row in enumerate(rows, serial + 1)]
    await queries.add_forms(work.session, forms)
    sheets = await sheets_of(work.session, run_id, tax_year, work.now)
    await queries.seal_run(work.session, run_id, digests_of(sheets))
    return run_id
