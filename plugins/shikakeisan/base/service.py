"""Opening a 課税年度, freezing its base (新年度個人基本作成, A-2), and replaying people into it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from core.clock import JAPAN
from core.runtime import Runtime
from core.work import Work
from plugins.atena.api import family_of, highest_id, ids_between
from plugins.shikakeisan.base import queries
from plugins.shikakeisan.base.errors import TaxDayAhead, YearOpened
from plugins.shikakeisan.base.judging import Judged
from plugins.shikakeisan.base.standing import Standing
from plugins.shikakeisan.base.years import frozen_year, opened_year
from plugins.shikakeisan.law.municipalities import load_municipality
from plugins.shikakeisan.law.years import load_year
from plugins.shikakeisan.sql import hold
from plugins.shikakeisan.states import YearState

JOURNAL_TYPE = "shikakeisan.year"
PERSON_JOURNAL_TYPE = "shikakeisan.base_person"
AT_ONCE = 400_000
"""People that one statement looks at: seconds, not minutes. Each looks through the whole register."""


@dataclass(frozen=True, slots=True)
class Counts:
    """A base that was built: how many people it knows by standing, and for how many it changed something."""

    changed: int
    by_standing: Mapping[Standing, int]

    @property
    def people(self) -> int:
        """Return everybody, also those who are not taxed here."""
        return sum(self.by_standing.values())

    @property
    def taxed_here(self) -> int:
        """Return those whom the year is about."""
        return self.people - self.by_standing[Standing.OUTSIDE]


async def open_year(work: Work, tax_year: int, municipality_code: str) -> bool:
    """Open a 課税年度; False if it is open already. The year and the municipality must have their files.

    Raises YearUnknown, MunicipalityUnknown, and YearOpened where it is open for another municipality.
    """
    load_year(tax_year)
    load_municipality(municipality_code)
    await _hold_base(work, tax_year)
    row = await queries.year_row(work.session, tax_year)
    if row is not None:
        if row.municipality_code != municipality_code:
            raise YearOpened
        return False
    values = {"municipality_code": municipality_code, "state": YearState.OPEN, "opened_by": work.staff}
    await queries.add_year(work.session, {"tax_year": tax_year, **values, "opened_at": work.now})
    work.journal.wrote(JOURNAL_TYPE, str(tax_year), {"state"})
    return True


async def freeze_base(runtime: Runtime, work: Work, tax_year: int) -> Counts:
    """Build the base and let it stand; again, it says what the register changed meanwhile.

    Whoever listens to `base_frozen` hears of it in this transaction, once. Raises YearNotOpen, TaxDayAhead.
    """
    counts = await build_base(work, tax_year)
    if await queries.year_frozen(work.session, tax_year, work.now):
        work.journal.wrote(JOURNAL_TYPE, str(tax_year), {"state", "base"})
        await runtime.plugins.run("base_frozen", session=work.session, tax_year=tax_year)
    return counts


async def build_base(work: Work, tax_year: int) -> Counts:
    """Let the base say what the register says of everybody; raises YearNotOpen, TaxDayAhead."""
    session = work.session
    await _hold_base(work, tax_year)
    year = await _judged(work, tax_year)
    if work.now.astimezone(JAPAN).date() < date(tax_year, 1, 1):
        raise TaxDayAhead
    changed = 0
    for first in range(1, await highest_id(session) + 1, AT_ONCE):
        changed += await queries.change_base(session, year, ids_between(first, first + AT_ONCE - 1), work.now)
    by_standing = dict.fromkeys(Standing, 0)
    for row in await queries.counts(session, tax_year):
        by_standing[Standing(row.standing)] += row.people
    work.journal.wrote(JOURNAL_TYPE, str(tax_year), {"base"})
    return Counts(changed, by_standing)


async def rebuild_people(work: Work, tax_year: int, person_ids: Sequence[int]) -> Sequence[int]:
    """Replay these persons, and all their other numbers, into the base; return those for whom it changed.

    What the base said of them ends now, and what it says from now on begins: both can be asked. Raises
    YearNotOpen, YearNotFrozen.
    """
    row = await frozen_year(work.session, tax_year)
    if not person_ids:
        return []
    await _hold_base(work, tax_year)
    year = await queries.judged(work.session, tax_year, row.municipality_code)
    everybody = sorted(await family_of(work.session, person_ids))
    changed: list[int] = []
    for place in range(0, len(everybody), AT_ONCE):
        some = everybody[place : place + AT_ONCE]
        changed.extend(await queries.change_people(work.session, year, some, work.now))
    for person_id in changed:
        work.journal.wrote(PERSON_JOURNAL_TYPE, f"{tax_year}:{person_id}", {"base"})
    return changed


async def _hold_base(work: Work, tax_year: int) -> None:
    """Let nobody else change the base of the year until the transaction ends."""
    await hold(work.session, f"base:{tax_year}")


async def _judged(work: Work, tax_year: int) -> Judged:
    row = await opened_year(work.session, tax_year)
    return await queries.judged(work.session, tax_year, row.municipality_code)
