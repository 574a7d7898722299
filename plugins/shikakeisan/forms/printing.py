"""The print files of a run: made of what is stored as of the moment of the run, so the same for ever.

People under 支援措置, and who lives with them, stand in a file of their own, to be printed inside the office;
also those of whom this is known only when the run is printed again.
A My Number is never printed: the form has an empty area for it.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row

from core.clock import JAPAN
from core.storage.database import ReadSession
from core.work import Work
from plugins.atena.api import DeliveryTarget, Moment, Person, delivery_targets, hidden_ids, persons_by_id
from plugins.shikakeisan.base.queries import base_of
from plugins.shikakeisan.forms import queries
from plugins.shikakeisan.forms.errors import FormsNotRemade
from plugins.shikakeisan.forms.numbers import form_number
from plugins.shikakeisan.sheets import Sheet, make_sheet, manifest_of

SCHEMA = "jp.local.juminzei.return-forms"
COLUMNS = (
    *("form_number", "tax_year", "atena_number", "name", "kana", "birth_date", "household_number"),
    *("sent_to", "recipient", "postal_code", "address", "building", "my_number"),
)
ATENA_NUMBER = COLUMNS.index("atena_number")
AT_ONCE = 5_000


Line = tuple[Row[Any], Sequence[object]]
"""A form and its cells."""


async def sheets_of(session: ReadSession, run_id: int, tax_year: int, at: datetime) -> Sequence[Sheet]:
    """Make the print files of a run: for the printer, and for the office."""
    return _sheets(run_id, tax_year, await _lines_of_run(session, run_id, tax_year, at))


async def sheets_again(work: Work, run: Row[Any]) -> tuple[Sequence[Sheet], int]:
    """Make the print files of a run to be printed, byte for byte but for who came under 支援措置 since.

    These, and who lives with them, leave the printer's file for the office's; return how many did. Everybody
    on a form enters the access log. Raises FormsNotRemade.
    """
    lines = await _lines_of_run(work.session, run.id, run.tax_year, run.made_at)
    if digests_of(_sheets(run.id, run.tax_year, lines)) != run.files:
        raise FormsNotRemade
    since = await _hidden(work.session, [row.person_id for row, _ in lines if not row.is_private], work.today)
    for _, cells in lines:
        work.journal.saw(Person.journal_type, str(cells[ATENA_NUMBER]))
    return _sheets(run.id, run.tax_year, lines, since), len(since)


def digests_of(sheets: Sequence[Sheet]) -> Mapping[str, str]:
    """Return the SHA-256 of each file by name, in hex."""
    return {sheet.name: sheet.sha256.hex() for sheet in sheets}


def files_of(run: Row[Any], sheets: Sequence[Sheet], municipality_code: str) -> Mapping[str, bytes]:
    """Return the print files and their manifest by name."""
    manifest = {
        "schema": SCHEMA,
        "schema_version": "1.0",
        "municipality_code": municipality_code,
        "run": run.id,
        "tax_year": run.tax_year,
        "made_at": run.made_at,
        "included": run.included,
        "excluded": run.excluded,
        "counts": run.counts,
        "empty_areas": ["my_number"],
        "files": [sheet.described(private=sheet.name.endswith("_private")) for sheet in sheets],
    }
    name = sheets[0].name
    return {**{f"{one.name}.csv": one.data for one in sheets}, f"{name}.json": manifest_of(manifest)}


async def _lines_of_run(session: ReadSession, run_id: int, tax_year: int, at: datetime) -> Sequence[Line]:
    lines: list[Line] = []
    forms = await queries.forms_of_run(session, run_id)
    for place in range(0, len(forms), AT_ONCE):
        block = forms[place : place + AT_ONCE]
        lines += zip(block, await _lines(session, block, tax_year, at), strict=True)
    return lines


async def _hidden(session: ReadSession, person_ids: Sequence[int], today: date) -> frozenset[int]:
    found: set[int] = set()
    for place in range(0, len(person_ids), AT_ONCE):
        found |= await hidden_ids(session, person_ids[place : place + AT_ONCE], Moment(today))
    return frozenset(found)


def _sheets(
    run_id: int, tax_year: int, lines: Sequence[Line], hidden: frozenset[int] = frozenset()
) -> Sequence[Sheet]:
    ordinary: list[Sequence[object]] = []
    private: list[Sequence[object]] = []
    for row, cells in lines:
        (private if row.is_private or row.person_id in hidden else ordinary).append(cells)
    name = f"return_forms_{tax_year}_{run_id:06d}"
    return [make_sheet(name, COLUMNS, ordinary), make_sheet(f"{name}_private", COLUMNS, private)]


async def _lines(
    session: ReadSession, forms: Sequence[Row[Any]], tax_year: int, at: datetime
) -> Sequence[Sequence[object]]:
    ids, moment = [row.person_id for row in forms], Moment(at.astimezone(JAPAN).date(), at)
    people = await persons_by_id(session, ids, moment)
    targets = await delivery_targets(session, ids, moment)
    bases = await base_of(session, tax_year, ids, at)
    return [
        (
            form_number(row.tax_year, row.serial),
            row.tax_year,
            *_person(people[row.person_id]),
            bases[row.person_id].household_number,
            row.sent_to,
            *_target(targets[row.person_id]),
            "",
        )
        for row in forms
    ]


def _person(person: Person) -> tuple[str, ...]:
    return person.atena_number, person.name, person.kana, person.birth_date or ""


def _target(target: DeliveryTarget) -> Iterator[str]:
    place: Any = target.place
    yield target.name or ""
    yield place.postal_code
    yield f"{place.prefecture}{place.municipality}{place.town}{place.lot}"
    yield place.building
