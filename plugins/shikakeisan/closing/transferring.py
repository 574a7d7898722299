"""Files of decided tax for other systems: what changed since a recipient's last file, in agreed columns only.

A file is determined by the closes that it holds, its columns, and whom it left out; so it can be made again
byte for byte, as long as the two clocks stand, but for people who were put under 支援措置 since.
"""

import hashlib
from collections import Counter
from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from typing import Any

from sqlalchemy import Row

from core.clock import JAPAN
from core.runtime import Runtime
from core.storage.database import ReadSession
from core.work import Work
from plugins.atena.api import Moment, Person, persons_by_id, protected_ids
from plugins.shikakeisan.assessment.tables import FIGURES
from plugins.shikakeisan.closing import queries
from plugins.shikakeisan.closing.errors import (
    NothingClosed,
    ReceiptDiffers,
    RecipientColumns,
    RecipientUnknown,
    TransferNotRemade,
)
from plugins.shikakeisan.hooks import Recipient
from plugins.shikakeisan.sheets import Sheet, SheetWriter, manifest_of
from plugins.shikakeisan.sql import hold
from plugins.shikakeisan.states import ReceiptResult

JOURNAL_TYPE = "shikakeisan.transfer"
NUMBER = "atena_number"
ALLOWED: frozenset[str] = frozenset({NUMBER, "tax_year", "revision", "outcome", "ground", *FIGURES})
ALWAYS_NEW = frozenset({"revision"})
"""Columns that differ with every revision: they alone make no change worth sending."""
BLOCK = 20_000
People = Collection[tuple[int, int]]
"""Year and person."""
SCHEMA = "jp.local.juminzei.transfer"


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which file: `earlier` is the id of the one before it (0: none)."""

    recipient: str
    sequence: int
    columns: Sequence[str]
    first: int
    last: int
    earlier: int
    since: datetime
    until: datetime
    made_at: datetime


@dataclass(frozen=True, slots=True)
class File:
    """A file with its manifest; `left_out` are year and person of those under 支援措置.

    `people` are the 宛名番号 of whom it tells something.
    """

    name: str
    data: bytes
    manifest: bytes
    rows: int
    sums: Mapping[str, int]
    left_out: Sequence[tuple[int, int]]
    people: Collection[str]

    @property
    def sha256(self) -> bytes:
        """Return the digest of the data."""
        return hashlib.sha256(self.data).digest()


def recipients_of(runtime: Runtime) -> Mapping[str, Recipient]:
    """Return who gets files, by code. Raises RecipientColumns for a column that no file can have."""
    found = {one.code: one for one in runtime.plugins.gather("recipients")}
    for recipient in found.values():
        if not set(recipient.columns) <= ALLOWED or NUMBER not in recipient.columns:
            raise RecipientColumns(recipient=recipient.code)
    return found


async def make_transfer(runtime: Runtime, work: Work, code: str) -> File:
    """Make a recipient's next file: the closes since its last one.

    Raises RecipientUnknown, RecipientColumns, NothingClosed, ReceiptDiffers.
    """
    recipient = recipients_of(runtime).get(code)
    if recipient is None:
        raise RecipientUnknown
    await hold(work.session, f"transfer:{code}")
    wanted = await _next(work, recipient)
    file = await _make(work.session, wanted, frozenset(), wanted.made_at.astimezone(JAPAN).date())
    transfer_id = await queries.add_transfer(
        work.session,
        {
            "recipient": code,
            "sequence": wanted.sequence,
            "first_closing_id": wanted.first,
            "closing_id": wanted.last,
            "columns": list(wanted.columns),
            "since": wanted.since,
            "until": wanted.until,
            "rows": file.rows,
            "sums": file.sums,
            "sha256": file.sha256,
            "made_by": work.staff,
            "made_at": wanted.made_at,
        },
    )
    await queries.add_left_out(work.session, transfer_id, file.left_out)
    work.journal.wrote(JOURNAL_TYPE, f"{code}:{wanted.sequence}", {"transfer"})
    return _told(work, file)


async def make_again(work: Work, code: str, sequence: int) -> File:
    """Make a recipient's earlier file again: byte for byte, without those who are under 支援措置 since.

    Raises NotFound, TransferNotRemade.
    """
    row = await queries.transfer_row(work.session, code, sequence)
    wanted, left_out = await _earlier(work.session, row), await queries.left_out_of(work.session, row.id)
    file = await _make(work.session, wanted, left_out, None)
    if file.sha256 != row.sha256:
        raise TransferNotRemade
    work.journal.saw(JOURNAL_TYPE, f"{code}:{sequence}")
    return _told(work, await _make(work.session, wanted, left_out, work.now.astimezone(JAPAN).date()))


def _told(work: Work, file: File) -> File:
    """Enter everybody of whom a file tells something: who asks who was told of them must find it."""
    for number in sorted(file.people):
        work.journal.saw(Person.journal_type, number)
    return file


async def _next(work: Work, recipient: Recipient) -> Wanted:
    before = await queries.last_transfer(work.session, recipient.code)
    if before is not None:
        await _arrived(work.session, before)
    first = await queries.first_close_after(work.session, before.closing_id if before else 0)
    last = await queries.last_close(work.session)
    if first is None or last is None:
        raise NothingClosed
    return Wanted(
        recipient=recipient.code,
        sequence=before.sequence + 1 if before else 1,
        columns=tuple(recipient.columns),
        first=first.id,
        last=last.id,
        earlier=before.id if before else 0,
        since=first.previous_cut_off,
        until=last.cut_off,
        made_at=max(work.now, last.closed_at),
    )


async def _arrived(session: ReadSession, before: Row[Any]) -> None:
    """Refuse to go on behind a file that arrived otherwise than it left: the next one tells changes alone."""
    said = (await queries.last_receipts(session, [before.id])).get(before.id)
    if said is not None and said.result == ReceiptResult.DIFFERS:
        raise ReceiptDiffers(sequence=before.sequence)


async def _earlier(session: ReadSession, row: Row[Any]) -> Wanted:
    before = await queries.last_transfer(session, row.recipient, row.sequence)
    return Wanted(
        recipient=row.recipient,
        sequence=row.sequence,
        columns=tuple(row.columns),
        first=row.first_closing_id,
        last=row.closing_id,
        earlier=before.id if before else 0,
        since=row.since,
        until=row.until,
        made_at=row.made_at,
    )


async def _make(session: ReadSession, wanted: Wanted, known_left_out: People, today: date | None) -> File:
    """Make a file without those known to be left out and, but for None, who is under 支援措置 `today`."""
    writer = SheetWriter(wanted.columns)
    sums: Counter[str] = Counter({name: 0 for name in wanted.columns if name in FIGURES})
    left_out: list[tuple[int, int]] = []
    people: set[str] = set()
    async for row, number in _rows(session, wanted, today):
        person = (row["tax_year"], row["person_id"])
        if number is None or person in known_left_out:
            left_out.append(person)
            continue
        people.add(number)
        writer.add([number if name == NUMBER else row[name] for name in wanted.columns])
        sums.update({name: row[name] for name in sums})
    sheet = writer.sheet(f"{wanted.recipient}_{wanted.sequence:06d}")
    manifest = _manifest(wanted, sheet, sums, len(left_out))
    return File(sheet.name, sheet.data, manifest, sheet.rows, dict(sums), left_out, people)


async def _rows(
    session: ReadSession, wanted: Wanted, today: date | None
) -> AsyncIterator[tuple[Mapping[str, Any], str | None]]:
    """Yield each changed revision with the 宛名番号, None where it may not leave this office."""
    moment = Moment(wanted.made_at.astimezone(JAPAN).date(), wanted.made_at)
    earlier = await queries.concerned(session, 0, -1, wanted.earlier)
    resumed = {(row.tax_year, row.person_id) for row in earlier}
    everybody = await queries.concerned(session, wanted.first, wanted.last, wanted.earlier)
    for tax_year, people in groupby(everybody, key=lambda row: row.tax_year):
        ids = [row.person_id for row in people]
        for place in range(0, len(ids), BLOCK):
            block = ids[place : place + BLOCK]
            hidden = frozenset() if today is None else await protected_ids(session, block, Moment(today))
            known = await persons_by_id(session, block, moment)
            for pair in await queries.changed(session, tax_year, block, wanted.first, wanted.last):
                person_id = pair.now["person_id"]
                is_resumed = (tax_year, person_id) in resumed
                if is_resumed or _differs(pair.now, pair.before, wanted.columns):
                    may_leave = person_id not in hidden and person_id in known
                    yield pair.now, known[person_id].atena_number if may_leave else None


def _differs(now: Mapping[str, Any], before: Mapping[str, Any] | None, columns: Sequence[str]) -> bool:
    """Tell whether anything that the recipient may know differs from what it was told."""
    compared = set(columns) - ALWAYS_NEW - {NUMBER}
    return before is None or any(now[name] != before[name] for name in compared)


def _manifest(wanted: Wanted, sheet: Sheet, sums: Mapping[str, int], left_out: int) -> bytes:
    said = {
        "schema": SCHEMA,
        "schema_version": "1.0",
        "recipient": wanted.recipient,
        "sequence": wanted.sequence,
        "since": wanted.since,
        "until": wanted.until,
        "made_at": wanted.made_at,
        "file": sheet.described(sums=sums, left_out=left_out),
    }
    return manifest_of(said)
