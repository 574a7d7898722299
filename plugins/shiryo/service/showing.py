"""The original beside its reading: the received bytes as text, and every item read from them once more."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from sqlalchemy import Row

from core.graphql.masking import MASKED_TEXT
from core.storage.database import ReadSession
from plugins.atena.api import Keyring
from plugins.shiryo.reading.csv_writer import header
from plugins.shiryo.reading.layout import Layout, layouts
from plugins.shiryo.reading.record import Record
from plugins.shiryo.service.keyed import NUMBERS
from plugins.shiryo.service.originals import original

# Twelve digits, also in groups of four, that stand alone; a payer's 個人番号 has a 0 before them.
_MY_NUMBER = re.compile(r"(?<![0-9０-９])[0０]?(?:[0-9０-９]{4}[-－ 　]?){2}[0-9０-９]{4}(?![0-9０-９])")

# Labels of items that tell where somebody lives, works or can be reached, and of free text that may.
_PLACE = re.compile("住所|居所|所在地|郵便番号|電話番号|納税地|提出先|通知元|摘要")


@dataclass(frozen=True, slots=True)
class ReadItem:
    """One item: its number and official label in the layout, and what stands there."""

    number: int
    label: str
    value: str


def masked(text: str) -> str:
    """Mask whatever looks like a My Number: people write one where a name or an address belongs."""
    return _MY_NUMBER.sub(MASKED_TEXT, text)


def shown(value: str, type_: str, label: str = "", *, hides_places: bool = False) -> str:
    """Return the value of an item as it may be shown; places stay hidden under 支援措置."""
    is_hidden = type_ in NUMBERS or (hides_places and _PLACE.search(label) is not None)
    return MASKED_TEXT if value and is_hidden else masked(value)


async def masked_text(session: ReadSession, keyring: Keyring, row: Row[Any]) -> str:
    """Return the bytes of a document as text, masked."""
    data = await original(session, keyring, row.file_id, row.start, row.length)
    return masked(data.decode(layout_by_id(row.layout).form.encoding, "backslashreplace"))


async def read_items(
    session: ReadSession, keyring: Keyring, row: Row[Any], *, hides_places: bool = False
) -> list[ReadItem]:
    """Read a document from its file again, by the layout that it was read with then."""
    record = await read_record(session, keyring, row)
    if record is None:
        return []
    pairs = zip(record.form.items, record.fields, strict=False)
    return [
        ReadItem(item.no, item.label, shown(value, item.type, item.label, hides_places=hides_places))
        for item, value in pairs
    ]


async def read_record(session: ReadSession, keyring: Keyring, row: Row[Any]) -> Record | None:
    """Return the record of a document, unmasked; None where it cannot be taken apart."""
    return (await read_records(session, keyring, [row])).get(row.id)


async def read_records(
    session: ReadSession, keyring: Keyring, rows: Sequence[Row[Any]]
) -> Mapping[int, Record]:
    """Return the records of documents by id, unmasked.

    Of a CSV file only their own lines are opened; a file of forms is read once for all of its documents.
    """
    found: dict[int, Record] = {}
    for file_id, group in groupby(sorted(rows, key=lambda row: (row.file_id, row.start)), _file):
        documents = list(group)
        layout = layout_by_id(documents[0].layout)
        if layout.form.form == "csv":
            for row in documents:
                line = await original(session, keyring, file_id, row.start, row.length)
                head = header(layout.form) + b"\r\n" if layout.form.header else b""
                record = next((record for record in layout.read(head + line, "") if record.fields), None)
                if record is not None:
                    found[row.id] = record
        else:
            found.update(_forms(layout, await original(session, keyring, file_id), documents))
    return found


def _file(row: Row[Any]) -> int:
    file_id: int = row.file_id
    return file_id


def _forms(layout: Layout, data: bytes, rows: Sequence[Row[Any]]) -> Iterator[tuple[int, Record]]:
    """Yield the forms of some documents of a file, which is read up to the last of them."""
    wanted = {row.start: row.id for row in rows}
    for record in layout.read(data, ""):
        if record.offset in wanted:
            document_id = wanted.pop(record.offset)
            if record.fields:
                yield document_id, record
        if not wanted:
            return


def layout_by_id(layout_id: str) -> Layout:
    """Return the layout that a file was read with."""
    return next(layout for layout in layouts() if layout.id == layout_id)
