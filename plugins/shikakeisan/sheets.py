"""Neutral CSV files with a manifest, for other offices and for printing.

A sheet is determined by its columns and rows; nothing in it tells when it was written, so it can be made
again byte for byte.
"""

import csv
import hashlib
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson


@dataclass(frozen=True, slots=True)
class Sheet:
    """A CSV file in UTF-8 whose first line names the columns; `rows` does not count it."""

    name: str
    columns: Sequence[str]
    data: bytes
    rows: int

    @property
    def sha256(self) -> bytes:
        """Return the digest of the data."""
        return hashlib.sha256(self.data).digest()

    def described(self, **more: object) -> dict[str, object]:
        """Return what a manifest says of the file."""
        said = {"name": f"{self.name}.csv", "encoding": "UTF-8", "columns": self.columns, "rows": self.rows}
        return {**said, **more, "sha256": self.sha256.hex()}


class SheetWriter:
    """Writes rows as they come under their columns; what holds a comma, a quote or a line break is quoted."""

    def __init__(self, columns: Sequence[str]) -> None:
        self.columns = columns
        self.rows = 0
        self._out = io.StringIO(newline="")
        self._writer = csv.writer(self._out, lineterminator="\n")
        self._writer.writerow(columns)

    def add(self, row: Sequence[object]) -> None:
        """Write one row."""
        self._writer.writerow(row)
        self.rows += 1

    def sheet(self, name: str) -> Sheet:
        """Return what was written."""
        return Sheet(name, self.columns, self._out.getvalue().encode(), self.rows)


def make_sheet(name: str, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> Sheet:
    """Write all rows at once."""
    writer = SheetWriter(columns)
    for row in rows:
        writer.add(row)
    return writer.sheet(name)


def manifest_of(said: Mapping[str, Any]) -> bytes:
    """Write a manifest as JSON."""
    return orjson.dumps(said, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)
