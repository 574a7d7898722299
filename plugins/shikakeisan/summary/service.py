"""Making 総括表 (地方税法317条の6第1項): one form for each payer of whom reports are expected.

These are who reported last year and who was entered for this one. Who files electronically gets no paper; who
is not among the employers of 宛名, or has no address there, is named, for nothing would be sent to them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from core.clock import JAPAN
from core.errors import NotFound
from core.storage.database import ReadSession
from core.work import Work
from plugins.atena.api import Employer, Moment, employers_by_number
from plugins.shikakeisan.sheets import Sheet, make_sheet, manifest_of
from plugins.shikakeisan.sql import hold
from plugins.shikakeisan.summary import queries
from plugins.shikakeisan.summary.errors import NoPayers, SummaryNotRemade
from plugins.shiryo.api import expected_payers

JOURNAL_TYPE = "shikakeisan.summary_run"
SCHEMA = "jp.local.juminzei.summary-forms"
COLUMNS = (
    *("tax_year", "designation_number", "name", "kana", "corporate_number"),
    *("postal_code", "address", "building"),
)
AT_ONCE = 5_000


@dataclass(frozen=True, slots=True)
class Payers:
    """Whose form is due by 指定番号, and why others get none; `unknown` have no address here."""

    due: Mapping[str, Employer]
    already: int
    electronic: int
    unknown: Sequence[str]

    @property
    def counts(self) -> Mapping[str, int]:
        """Return what a run says of itself: together everybody of whom reports are expected."""
        left_out = {"already": self.already, "electronic": self.electronic, "unknown": len(self.unknown)}
        return {"made": len(self.due), **left_out}


async def payers(session: ReadSession, tax_year: int, at: datetime) -> Payers:
    """Return who gets a form now; nothing is made."""
    expected = await expected_payers(session, tax_year)
    having = await queries.who_has_one(session, tax_year)
    new = [number for number in expected if number not in having]
    known = await _employers(session, new, at)
    electronic = {number for number, one in known.items() if one.files_electronically}
    due = {number: one for number, one in known.items() if number not in electronic and one.address}
    return Payers(
        due=due,
        already=len(expected) - len(new),
        electronic=len(electronic),
        unknown=[number for number in new if number not in due and number not in electronic],
    )


async def make(work: Work, tax_year: int) -> int:
    """Make the forms of everybody who has none and return the number of the run. Raises NoPayers."""
    await hold(work.session, f"summary:{tax_year}")
    found = await payers(work.session, tax_year, work.now)
    if not found.due:
        raise NoPayers
    values = {
        "tax_year": tax_year,
        "counts": found.counts,
        "sha256": _sheet(tax_year, found.due).sha256,
        "made_by": work.staff,
        "made_at": work.now,
    }
    run = await queries.add_run(work.session, values, list(found.due))
    work.journal.wrote(JOURNAL_TYPE, str(run.id), {"summary"})
    return int(run.id)


async def files(work: Work, tax_year: int, run_id: int) -> Mapping[str, bytes]:
    """Return the print file of a run of the year and its manifest by name, always the same bytes.

    Every employer on it enters the access log. Raises NotFound, SummaryNotRemade.
    """
    run = await queries.run_row(work.session, run_id)
    if run.tax_year != tax_year:
        raise NotFound
    known = await _employers(work.session, await queries.numbers_of(work.session, run_id), run.made_at)
    sheet = _sheet(tax_year, known, run_id)
    if sheet.sha256 != run.sha256:
        raise SummaryNotRemade
    for employer in known.values():
        work.journal.saw(employer.journal_type, employer.journal_id())
    said = {"run": run.id, "tax_year": run.tax_year, "made_at": run.made_at, "counts": run.counts}
    manifest = {"schema": SCHEMA, "schema_version": "1.0", **said, "file": sheet.described()}
    return {f"{sheet.name}.csv": sheet.data, f"{sheet.name}.json": manifest_of(manifest)}


async def _employers(session: ReadSession, numbers: Sequence[str], at: datetime) -> Mapping[str, Employer]:
    moment, found = Moment(at.astimezone(JAPAN).date(), at), dict[str, Employer]()
    for place in range(0, len(numbers), AT_ONCE):
        found |= await employers_by_number(session, numbers[place : place + AT_ONCE], moment)
    return dict(sorted(found.items()))


def _sheet(tax_year: int, due: Mapping[str, Employer], run_id: int = 0) -> Sheet:
    rows = [(tax_year, *(getattr(one, name) or "" for name in COLUMNS[1:])) for one in due.values()]
    return make_sheet(f"summary_forms_{tax_year}_{run_id:06d}", COLUMNS, rows)
