"""The file that a municipality gets: about whom it is asked, with a manifest (number, due date, law)."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row

from core.access.journal import Journal
from core.clock import JAPAN
from core.errors import NotFound
from core.storage.database import ReadSession
from plugins.atena.api import Moment, Person, hidden_ids, homes_of, persons_by_id
from plugins.shikakeisan.inquiry import queries
from plugins.shikakeisan.inquiry.errors import InquiryNotRemade
from plugins.shikakeisan.sheets import Sheet, make_sheet, manifest_of

SCHEMA = "jp.local.juminzei.income-inquiry"
LAW = "地方税法20条の11"
COLUMNS = ("line", "name", "kana", "birth_date", "postal_code", "address", "building")
Line = tuple[int, Person, Sequence[object]]
"""The id of a person asked about, the person, and the cells."""


async def letter_of(session: ReadSession, journal: Journal, row: Row[Any], at: datetime) -> Sheet:
    """Make the file of an inquiry as of a moment; the same for ever, as long as the two clocks stand."""
    return _sheet(journal, row, await _lines(session, row, at))


async def letter_again(
    session: ReadSession, journal: Journal, row: Row[Any], today: date
) -> tuple[Sheet, int]:
    """Make the file of an inquiry that was sent once more, byte for byte but for 支援措置.

    Who came under it since, or lives with somebody who did, is left out; return how many. The others keep
    their lines. Raises NotFound, InquiryNotRemade.
    """
    if row.sent_at is None:
        raise NotFound
    lines = await _lines(session, row, row.sent_at)
    if _sheet(Journal(), row, lines).sha256 != row.sha256:
        raise InquiryNotRemade
    people = [person_id for person_id, _, _ in lines]
    hidden = await hidden_elsewhere(session, row.tax_year, people, today)
    shown = [line for line in lines if line[0] not in hidden]
    return _sheet(journal, row, shown), len(hidden)


async def hidden_elsewhere(
    session: ReadSession, tax_year: int, people: Sequence[int], today: date
) -> frozenset[int]:
    """Return of whom nobody elsewhere may learn where they live, or lived on 1 January."""
    days = (today, date(tax_year, 1, 1))
    return frozenset().union(*[await hidden_ids(session, people, Moment(day)) for day in days])


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


async def _lines(session: ReadSession, row: Row[Any], at: datetime) -> Sequence[Line]:
    asked = (await queries.people_of(session, [row.id]))[row.id]
    ids = [line.person_id for line in asked]
    people = await persons_by_id(session, ids, Moment(at.astimezone(JAPAN).date(), at))
    homes = await homes_of(session, ids, Moment(date(row.tax_year, 1, 1), at))
    return [
        (
            one.person_id,
            people[one.person_id],
            (one.line, *_cells(people[one.person_id], homes[one.person_id])),
        )
        for one in asked
    ]


def _sheet(journal: Journal, row: Row[Any], lines: Sequence[Line]) -> Sheet:
    for _, person, _ in lines:
        journal.saw(person.journal_type, person.journal_id())
    name = f"inquiry_{row.tax_year}_{row.sequence:05d}"
    return make_sheet(name, COLUMNS, [cells for _, _, cells in lines])


def _cells(person: Person, home: Row[Any]) -> tuple[str, ...]:
    place = f"{home.prefecture}{home.municipality}{home.town}{home.lot}"
    return (person.name, person.kana, person.birth_date or "", home.postal_code, place, home.building)
