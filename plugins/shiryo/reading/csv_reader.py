"""A CSV file to records: sliced as bytes, decoded strictly, one line one record, every line looked at."""

import re
from collections.abc import Iterator
from typing import BinaryIO

from plugins.shiryo.reading.examine import Examiner
from plugins.shiryo.reading.findings import Findings
from plugins.shiryo.reading.form import Form
from plugins.shiryo.reading.lines import BOM, Line, lines
from plugins.shiryo.reading.record import Record

_FIELD = re.compile(r'"((?:[^"]|"")*+)"(?=,|\Z)|([^",]*+)(?=,|\Z)')


def csv_records(form: Form, stream: BinaryIO, findings: Findings) -> Iterator[Record]:
    """Yield every record, also those that cannot be taken apart: their findings say why."""
    source = lines(stream, findings)
    if form.header and not _header(form, next(source, None), findings):
        return
    taking = _Taking(form, findings)
    number = 0
    for line in source:
        if not line.content:
            findings.add("BLANK_LINE", line.offset, line.number)
            continue
        number += 1
        record = Record(form, number, line.number, line.offset, line.length)
        taking.apart(line, record)
        yield record
    if not number:
        findings.add("EMPTY_FILE", 0, 0)


def _header(form: Form, line: Line | None, findings: Findings) -> bool:
    """Tell whether the first line is the header of the layout: an extra column is refused too."""
    if line is None:
        findings.add("EMPTY_FILE", 0, 0)
        return False
    found = line.content.removeprefix(BOM).split(b",")
    expected = [item.label.encode(form.encoding) for item in form.items]
    for column, item in enumerate(form.items, 1):
        if column > len(found) or found[column - 1].strip(b'"') != expected[column - 1]:
            findings.add("HEADER", line.offset, line.number, column, item.label)
            return False
    if len(found) > len(expected):
        findings.add("HEADER", line.offset, line.number, len(expected) + 1)
        return False
    return True


class _Taking:
    """Takes lines apart, one at a time; a fault stands in the record of its line, and the next goes on."""

    def __init__(self, form: Form, findings: Findings) -> None:
        self._form = form
        self._findings = findings
        self._examiner = Examiner(form, findings)
        self._starts = (f"{form.code},", f'"{form.code}",')
        self._record: Record
        self._line: Line
        self._body = b""
        self._start = 0
        """Offset of the body in the file."""

    def apart(self, line: Line, record: Record) -> None:
        """Fill the record's fields and have them examined, or say what is wrong with the line."""
        self._line, self._record = line, record
        self._body, self._start = line.content, line.offset
        text = self._text()
        fields = None if text is None else self._split(text)
        if text is None or fields is None:
            return
        if len(fields) != len(self._form.items):
            detail = f"（様式は{len(self._form.items)}項目、この記録は{len(fields)}項目）"
            self._fault("COLUMN_COUNT", self._start, detail)
            return
        record.fields = fields
        self._examiner.examine(record, text, self._offset)

    def _text(self) -> str | None:
        try:
            text = self._line.content.decode(self._form.encoding)
        except UnicodeDecodeError as error:
            self._fault("ENCODING", self._line.offset + error.start)
            return None
        if self._form.encoding == "cp932" and _is_utf_8(self._line.content):
            self._fault("ENCODING", self._line.offset, "（UTF-8で作成された行です）")
            return None
        if not self._form.eltax_prefix or text.startswith(self._starts) or "@" not in text:
            return text
        return self._without_prefix(text)

    def _without_prefix(self, text: str) -> str | None:
        """Split 管理情報@CSV as text: the byte of `@` is also the second byte of many characters."""
        parts = text.split("@")
        places = [at for at in range(1, len(parts)) if parts[at].startswith(self._starts)]
        if len(parts) != len(("管理情報", "CSV")) and len(places) != 1:
            self._fault("PREFIX", self._line.offset)
            return None
        at = places[0] if places else 1
        self._record.prefix = "@".join(parts[:at])
        skipped = len(self._record.prefix.encode(self._form.encoding)) + 1
        self._start += skipped
        self._body = self._line.content[skipped:]
        return "@".join(parts[at:])

    def _split(self, text: str) -> list[str] | None:
        fields = split(text)
        if fields is None:
            self._fault("UNCLOSED_QUOTE" if text.count('"') % 2 else "STRAY_QUOTE", self._start)
            return None
        if "\r" in text:
            self._fault("LONE_CR", self._start + self._body.index(b"\r"))
            return None
        return fields

    def _offset(self, place: int) -> int:
        """Return the byte offset of an item: the comma before it that stands outside quotes."""
        at, quoted = 0, False
        for byte_at, byte in enumerate(self._body):
            if place == 0:
                break
            quoted ^= byte == ord('"')
            if byte == ord(",") and not quoted:
                place -= 1
                at = byte_at + 1
        return self._start + at

    def _fault(self, code: str, offset: int, detail: str = "") -> None:
        self._record.findings = [self._findings.add(code, offset, self._line.number, detail=detail)]


def _is_utf_8(content: bytes) -> bool:
    """Tell whether a line is UTF-8 beyond ASCII; most such lines can be read as CP932 too, as other text."""
    if content.isascii():
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
