"""Blocks of records: read from deliveries in their order, made into rows, ready to be written in one step.

Nothing is written here, and nothing depends on how far other blocks are written.
"""

import marshal
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import compress
from typing import Any

from core.storage.database import Database, ReadSession
from plugins.atena.api import Keyring
from plugins.shiryo.queries import deliveries
from plugins.shiryo.queries.documents import DOCUMENT_COLUMNS
from plugins.shiryo.service.opened import OpenDelivery, Portion, Settled, settled
from plugins.shiryo.service.originals import originals
from plugins.shiryo.service.readings import Row, document_rows

_BIRTH = DOCUMENT_COLUMNS.index("birth_date")
_PLAINLY = 2
"""The version of `marshal` that writes each value as it comes, without looking for it among those before."""


@dataclass
class Block:
    """What was read, as rows, and which deliveries were read to their end."""

    records: int = 0
    documents: list[Row] = field(default_factory=list)
    findings: list[Row] = field(default_factory=list)
    files: list[dict[str, Any]] = field(default_factory=list)
    """The figures of the files that were read to their end, for `deliveries.save_files`."""
    accepted: list[int] = field(default_factory=list)
    held: list[tuple[int, str]] = field(default_factory=list)
    """Deliveries that must be held, each with the reason."""
    begun: tuple[int, int] | None = None
    """The delivery that was not read to its end, and how many of its records are taken."""

    def __getstate__(self) -> Mapping[str, Any]:
        """Return what crosses from process to process: the documents as columns, in half the time of rows."""
        return {**vars(self), "documents": _packed(self.documents)}

    def __setstate__(self, state: Mapping[str, Any]) -> None:
        """Take over what `__getstate__` gave."""
        vars(self).update({**state, "documents": _unpacked(state["documents"])})


class Reader:
    """Reads received deliveries one after the other, each once, also those that came after it began."""

    def __init__(self, keyring: Keyring) -> None:
        self._keyring = keyring
        self._seen: set[int] = set()
        self._waiting: deque[Sequence[int]] = deque()
        """Ids of deliveries, in groups that are fetched at once."""
        self._open: deque[OpenDelivery] = deque()

    async def next_block(self, database: Database, limit: int) -> Block | None:
        """Read on, up to `limit` records; None if nothing is left by now."""
        if not self._open:
            async with database.read() as session:
                if not self._waiting:
                    await self._look(session, limit)
                while self._waiting and not self._open:
                    await self._fetch(session, self._waiting.popleft())
        return self.read(limit) if self._open else None

    def read(self, limit: int) -> Block:
        """Read on in what was fetched."""
        finished: list[OpenDelivery] = []
        groups = list(settled(self._portions(limit, finished)))
        return self._block(groups, finished)

    async def _look(self, session: ReadSession, limit: int) -> None:
        """Look for deliveries that came since."""
        waiting = await deliveries.waiting_deliveries(session)
        self._waiting.extend(_together([row for row in waiting if row.id not in self._seen], limit))
        self._seen.update(row.id for row in waiting)

    async def _fetch(self, session: ReadSession, delivery_ids: Sequence[int]) -> None:
        """Fetch deliveries with all their bytes; one that was begun goes on where an earlier reader was."""
        rows = await deliveries.to_be_read(session, delivery_ids)
        files = await deliveries.files_of(session, delivery_ids)
        data = await originals(session, self._keyring, [file.id for row in rows for file in files[row.id]])
        for row in rows:
            opened = OpenDelivery(row, list(files[row.id]), data)
            opened.skip(row.taken_records)
            self._open.append(opened)

    def _portions(self, limit: int, finished: list[OpenDelivery]) -> Iterator[Portion]:
        while limit > 0 and self._open:
            for portion in self._open[0].take(limit):
                limit -= len(portion.part)
                yield portion
            if self._open[0].is_finished:
                finished.append(self._open.popleft())

    def _block(self, groups: Sequence[Settled], finished: Sequence[OpenDelivery]) -> Block:
        """Make rows of what counts; of a delivery that is to be held, nothing is written from here on."""
        block = Block(sum(group.taken for group in groups))
        for sheet, sources, of, _ in groups:
            rows = document_rows(self._keyring, sources, sheet)
            block.documents.extend(compress(rows, (not delivery.cause for delivery in of)))
        for file in _files(finished):
            block.files.append(file.result)
            block.findings.extend(file.finding_rows())
        block.accepted = [delivery.row.id for delivery in finished if not delivery.cause]
        block.held = [(delivery.row.id, delivery.cause) for delivery in finished if delivery.cause]
        if self._open and self._open[0].taken:
            block.begun = self._open[0].row.id, self._open[0].taken
        return block


def _files(finished: Iterable[OpenDelivery]) -> Iterator[Any]:
    for delivery in finished:
        yield from delivery.done


def _together(waiting: Sequence[Any], limit: int) -> Iterator[list[int]]:
    """Yield the ids of deliveries that are fetched together: up to `limit` records, or one delivery."""
    ids: list[int] = []
    records = 0
    for row in waiting:
        if ids and records + row.records > limit:
            yield ids
            ids, records = [], 0
        ids.append(row.id)
        records += row.records
    if ids:
        yield ids


def _packed(rows: Sequence[Row]) -> bytes:
    """Return rows by columns; one in which all is the same by its first value, and dates by number."""
    columns = list(zip(*rows, strict=True))
    if columns:
        columns[_BIRTH] = tuple([on.toordinal() if isinstance(on, date) else None for on in columns[_BIRTH]])
    said = [column[:1] if column.count(column[0]) == len(rows) else column for column in columns]
    return marshal.dumps((len(rows), said), _PLAINLY)


def _unpacked(data: bytes) -> list[Row]:
    count, said = marshal.loads(data)  # noqa: S302 - made by this program a moment ago
    columns = [column if len(column) == count else column * count for column in said]
    if columns:
        columns[_BIRTH] = [on and date.fromordinal(on) for on in columns[_BIRTH]]
    return list(zip(*columns, strict=True))
