"""A CSV file to records: sliced as bytes, decoded strictly, one line one record, every line looked at."""

import codecs
import re
from collections.abc import Generator, Iterator
from functools import partial
from typing import BinaryIO

from plugins.shiryo.reading.findings import Finding, Findings
from plugins.shiryo.reading.form import Form
from plugins.shiryo.reading.lines import BOM, Line, lines
from plugins.shiryo.reading.record import Record

_BEYOND_ASCII = re.compile(rb"[\x80-\xff]")
_FIELD = re.compile(r'"((?:[^"]|"")*+)"(?=,|\Z)|([^",]*+)(?=,|\Z)')


def csv_records(form: Form, stream: BinaryIO, findings: Findings) -> Iterator[Record | Finding]:
    """Yield every record, also those that cannot be taken apart: their findings say why.

    What is wrong beside the records comes as a finding in its place. Nothing is kept in `findings` here, and
    no value is examined.
    """
    source = lines(stream, findings)
    if form.header:
        fault = yield from _header(form, source, findings)
        if fault is not None:
            yield fault
            return
    taking = _Taking(form, findings)
    number = 0
    for line in source:
        if isinstance(line, Finding):
            yield line
        elif not line.content:
            yield findings.made("BLANK_LINE", line.offset, line.number)
        else:
            number += 1
            yield taking.apart(line, number)
    if not number:
        yield findings.made("EMPTY_FILE", 0, 0)


def _header(
    form: Form, source: Iterator[Line | Finding], findings: Findings
) -> Generator[Finding, None, Finding | None]:
    """Read the header; returns how it differs from that of the layout: an extra column is refused too."""
    for line in source:
        if isinstance(line, Line):
            return _header_fault(form, line, findings)
        yield line
    return findings.made("EMPTY_FILE", 0, 0)


def _header_fault(form: Form, line: Line, findings: Findings) -> Finding | None:
    found = line.content.removeprefix(BOM).split(b",")
    expected = [item.label.encode(form.encoding) for item in form.items]
    for column, item in enumerate(form.items, 1):
        if column > len(found) or found[column - 1].strip(b'"') != expected[column - 1]:
            return findings.made("HEADER", line.offset, line.number, column, item.label)
    if len(found) > len(expected):
        return findings.made("HEADER", line.offset, line.number, len(expected) + 1)
    return None


class _Taking:
    """Takes lines apart, one at a time; a fault stands in the record of its line, and the next goes on."""

    def __init__(self, form: Form, findings: Findings) -> None:
        self._form = form
        self._findings = findings
        self._starts = (f"{form.code},", f'"{form.code}",')
        self._columns = len(form.items)
        self._decode = codecs.getdecoder(form.encoding)

    def apart(self, line: Line, number: int) -> Record:
        """Return the record of a line: with its fields, or with what is wrong with the line."""
        record = Record(self._form, number, line.number, line.offset, line.length)
        text = self._text(line, record)
        if text is None:
            return record
        skipped = 0
        if self._form.eltax_prefix and not text.startswith(self._starts) and "@" in text:
            parts = self._without_prefix(text)
            if parts is None:
                self._fault(record, "PREFIX", line.offset)
                return record
            record.prefix, text = parts
            skipped = self._length(record.prefix) + 1
        fields = split(text)
        if fields is None:
            code = "UNCLOSED_QUOTE" if text.count('"') % 2 else "STRAY_QUOTE"
            self._fault(record, code, line.offset + skipped)
        elif "\r" in text:
            self._fault(record, "LONE_CR", line.offset + line.content.index(b"\r", skipped))
        elif len(fields) != self._columns:
            detail = f"（様式は{self._columns}項目、この記録は{len(fields)}項目）"
            self._fault(record, "COLUMN_COUNT", line.offset + skipped, detail)
        else:
            record.fields = fields
            record.content = hash(text)
            record.where = partial(_offset, line, skipped)
        return record

    def _length(self, prefix: str) -> int:
        """Return how many bytes a text is."""
        return len(prefix) if prefix.isascii() else len(prefix.encode(self._form.encoding))

    def _text(self, line: Line, record: Record) -> str | None:
        try:
            text, _ = self._decode(line.content)
        except UnicodeDecodeError as error:
            self._fault(record, "ENCODING", line.offset + error.start)
            return None
        if self._form.encoding == "cp932" and _is_utf_8(line.content):
            self._fault(record, "ENCODING", line.offset, "（UTF-8で作成された行です）")
            return None
        return text

    def _without_prefix(self, text: str) -> tuple[str, str] | None:
        """Split 管理情報@CSV as text: the byte of `@` is also the second byte of many characters."""
        prefix, _, rest = text.partition("@")
        if "@" not in rest:
            return prefix, rest
        parts = text.split("@")
        places = [at for at in range(1, len(parts)) if parts[at].startswith(self._starts)]
        if len(places) != 1:
            return None
        [at] = places
        return "@".join(parts[:at]), "@".join(parts[at:])

    def _fault(self, record: Record, code: str, offset: int, detail: str = "") -> None:
        record.findings = [self._findings.made(code, offset, record.line, detail=detail)]


def _offset(line: Line, skipped: int, place: int) -> int:
    """Return the byte offset of an item in the file: the comma before it that stands outside quotes."""
    at, quoted = skipped, False
    for byte_at, byte in enumerate(line.content[skipped:], skipped):
        if place == 0:
            break
        quoted ^= byte == ord('"')
        if byte == ord(",") and not quoted:
            place -= 1
            at = byte_at + 1
    return line.offset + at


def _is_utf_8(content: bytes) -> bool:
    """Tell whether a line is UTF-8 beyond ASCII; most such lines can be read as CP932 too, as other text."""
    first = _BEYOND_ASCII.search(content)
    if first is None or first[0] < b"\xc2":  # no character of UTF-8 begins with that
        return False
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def split(text: str) -> list[str] | None:
    """Return the values of a line; None where a quote is not closed, or stands inside a value."""
    if '"' not in text:
        return text.split(",")
    fields, at = [], 0
    while match := _FIELD.match(text, at):
        fields.append(match[2] if match[1] is None else match[1].replace('""', '"'))
        at = match.end() + 1
        if match.end() == len(text):
            return fields
    return None
