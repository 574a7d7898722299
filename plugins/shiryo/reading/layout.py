"""The layouts of the source documents: load one, write records with it, read bytes with it.

    layout = load_layout("salary_report", year=2024)
    data = layout.write([{"name": "山田　太郎", "payment": 4_800_000, ...}])
    reading = layout.read(data, "315.csv")
    for record in reading:                  # streams; findings are complete after the last record
        record["payment"], record.key, record.action, record.identity
    reading.findings, reading.counts

Kinds: salary_report, pension_report, retirement_slip, tax_return, resident_return, one_stop_notice,
withheld_levy, punched_slip. The item names of each stand in docs/shiryo/layouts.md.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from plugins.shiryo.reading.csv_reader import split
from plugins.shiryo.reading.csv_writer import Value, csv_lines, header
from plugins.shiryo.reading.form import Form, Item, form_of, forms
from plugins.shiryo.reading.lines import BOM, Source
from plugins.shiryo.reading.reading import Reading
from plugins.shiryo.reading.xml_writer import xml_pieces


@dataclass(frozen=True, slots=True)
class Layout:
    """One version of one kind of document; `form` is its data."""

    form: Form

    @property
    def id(self) -> str:
        """Name of this version: `salary_report_2020`."""
        return self.form.id

    @property
    def items(self) -> Sequence[Item]:
        """Columns or elements in the order of the file."""
        return self.form.items

    def lines(self, records: Iterable[Mapping[str, Value]], *, prefix: str = "") -> Iterator[bytes]:
        """Yield the pieces of a file one by one, for files that do not fit in memory.

        `prefix` is the 管理情報 before the `@` of each line that comes through eLTAX.
        """
        if self.form.form == "xml":
            return xml_pieces(self.form, records)
        return csv_lines(self.form, records, prefix)

    def write(self, records: Iterable[Mapping[str, Value]], *, prefix: str = "") -> bytes:
        """Return a whole file; raises WriteRefused as `lines` does."""
        return b"".join(self.lines(records, prefix=prefix))

    def read(self, source: Source, name: str) -> Reading:
        """Return the reading of a file given as bytes, as a path or as an open binary stream.

        `name` is what findings call the file. Faults of the file never raise: they are findings.
        """
        return Reading(self.form, source, name)


def load_layout(kind: str, *, year: int | None = None, version: str | None = None) -> Layout:
    """Return the layout of a kind by income year (年分, western) or by version.

    Raises LayoutUnknown where no layout is published: a file of such a year is held, not guessed at.
    """
    return Layout(form_of(kind, version, year))


def recognise(head: bytes) -> Layout | None:
    """Return the layout that the beginning of a file (its first line at least) is written in.

    By the header of a neutral layout, else by document type and number of columns, else by the form inside an
    XML file. None where no layout fits: such a file is held.
    """
    start = head.removeprefix(BOM).lstrip()
    line = head.removeprefix(BOM).partition(b"\n")[0].rstrip(b"\r")
    for form in forms().values():
        if form.form == "xml":
            fits = start.startswith(b"<") and f"<{form.code}".encode() in start
        elif form.header:
            fits = line == header(form)
        else:
            fits = _columns(form, line) == len(form.items)
        if fits:
            return Layout(form)
    return None


def _columns(form: Form, line: bytes) -> int:
    """Count the columns of a line of a document type; 0 for another type."""
    body = re.search(rf'(?:^|@)("?){form.code}\1,.*'.encode(), line)
    return len(split(body[0].lstrip(b"@").decode("latin-1")) or ()) if body else 0


def layouts() -> Sequence[Layout]:
    """Every layout version there is."""
    return [Layout(form) for form in forms().values()]
