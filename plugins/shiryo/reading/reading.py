"""The reading of one file: its records as they stream by, and what was found in them."""

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from io import BytesIO
from itertools import islice
from pathlib import Path
from typing import BinaryIO, TypeGuard

from plugins.shiryo.reading.csv_reader import csv_records
from plugins.shiryo.reading.examine import Examiner
from plugins.shiryo.reading.findings import Finding, Findings
from plugins.shiryo.reading.form import Form
from plugins.shiryo.reading.lines import Source
from plugins.shiryo.reading.record import Record
from plugins.shiryo.reading.screen import screen
from plugins.shiryo.reading.sheet import Sheet
from plugins.shiryo.reading.xml_reader import xml_records

TOGETHER = 1_000
"""Records that are looked at together."""


class Part(list[Record | Finding]):
    """Records that were taken apart, and between them what is wrong with the file beside its records."""

    @property
    def records(self) -> list[Record]:
        """Return the records that have values."""
        return [one for one in self if isinstance(one, Record) and one.fields]


class Reading:
    """Iterate once for the records; the counts and findings are complete after the last one.

    Memory stays bounded however long the file: records are not kept, findings only up to AT_MOST.
    """

    def __init__(self, form: Form, source: Source, name: str) -> None:
        self.form = form
        self.name = name
        self._source = source
        self._findings = Findings(name)
        self.records = 0
        """Records seen, faulty ones too: the figure that a manifest's count is held against."""
        self.faulty = 0
        """Records with an error."""
        self._taken = self._apart()
        self._examiner = Examiner(form, self._findings)

    def __iter__(self) -> Iterator[Record]:
        while part := self.take(TOGETHER):
            screen(Sheet(self.form, part.records))
            yield from self.settle(part)

    def take(self, limit: int) -> Part:
        """Take the next records apart; fewer than `limit` pieces mean the end. They are yet to be settled.

        Between the two they are screened, by themselves or together with those of other files.
        """
        return Part(islice(self._taken, limit))

    def settle(self, part: Part) -> Sequence[Record]:
        """Say what is wrong with records that were taken and screened, in the order of the file."""
        return [one for one in part if self._settled(one)]

    def _apart(self) -> Iterator[Record | Finding]:
        apart = xml_records if self.form.form == "xml" else csv_records
        with self._opened() as stream:
            yield from apart(self.form, stream, self._findings)

    def _opened(self) -> AbstractContextManager[BinaryIO]:
        if isinstance(self._source, Path):
            return self._source.open("rb")
        return nullcontext(BytesIO(self._source) if isinstance(self._source, bytes) else self._source)

    def _settled(self, one: Record | Finding) -> TypeGuard[Record]:
        """Keep what was found, in the order of the file; true for a record."""
        if isinstance(one, Finding):
            self._findings.keep(one)
            return False
        for finding in one.findings:
            self._findings.keep(finding)
        if one.fields:
            self._examiner.settle(one)
        self.records += 1
        self.faulty += not one.ok
        return True

    def finish(self) -> "Reading":
        """Read to the end for the findings alone."""
        for _ in self:
            pass
        return self

    @property
    def ok(self) -> bool:
        """Whether there was no error; only then may the file be accepted."""
        return self._findings.errors == 0

    @property
    def findings(self) -> list[Finding]:
        """Return the first 10,000 findings in the order of the file."""
        return self._findings.kept

    @property
    def errors(self) -> int:
        """Number of errors, those beyond the kept findings too."""
        return self._findings.errors

    @property
    def warnings(self) -> int:
        """Number of warnings."""
        return self._findings.warnings

    @property
    def counts(self) -> dict[str, int]:
        """Findings by code, all of them counted."""
        return dict(self._findings.counts)
