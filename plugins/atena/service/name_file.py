"""The file of names and addresses (宛名情報ファイル) for other systems: whole, or what changed since.

One snapshot, a page at a time. Each page enters the access log before it is written, hidden addresses stay
out, and the manifest comes last: a folder without one holds no file.
"""

import csv
import hashlib
import json
import os
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any, TextIO

from sqlalchemy import Row

from core.access.journal import AccessRecord
from core.graphql.records import READ, Trace
from core.storage.database import Database, ReadSession, WriteSession
from plugins.atena.errors import NameFileThere
from plugins.atena.partial_date import PartialDate, Precision
from plugins.atena.queries.bulk import PLACE
from plugins.atena.queries.name_file import count_names, names_after
from plugins.atena.service.persons import JOURNAL_TYPE

PAGE = 5_000
FILE, MANIFEST = "atena.csv", "manifest.json"
COLUMNS = (
    *("atena_number", "kind", "name", "kana", "birth_date", "birth_note", "sex", "death_date"),
    *PLACE,
    "address_hidden",
)
OPERATION = "atena name-file"

Record = Callable[[WriteSession, Sequence[AccessRecord]], Awaitable[object]]


@dataclass(frozen=True)
class NameFile:
    """What makes the file for a day, for whom `trace` names; `since` leaves out who did not change."""

    database: Database
    trace: Trace
    record: Record
    as_of: date
    since: datetime | None = None

    async def write(self, folder: Path) -> Mapping[str, Any]:
        """Write file and manifest and return the manifest; raises NameFileThere, OSError."""
        _prepare(folder)
        counts = Counter(dict.fromkeys(("records", "resident", "non_resident", "hidden"), 0))
        async with self.database.read() as session:
            expected = await count_names(session, self.as_of, self.since)
            with _private(folder / FILE) as file:
                await self._write_pages(session, file, counts)
        if counts["records"] != expected:
            raise RuntimeError(f"the file has {counts['records']} records, the query {expected}")
        manifest = self._manifest(folder / FILE, counts)
        with _private(folder / MANIFEST) as file:
            json.dump(manifest, file, ensure_ascii=False, indent=2)
        return manifest

    async def _write_pages(self, session: ReadSession, file: TextIO, counts: Counter[str]) -> None:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        today, after = self.trace.clock.today(), 0
        while rows := await names_after(session, self.as_of, today, self.since, after, PAGE):
            numbers = [row.atena_number for row in rows]
            async with self.database.transaction() as log:
                await self.record(log, [self.trace.record(READ, OPERATION, JOURNAL_TYPE, numbers, COLUMNS)])
            writer.writerows(map(_cells, rows))
            counts.update(row.kind for row in rows)
            counts.update(records=len(rows), hidden=sum(row.hidden for row in rows))
            after = rows[-1].id

    def _manifest(self, file: Path, counts: Counter[str]) -> Mapping[str, Any]:
        with file.open("rb") as written:
            digest = hashlib.file_digest(written, "sha256").hexdigest()
        return {
            "file": FILE,
            "sha256": digest,
            "bytes": file.stat().st_size,
            "asOf": self.as_of.isoformat(),
            "since": self.since.isoformat() if self.since is not None else None,
            "madeAt": self.trace.clock.now().isoformat(),
            "records": counts["records"],
            "residents": counts["resident"],
            "nonResidents": counts["non_resident"],
            "hiddenAddresses": counts["hidden"],
        }


def _cells(row: Row[Any]) -> tuple[object, ...]:
    birth = PartialDate(row.birth_date, Precision(row.birth_precision)) if row.birth_date else ""
    place = ("" if row.hidden else getattr(row, name) for name in PLACE)
    said = (row.atena_number, row.kind, row.name, row.kana, birth, row.birth_note, row.sex, row.death_date)
    return (*said, *place, int(row.hidden))


def _prepare(folder: Path) -> None:
    if (folder / MANIFEST).exists():
        raise NameFileThere
    folder.mkdir(parents=True, exist_ok=True)


def _private(file: Path) -> TextIO:
    """Open a file for writing that nobody else may read."""
    return os.fdopen(
        os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8", newline=""
    )
