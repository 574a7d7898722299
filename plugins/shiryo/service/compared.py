"""What was keyed beside what was read before, item by item, as whoever confirms sees it: numbers masked."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row

from core.storage.database import ReadSession
from plugins.atena.api import Keyring
from plugins.shiryo.queries import documents
from plugins.shiryo.service.keyed import item_of, numbers_in, values_of
from plugins.shiryo.service.keying import opened
from plugins.shiryo.service.showing import read_record, shown


@dataclass(frozen=True, slots=True)
class Compared:
    """One item: empty where nothing stood or stands; `must_retype` asks whoever confirms for the number."""

    name: str
    number: int
    label: str
    before: str
    after: str
    is_changed: bool
    must_retype: bool


async def compared(
    session: ReadSession, keyring: Keyring, attempt: Row[Any], *, hides_places: bool = False
) -> list[Compared]:
    """Return all items of an attempt (a row of `shiryo.keying`), in the order of the layout."""
    found = opened(keyring, attempt)
    before: dict[str, str] = {}
    if attempt.document_id is not None:
        rows = await documents.documents_by_id(session, [attempt.document_id])
        record = await read_record(session, keyring, rows[attempt.document_id])
        before = values_of(record) if record is not None else {}
    after = values_of(found.record)
    retype = numbers_in(found.layout, after, before)
    made = []
    for name in {**before, **after}:
        number, label, type_ = item_of(found.layout, name)
        old, new = before.get(name, ""), after.get(name, "")
        made.append(
            Compared(
                name=name,
                number=number,
                label=label,
                before=shown(old, type_, label, hides_places=hides_places),
                after=shown(new, type_, label, hides_places=hides_places),
                is_changed=old != new,
                must_retype=name in retype,
            )
        )
    return sorted(made, key=lambda item: item.number)
