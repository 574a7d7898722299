"""Received deliveries in the hands of the intake: their records one after the other, and what is wrong.

Pure: bytes in, records out. How many records were taken of a delivery is all that a restart needs to know:
reading the same bytes again gives the same.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from sqlalchemy import Row

from plugins.shiryo.reading.errors import LayoutUnknown
from plugins.shiryo.reading.findings import AT_MOST
from plugins.shiryo.reading.layout import Layout, load_layout
from plugins.shiryo.reading.reading import Part, Reading
from plugins.shiryo.reading.record import Record
from plugins.shiryo.reading.screen import screen
from plugins.shiryo.reading.sheet import Sheet
from plugins.shiryo.service.readings import Source, finding_row, is_fatal

LAYOUT_UNKNOWN = "LAYOUT_UNKNOWN"
UNREADABLE = "UNREADABLE"
TOO_MANY_FINDINGS = "TOO_MANY_FINDINGS"
RECORD_COUNT_DIFFERS = "RECORD_COUNT_DIFFERS"
TOTAL_DIFFERS = "TOTAL_DIFFERS"

SHEET = 1_000
"""Pieces that are looked at together."""
_MOST_DIGITS = 15
_AMOUNT = re.compile(rf"-?[0-9]{{1,{_MOST_DIGITS}}}", re.ASCII)


@dataclass
class OpenFile:
    """One file being read; `totals` are of the items that the manifest sums."""

    row: Row[Any]
    source: Source
    layout: Layout
    reading: Reading
    totals: dict[str, int]
    held: int = 0

    def settle(self, part: Part) -> Sequence[Record]:
        """Return the records of a part that was taken and screened, and count them."""
        records = self.reading.settle(part)
        self.held += sum(not record.ok for record in records)
        for item in self.totals:
            self.totals[item] += _amounts(records, self.layout.form.index.get(item))
        return records

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
            "layout": self.layout.id,
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
    data: Mapping[int, bytes]
    """The bytes of the files, by id."""
    done: list[OpenFile] = field(default_factory=list)
    cause: str = ""
    taken: int = 0
    """Records that were settled."""
    _current: OpenFile | None = None

    @property
    def is_finished(self) -> bool:
        """Whether nothing is left to be taken."""
        return self._current is None and not self.files

    def take(self, limit: int) -> Iterator["Portion"]:
        """Yield what comes next, file by file; at most `limit` pieces."""
        while limit > 0 and (file := self._current or self._open_next()) is not None:
            wanted = min(limit, SHEET)
            part = file.reading.take(wanted)
            self._current = None if len(part) < wanted else file
            limit -= len(part)
            yield Portion(self, file, part, self._current is None)

    def skip(self, count: int) -> None:
        """Pass over the records that an earlier worker has written."""
        while self.taken < count and not self.is_finished:
            for _ in settled(self.take(count - self.taken)):
                pass

    def close(self, file: OpenFile) -> None:
        """Take note that a file was read to its end."""
        self.done.append(file)
        self.cause = self.cause or file.cause

    def _open_next(self) -> OpenFile | None:
        while self.files:
            row = self.files.pop(0)
            layout = _layout(row, self.row.tax_year)
            if layout is not None:
                source = Source(row.id, self.row.sender_id, self.row.tax_year, self.row.sender_code)
                totals = dict.fromkeys(row.announced_totals or {}, 0)
                return OpenFile(row, source, layout, layout.read(self.data[row.id], row.name), totals)
            self.cause = self.cause or LAYOUT_UNKNOWN
        return None


class Portion(NamedTuple):
    """What was taken of one file at once; `is_last` tells that the file has no more."""

    delivery: OpenDelivery
    file: OpenFile
    part: Part
    is_last: bool


class Settled(NamedTuple):
    """A sheet of records, and beside each its file and its delivery."""

    sheet: Sheet
    sources: Sequence[Source]
    deliveries: Sequence[OpenDelivery]
    taken: int
    """How many records it was; those that cannot be taken apart are not in the sheet."""


def settled(portions: Iterable[Portion]) -> Iterator[Settled]:
    """Screen and settle what was taken; portions of one layout that follow each other go together.

    Small files make most of a year: screening the few records of each alone would cost three times as much.
    """
    for together in _sheets(portions):
        sheet = Sheet(together[0].file.layout.form, [r for portion in together for r in portion.part.records])
        screen(sheet)
        before = sum(portion.file.reading.records for portion in together)
        sources: list[Source] = []
        deliveries: list[OpenDelivery] = []
        for delivery, file, part, is_last in together:
            delivery.taken += len(file.settle(part))
            sources.extend([file.source] * len(part.records))
            deliveries.extend([delivery] * len(part.records))
            if is_last:
                delivery.close(file)
        taken = sum(portion.file.reading.records for portion in together) - before
        yield Settled(sheet, sources, deliveries, taken)


def _sheets(portions: Iterable[Portion]) -> Iterator[list[Portion]]:
    """Group what follows each other and is of one layout, up to SHEET pieces or one large portion."""
    together: list[Portion] = []
    size = 0
    for portion in portions:
        is_other = together and portion.file.layout.id != together[0].file.layout.id
        if is_other or size + len(portion.part) > SHEET:
            if together:
                yield together
            together, size = [], 0
        together.append(portion)
        size += len(portion.part)
    if together:
        yield together


def _layout(row: Row[Any], tax_year: int) -> Layout | None:
    """Return the layout that the manifest names, or that of the income year before the tax year."""
    try:
        if row.version:
            return load_layout(row.kind, version=row.version)
        return load_layout(row.kind, year=tax_year - 1)
    except LayoutUnknown:
        return None


def _amounts(records: Sequence[Record], place: int | None) -> int:
    """Return the sum of an item, also where something else is wrong; what is no number counts nothing."""
    texts = [record.fields[place] for record in records if record.fields] if place is not None else []
    filled = list(filter(None, texts))
    together = "".join(filled)
    if together.isascii() and together.isdigit() and max(map(len, filled)) <= _MOST_DIGITS:
        return sum(map(int, filled))
    return sum(int(text) for text in filled if _AMOUNT.fullmatch(text))
