"""The reading of one file: its records as they stream by, and what was found in them."""

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

from plugins.shiryo.reading.csv_reader import csv_records
from plugins.shiryo.reading.findings import Finding, Findings
from plugins.shiryo.reading.form import Form
from plugins.shiryo.reading.lines import Source
from plugins.shiryo.reading.record import Record
from plugins.shiryo.reading.xml_reader import xml_records


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
        self.total = 0
        """Sum of the manifest's items over the records without an error, in yen."""

    def __iter__(self) -> Iterator[Record]:
        if isinstance(self._source, Path):
            with self._source.open("rb") as stream:
                yield from self._counted(stream)
        else:
            yield from self._counted(
                BytesIO(self._source) if isinstance(self._source, bytes) else self._source
            )

    def _counted(self, stream: BinaryIO) -> Iterator[Record]:
        records = xml_records if self.form.form == "xml" else csv_records
        for record in records(self.form, stream, self._findings):
            self.records += 1
            if not record.ok:
                self.faulty += 1
            else:
                self.total += record.total
            yield record

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
