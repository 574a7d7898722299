"""The file that a municipality gets: about whom it is asked, with a manifest (number, due date, law)."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row

from core.access.journal import Journal
from core.clock import JAPAN
from core.errors import NotFound
from core.storage.database import ReadSession
from plugins.atena.api import Moment, Person, homes_of, persons_by_id
from plugins.shikakeisan.inquiry import queries
from plugins.shikakeisan.inquiry.errors import InquiryNotRemade
from plugins.shikakeisan.sheets import Sheet, make_sheet, manifest_of

SCHEMA = "jp.local.juminzei.income-inquiry"
LAW = "地方税法20条の11"
COLUMNS = ("line", "name", "kana", "birth_date", "postal_code", "address", "building")


async def letter_of(session: ReadSession, journal: Journal, row: Row[Any], at: datetime) -> Sheet:
    """Make the file of an inquiry as of a moment; the same for ever, as long as the two clocks stand."""
    lines = (await queries.people_of(session, [row.id]))[row.id]
    ids = [line.person_id for line in lines]
    people = await persons_by_id(session, ids, Moment(at.astimezone(JAPAN).date(), at))
    homes = await homes_of(session, ids, Moment(date(row.tax_year, 1, 1), at))
    for person in people.values():
        journal.saw(person.journal_type, person.journal_id())
    cells = [(line.line, *_cells(people[line.person_id], homes[line.person_id])) for line in lines]
    return make_sheet(f"inquiry_{row.tax_year}_{row.sequence:05d}", COLUMNS, cells)


async def letter_again(session: ReadSession, journal: Journal, row: Row[Any]) -> Sheet:
    """Make the file of an inquiry that was sent once more. Raises NotFound, InquiryNotRemade."""
    if row.sent_at is None:
        raise NotFound
    sheet = await letter_of(session, journal, row, row.sent_at)
    if sheet.sha256 != row.sha256:
        raise InquiryNotRemade
    return sheet


def files_of(row: Row[Any], sheet: Sheet, sender: str, sent_on: date) -> Mapping[str, bytes]:
    """Return the file and its manifest by name; `sender` is the code of this municipality."""
    manifest = {
        "schema": SCHEMA,
        "schema_version": "1.0",
        "law": LAW,
        "inquiry": f"{row.tax_year}-{row.sequence:05d}",
        "from": sender,
        "to": row.municipality_code,
        "to_name": row.municipality_name,
        "tax_year": row.tax_year,
        "asked": ["total_income_all"],
        "answers": ["income", "no_record", "not_resident"],
        "sent_on": sent_on,
        "due_on": row.due_on,
        "file": sheet.described(),
    }
    return {f"{sheet.name}.csv": sheet.data, f"{sheet.name}.json": manifest_of(manifest)}


def _cells(person: Person, home: Row[Any]) -> tuple[str, ...]:
    place = f"{home.prefecture}{home.municipality}{home.town}{home.lot}"
    return (person.name, person.kana, person.birth_date or "", home.postal_code, place, home.building)
