"""The original beside its reading: the received bytes as text, and every item read from them once more."""

import re
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row

from core.graphql.masking import MASKED_TEXT
from core.storage.database import ReadSession
from plugins.atena.api import Keyring
from plugins.shiryo.reading.layout import Layout, layouts
from plugins.shiryo.service.originals import original

NUMBERS = frozenset({"my_number", "payer_number"})
_MY_NUMBER = re.compile(r"(?<![0-9０-９])[0０]?[0-9０-９]{12}(?![0-9０-９])")


@dataclass(frozen=True, slots=True)
class ReadItem:
    """One item: its number and official label in the layout, and what stands there."""

    number: int
    label: str
    value: str


async def masked_text(session: ReadSession, keyring: Keyring, row: Row[Any]) -> str:
    """Return the bytes of a document as text; whatever looks like a My Number is masked."""
    data = await original(session, keyring, row.file_id, row.start, row.length)
    text = data.decode(_layout(row).form.encoding, "backslashreplace")
    return _MY_NUMBER.sub(MASKED_TEXT, text)


async def read_items(session: ReadSession, keyring: Keyring, row: Row[Any]) -> list[ReadItem]:
    """Read a document from its file again, by the layout that it was read with then."""
    layout = _layout(row)
    data = await original(session, keyring, row.file_id)
    for record in layout.read(data, ""):
        if record.offset == row.start and record.fields:
            pairs = zip(layout.items, record.fields, strict=False)
            return [
                ReadItem(item.no, item.label, MASKED_TEXT if value and item.type in NUMBERS else value)
                for item, value in pairs
            ]
    return []


def _layout(row: Row[Any]) -> Layout:
    return next(layout for layout in layouts() if layout.id == row.layout)
