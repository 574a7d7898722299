"""Applying a file of the register feed: in order, each message once, batch by batch.

Each batch is a transaction: a run that was killed is finished by the next one, and what was applied before is
known again by number and fingerprint. At the first message that cannot follow, everything before it stays
applied and the run stops; nothing behind it is kept, so the same file is given again once the cause is gone.
What two officers decided for a message that cannot follow is taken in its place (`feed.remedies`).
"""

import hmac
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO

from sqlalchemy import Row

from core.access.journal import AccessRecord, Journal
from core.errors import JuminzeiError
from core.graphql.records import Trace, records_of
from core.storage.database import Database, WriteSession
from plugins.atena.errors import FeedAltered, FeedGap, FeedImpossible, FeedMalformed
from plugins.atena.feed.events import apply
from plugins.atena.feed.messages import LINE_LIMIT, Message, read_message, sequence_of
from plugins.atena.feed.remedies import Entry, entry_of
from plugins.atena.queries import feed as queries
from plugins.atena.queries.feed_remedies import confirmed_among
from plugins.atena.service.persons import JOURNAL_TYPE
from plugins.atena.sheets import Sheets
from plugins.atena.vault.keyring import Keyring
from plugins.atena.vault.parcels import blind_digest

BATCH = 2_000
OPERATION = "atena feed"

Record = Callable[[WriteSession, Sequence[AccessRecord]], Awaitable[object]]


@dataclass(slots=True)
class Run:
    """What one run did, and why it stopped, if it did."""

    file_name: str
    started_at: datetime
    read: int = 0
    applied: int = 0
    doubled: int = 0
    highest_seen: int = 0
    stop: JuminzeiError | None = None
    stop_fingerprint: bytes | None = None


@dataclass(slots=True)
class _Batch:
    """The messages of one transaction: those to apply, those known already, and what stopped it."""

    fresh: list[Entry] = field(default_factory=list)
    doubled: int = 0
    stop: JuminzeiError | None = None
    stop_fingerprint: bytes | None = None


@dataclass(frozen=True)
class Feed:
    """The way into the register of this city, for whom `trace` names."""

    database: Database
    keyring: Keyring
    trace: Trace
    record: Record

    async def run(self, file: Path) -> Run:
        """Apply a file; the run comes back with its counts, and with the refusal that stopped it, if any."""
        run = Run(file.name, self.trace.clock.now())
        with file.open("rb") as source:
            try:
                await self._apply_file(run, source)
            except JuminzeiError as stop:
                run.stop = stop
        async with self.database.transaction() as session:
            await queries.add_run(session, _row(run, self.trace.clock.now()))
        return run

    async def _apply_file(self, run: Run, source: BinaryIO) -> None:
        places = _in_order(source)
        run.read = len(places)
        run.highest_seen = places[-1][0] if places else 0
        for begin in range(0, len(places), BATCH):
            some = places[begin : begin + BATCH]
            lines = [_line_at(source, offset) for _, offset in some]
            batch = await self._apply_batch([sequence for sequence, _ in some], lines)
            run.applied += len(batch.fresh)
            run.doubled += batch.doubled
            run.stop_fingerprint = batch.stop_fingerprint
            if batch.stop is not None:
                raise batch.stop

    async def _apply_batch(self, sequences: Sequence[int], lines: Sequence[bytes]) -> _Batch:
        async with self.database.transaction() as session:
            last = await queries.begin_batch(session)
            before = await queries.applied_among(session, sequences)
            remedies = await confirmed_among(session, sequences)
            batch = self._sorted_out(lines, last, before, remedies)
            events = [entry.event for entry in batch.fresh if entry.event is not None]
            sheets = await queries.sheets_of(session, (event.atena_number for event in events))
            self._apply(batch, sheets)
            if batch.fresh:
                await self._write(session, batch.fresh, sheets)
        return batch

    def _sorted_out(
        self,
        lines: Sequence[bytes],
        last: int,
        before: Mapping[int, Row[Any]],
        remedies: Mapping[int, Row[Any]],
    ) -> _Batch:
        """Tell fresh messages from doubles, up to the first that is missing, altered or malformed."""
        batch, digests = _Batch(), dict[int, bytes]()
        try:
            for message in map(read_message, lines):
                if message.sequence > last + 1:
                    raise FeedGap(missing=last + 1)
                if message.sequence == last + 1:
                    fingerprint = blind_digest(self.keyring, message.digest)
                    batch.fresh.append(entry_of(message, fingerprint, remedies.get(message.sequence)))
                    digests[message.sequence] = message.digest
                    last += 1
                elif self._is_same(message, digests.get(message.sequence), before):
                    batch.doubled += 1
                else:
                    raise FeedAltered(sequence=message.sequence)
        except JuminzeiError as stop:
            batch.stop = stop
        return batch

    def _is_same(self, message: Message, digest: bytes | None, before: Mapping[int, Row[Any]]) -> bool:
        """Compare with what was applied; of the oldest messages nothing is kept to compare with."""
        if digest is not None:
            return digest == message.digest
        kept: bytes | None = before[message.sequence].fingerprint
        return kept is None or hmac.compare_digest(kept, blind_digest(self.keyring, message.digest))

    def _apply(self, batch: _Batch, sheets: Mapping[str, Sheets]) -> None:
        """Apply the fresh messages; those from the first impossible one on are not taken."""
        for position, entry in enumerate(batch.fresh):
            try:
                if entry.event is not None:
                    apply(self.keyring, sheets[entry.event.atena_number], entry.event)
            except FeedImpossible as stop:
                batch.stop, batch.stop_fingerprint = stop, entry.fingerprint
                del batch.fresh[position:]
                return

    async def _write(
        self, session: WriteSession, fresh: Sequence[Entry], sheets: Mapping[str, Sheets]
    ) -> None:
        now, journal = self.trace.clock.now(), Journal()
        events = [entry.event for entry in fresh if entry.event is not None]
        numbers = {event.atena_number for event in events}
        await queries.write_sheets(session, {number: sheets[number] for number in numbers}, now)
        await queries.add_messages(session, [_inbox_row(entry, sheets, now) for entry in fresh])
        for event in events:
            journal.wrote(JOURNAL_TYPE, event.atena_number, {event.kind.value})
        await self.record(session, list(records_of(self.trace, OPERATION, {}, journal, is_query=False)))


def _inbox_row(entry: Entry, sheets: Mapping[str, Sheets], now: datetime) -> tuple[object, ...]:
    person_id = sheets[entry.event.atena_number].person_id if entry.event is not None else None
    message = entry.message
    told = (message.sequence, message.kind.value, entry.fingerprint, person_id, message.issued_at)
    return (*told, now, entry.remedy_id)


def _in_order(source: BinaryIO) -> list[tuple[int, int]]:
    """Return sequence number and place of every line, in the order of the numbers."""
    places, offset, number = [], 0, 0
    while line := source.readline(LINE_LIMIT + 2):
        number += 1
        try:
            places.append((sequence_of(line), offset))
        except FeedMalformed as fault:
            raise FeedMalformed(fault.findings, line=number) from None
        offset += len(line)
    return sorted(places)


def _line_at(source: BinaryIO, offset: int) -> bytes:
    source.seek(offset)
    return source.readline(LINE_LIMIT + 2)


def _row(run: Run, ended_at: datetime) -> Mapping[str, Any]:
    details = run.stop.details if run.stop is not None else {}
    return {
        "file_name": run.file_name,
        "started_at": run.started_at,
        "ended_at": ended_at,
        "read": run.read,
        "applied": run.applied,
        "doubled": run.doubled,
        "highest_seen": run.highest_seen,
        "stop_code": run.stop.code if run.stop is not None else "",
        "stop_sequence": details.get("missing", details.get("sequence")),
        "stop_fingerprint": run.stop_fingerprint,
    }
