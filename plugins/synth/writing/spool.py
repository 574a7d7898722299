"""What waits on disk between blocks and files, so that neither memory nor open files grow with the city."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from datetime import date
from pathlib import Path
from types import TracebackType
from typing import BinaryIO
from zlib import crc32

import orjson

from plugins.synth.documents.model import Document
from plugins.synth.feed import Event
from plugins.synth.plan import Plan

PEOPLE_PER_BUCKET = 10_000


class Spool:
    """Takes documents in any number; each goes to the bucket of its file. A context manager."""

    def __init__(self, plan: Plan, folder: Path) -> None:
        folder.mkdir(parents=True)
        count = max(1, plan.people // PEOPLE_PER_BUCKET)
        self.paths = [folder / f"{place:04d}.jsonl" for place in range(count)]
        self._open = ExitStack()
        self._files = [self._open.enter_context(path.open("wb")) for path in self.paths]

    def __enter__(self) -> "Spool":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._open.close()

    def add(self, documents: Iterable[Document]) -> None:
        """Put documents away, in their order."""
        for document in documents:
            bucket = crc32(f"{document.folder}/{document.file}".encode()) % len(self._files)
            self._files[bucket].write(orjson.dumps([*document]) + b"\n")


class Calendar:
    """Takes the events of the feed as they come and gives them back by day; a context manager."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._open = ExitStack()
        self._days: dict[date, BinaryIO] = {}

    def __enter__(self) -> "Calendar":
        return self

    def __exit__(self, *_: object) -> None:
        self._open.close()

    def add(self, event: Event) -> None:
        """Put an event away behind those of its day."""
        file = self._days.get(event.day)
        if file is None:
            path = self.folder / f"{event.day.isoformat()}.jsonl"
            file = self._days[event.day] = self._open.enter_context(path.open("w+b"))
        file.write(event.text + b"\n")

    def in_order(self) -> Iterator[Event]:
        """Yield all events, day by day, those of a day as they came."""
        for day in sorted(self._days):
            file = self._days[day]
            file.seek(0)
            yield from (Event(day, line.removesuffix(b"\n")) for line in file)


def files_of(path: Path) -> Iterator[tuple[tuple[str, str], list[Document]]]:
    """Yield the files of a bucket by folder and name, each with its documents as they were put away.

    Only the documents of one file are in memory: several large files may meet in a bucket.
    """
    places: defaultdict[tuple[str, str], list[int]] = defaultdict(list)
    with path.open("rb") as bucket:
        place = 0
        for line in bucket:
            document = _read(line)
            places[document.folder, document.file].append(place)
            place += len(line)
        for name in sorted(places):
            yield name, [_read_at(bucket, each) for each in places.pop(name)]


def _read_at(bucket: BinaryIO, place: int) -> Document:
    bucket.seek(place)
    return _read(bucket.readline())


def _read(line: bytes) -> Document:
    return Document(*orjson.loads(line))
