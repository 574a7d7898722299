"""Physical lines with their places: one line is one record, for no layout lets a value hold a line break.

So an unclosed quote stays in its line and never swallows the records after it.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, NamedTuple, TypeAlias

from plugins.shiryo.reading.findings import Finding, Findings

LONGEST = 65_536
"""Bytes of the longest line taken; 144 columns at full width need 4,500."""
Source: TypeAlias = bytes | Path | BinaryIO
BOM = b"\xef\xbb\xbf"


class Line(NamedTuple):
    """One line without its line break; `length` counts the bytes with it."""

    number: int
    offset: int
    length: int
    content: bytes


def lines(stream: BinaryIO, findings: Findings) -> Iterator[Line | Finding]:
    """Yield the lines of a file; where one is too long, a finding stands in its place."""
    offset = number = 0
    while piece := stream.readline(LONGEST):
        number += 1
        start, offset = offset, offset + len(piece)
        if not piece.endswith(b"\n"):
            rest = _skip(stream)
            if len(piece) == LONGEST and rest:
                offset += rest
                yield findings.made("LINE_TOO_LONG", start, number)
                continue
            yield findings.made("NO_FINAL_NEWLINE", offset, number)
            yield Line(number, start, len(piece), piece)
        else:
            yield Line(number, start, len(piece), piece[: -2 if piece.endswith(b"\r\n") else -1])


def _skip(stream: BinaryIO) -> int:
    """Read past the rest of a line in bounded pieces; return how many bytes it was."""
    skipped = 0
    while piece := stream.readline(LONGEST):
        skipped += len(piece)
        if piece.endswith(b"\n"):
            break
    return skipped
