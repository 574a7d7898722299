"""Documents between blocks and files: spooled by file, so that memory and open files stay few."""

from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from zlib import crc32

import orjson

from plugins.synth.documents.model import Document
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


def read_bucket(path: Path) -> Iterator[Document]:
    """Yield the documents of a bucket in the order in which they were put away."""
    with path.open("rb") as file:
        for line in file:
            yield Document(*orjson.loads(line))
