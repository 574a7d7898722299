"""A received delivery in the hands of the intake: its records one after the other, and what is wrong with it.

How many records were taken is all that a restart needs to know: reading the same bytes again gives the same.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from sqlalchemy import Row

from core.storage.database import ReadSession
from plugins.atena.api import Keyring
from plugins.shiryo.reading.errors import LayoutUnknown
from plugins.shiryo.reading.findings import AT_MOST
from plugins.shiryo.reading.layout import Layout, load_layout
from plugins.shiryo.reading.reading import Reading
from plugins.shiryo.reading.record import Record
from plugins.shiryo.service.originals import original
from plugins.shiryo.service.readings import finding_row, is_fatal

LAYOUT_UNKNOWN = "LAYOUT_UNKNOWN"
UNREADABLE = "UNREADABLE"
TOO_MANY_FINDINGS = "TOO_MANY_FINDINGS"
RECORD_COUNT_DIFFERS = "RECORD_COUNT_DIFFERS"
TOTAL_DIFFERS = "TOTAL_DIFFERS"

_AMOUNT = re.compile(r"-?[0-9]{1,15}", re.ASCII)


@dataclass
class OpenFile:
    """One file being read; `totals` are of the items that the manifest sums."""

    row: Row[Any]
    layout_id: str
    reading: Reading
    records: Iterator[Record]
    totals: dict[str, int]
    held: int = 0

    def take(self, limit: int) -> list[Record]:
        """Return the next records and count them; fewer than `limit` means the end."""
        taken = list(islice(self.records, limit))
        for record in taken:
            self.held += not record.ok
            for item in self.totals:
                self.totals[item] += _amount(record, item)
        return taken

    @property
    def cause(self) -> str:
        """Return why the delivery must be held, or nothing; known when all records are taken."""
        announced = self.row.announced_records
        if self.reading.errors > AT_MOST:
            return TOO_MANY_FINDINGS
        if any(is_fatal(finding) for finding in self.reading.findings):
            return UNREADABLE
        if announced is not None and announced != self.reading.records:
            return RECORD_COUNT_DIFFERS
        return TOTAL_DIFFERS if self.totals != (self.row.announced_totals or {}) else ""

    @property
    def result(self) -> dict[str, Any]:
        """Return the figures of the file for `deliveries.save_files`."""
        return {
            "file_id": self.row.id,
            "layout": self.layout_id,
            "read": self.reading.records,
            "held": self.held,
            "findings": self.reading.errors + self.reading.warnings,
            "totals": self.totals,
        }

    def finding_rows(self) -> list[tuple[object, ...]]:
        """Return the findings of the file as rows."""
        return [finding_row(self.row.id, finding) for finding in self.reading.findings]


@dataclass
class OpenDelivery:
    """A delivery being read; `done` are the files that were read to their end."""

    row: Row[Any]
    files: list[Row[Any]]
    ahead: Mapping[int, bytes]
    """Bytes that were read for many deliveries at once, by file; the others are read when they are opened."""
    done: list[OpenFile] = field(default_factory=list)
    current: OpenFile | None = None
    cause: str = ""
    taken: int = 0
    is_finished: bool = False

    def context(self, file: Row[Any]) -> dict[str, Any]:
        """Return what a document takes over from its file and delivery."""
        row = self.row
        return {
            "id": file.id,
            "sender_id": row.sender_id,
            "sender_code": row.sender_code,
            "tax_year": row.tax_year,
        }

    async def skip(self, session: ReadSession, keyring: Keyring, count: int) -> None:
        """Pass over the records that an earlier worker has written."""
        while self.taken < count and not self.is_finished:
            await self.take(session, keyring, count - self.taken)

    async def take(
        self, session: ReadSession, keyring: Keyring, limit: int
    ) -> Sequence[tuple[Row[Any], Record]]:
        """Return the next records, each with its file; sets `is_finished` behind the last one."""
        if self.current is None:
            await self._open_next(session, keyring)
        if self.current is None:
            self.is_finished = True
            return ()
        file = self.current
        records = file.take(limit)
        self.taken += len(records)
        if len(records) < limit:
            self._close(file)
        return [(file.row, record) for record in records]

    def _close(self, file: OpenFile) -> None:
        self.done.append(file)
        self.cause = self.cause or file.cause
        self.current = None
        self.is_finished = not self.files

    async def _open_next(self, session: ReadSession, keyring: Keyring) -> None:
        while self.files and self.current is None:
            row = self.files.pop(0)
            layout = _layout(row, self.row.tax_year)
            if layout is None:
                self.cause = self.cause or LAYOUT_UNKNOWN
                continue
            data = self.ahead.get(row.id)
            if data is None:
                data = await original(session, keyring, row.id)
            reading = layout.read(data, row.name)
            totals = dict.fromkeys(row.announced_totals or {}, 0)
            self.current = OpenFile(row, layout.id, reading, iter(reading), totals)


def _layout(row: Row[Any], tax_year: int) -> Layout | None:
    """Return the layout that the manifest names, or that of the income year before the tax year."""
    try:
        if row.version:
            return load_layout(row.kind, version=row.version)
        return load_layout(row.kind, year=tax_year - 1)
    except LayoutUnknown:
        return None


def _amount(record: Record, item: str) -> int:
    """Return an amount, also if something else is wrong with the record; what is no number counts nothing."""
    if not record.fields or item not in record.form.index:
        return 0
    text = record[item]
    return int(text) if _AMOUNT.fullmatch(text) else 0
