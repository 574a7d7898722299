"""Records to the bytes of a CSV layout: the other way of reading, for exchanges and for synthetic files."""

from collections.abc import Iterable, Iterator, Mapping
from typing import TypeAlias

from plugins.shiryo.reading.errors import WriteRefused
from plugins.shiryo.reading.form import Form, Item

Value: TypeAlias = str | int | None
_BREAKING = frozenset('"\r\n\x00')


def csv_lines(form: Form, records: Iterable[Mapping[str, Value]], prefix: str = "") -> Iterator[bytes]:
    """Yield one line per record, and the header line where the layout has one.

    Items that are not given stay empty, the document type fills itself. Values are written as given, right or
    wrong; raises WriteRefused for an unknown item, or a value that the encoding or the structure cannot hold.
    """
    if form.header:
        yield header(form) + b"\r\n"
    lead = f"{prefix}@".encode("ascii") if prefix else b""
    names = [item.name for item in form.items]
    constant = {"document_type": form.code} if form.code else {}
    for record in records:
        if not record.keys() <= form.index.keys():
            raise WriteRefused(item=min(record.keys() - form.index.keys()), rule="unknown-item")
        given = {**constant, **record}
        yield lead + _line(form, ["" if (v := given.get(n)) is None else str(v) for n in names]) + b"\r\n"


def header(form: Form) -> bytes:
    """Return the header line of a neutral layout, without line break: the official names."""
    return ",".join(item.label for item in form.items).encode(form.encoding)


def _line(form: Form, texts: list[str]) -> bytes:
    line = ",".join(texts)
    if line.count(",") == len(texts) - 1 and _BREAKING.isdisjoint(line):
        try:
            return line.encode(form.encoding)
        except UnicodeEncodeError:
            pass  # cell by cell below, to name the item
    return b",".join(_cell(form, item, text) for item, text in zip(form.items, texts, strict=True))


def _cell(form: Form, item: Item, text: str) -> bytes:
    if "," in text or not _BREAKING.isdisjoint(text):
        text = _quoted(form, item, text)
    try:
        return text.encode(form.encoding)
    except UnicodeEncodeError:
        raise WriteRefused(item=item.name, rule="encoding") from None


def _quoted(form: Form, item: Item, text: str) -> str:
    """Only neutral layouts quote; a line break stands in no value, so one line is one record."""
    if form.encoding == "cp932" or not {"\r", "\n", "\x00"}.isdisjoint(text):
        raise WriteRefused(item=item.name, rule="structure")
    return '"' + text.replace('"', '""') + '"'
