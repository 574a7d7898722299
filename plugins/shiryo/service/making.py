"""The document that confirmed values become: with bytes of its own, in the place of the one it corrects."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row

from core.storage.ids import reserve_ids
from core.work import Work
from plugins.atena.api import Keyring
from plugins.shiryo.errors import DocumentChanged
from plugins.shiryo.manifest import Announced, Manifest, Sender
from plugins.shiryo.queries import deliveries, documents, work_items
from plugins.shiryo.queries import keying as queries
from plugins.shiryo.queries.deliveries import Entered
from plugins.shiryo.reading.sheet import Sheet
from plugins.shiryo.service.attaching import attach
from plugins.shiryo.service.intake import DUPLICATE_DOCUMENT, NO_TARGET
from plugins.shiryo.service.keyed import Keyed
from plugins.shiryo.service.originals import sealed_chunks
from plugins.shiryo.service.readings import Source, document_rows, finding_row
from plugins.shiryo.tables import document

JOURNAL_TYPE = "shiryo.document"
SAME_PERSON = ("my_number_index", "name", "kana", "birth_date", "address")
"""While these stay, a correction belongs to whom the document was attached to."""


@dataclass(frozen=True, slots=True)
class Confirmed:
    """A work item, the attempt that was confirmed, what was keyed, and the document that it corrects."""

    item: Row[Any]
    attempt: Row[Any]
    found: Keyed
    old: Row[Any] | None


async def make(work: Work, keyring: Keyring, given: Confirmed) -> int:
    """Write the document with a delivery and a file of its own; it takes the place of the corrected one.

    Returns its id. Raises DocumentChanged.
    """
    item, old = given.item, given.old
    [made_id] = await reserve_ids(work.session, document, 1)
    if old is not None and not await queries.supersede(work, old.id, made_id):
        raise DocumentChanged
    delivery_id, file_id = await _receive(work, keyring, given)
    source = Source(file_id, item.sender_id, item.tax_year, item.sender_code)
    [row] = document_rows(keyring, [source], Sheet(given.found.layout.form, [given.found.record]))
    values = dict(zip(documents.DOCUMENT_COLUMNS, row, strict=True))
    if old is not None:
        values.update(record_key=old.record_key, fingerprint=old.fingerprint, action="correct")
    await documents.add_document(work.session, made_id, values)
    await deliveries.accept(work, [delivery_id])
    if old is None:
        superseded, without_target = await documents.supersede(work.session, [delivery_id], work.now)
        await work_items.close_superseded(work, superseded)
        duplicates = await documents.hold_duplicates(work.session, [delivery_id])
        await work_items.open_for_documents(work, without_target, NO_TARGET)
        await work_items.open_for_documents(work, duplicates, DUPLICATE_DOCUMENT)
    else:
        await queries.close_items(work, old.id, item.proposed_by, item.reason, made_id)
    await work_items.open_for_findings(work, [delivery_id])
    await queries.finish(work.session, given.attempt.id, delivery_id, made_id)
    work.journal.wrote(JOURNAL_TYPE, str(made_id), {"values"})
    return made_id


async def _receive(work: Work, keyring: Keyring, given: Confirmed) -> tuple[int, int]:
    """Enter a delivery and a file for what was keyed, when it was and by whom; return their ids."""
    attempt, found = given.attempt, given.found
    form = found.layout.form
    name = f"keying-{attempt.id}"
    announced = Announced(name, form.kind, form.version)
    manifest = Manifest(given.item.tax_year, Sender("", "", ""), await _channel(work, given), [announced])
    keyed_then = Work(work.session, work.journal, attempt.keyed_by, attempt.keyed_at)
    [delivery_id] = await deliveries.add_deliveries(keyed_then, [(manifest, given.item.sender_id, "")])
    entered = Entered(delivery_id, announced, size=len(found.data), received_records=1)
    [file_id] = await deliveries.add_files(work.session, [entered])
    await deliveries.add_chunks(work.session, sealed_chunks(keyring, file_id, found.data))
    result = {
        "file_id": file_id,
        "layout": found.layout.id,
        "read": 1,
        "held": int(not found.record.ok),
        "findings": len(found.findings),
        "totals": {},
    }
    await deliveries.save_files(work.session, [result])
    await documents.add_findings(work.session, [finding_row(file_id, each) for each in found.findings])
    return delivery_id, file_id


async def _channel(work: Work, given: Confirmed) -> str:
    """Return the way a document came: a correction's is that of what it corrects."""
    if given.old is None:
        return str(given.attempt.channel)
    [delivery] = await deliveries.delivery_rows(work.session, ids=[given.old.delivery_id])
    return str(delivery.channel)


async def place(
    work: Work, keyring: Keyring, made_id: int, old: Row[Any] | None, ours: Collection[str]
) -> None:
    """Attach the document as any other, or to whom the old one was, if it says of the same person."""
    row = (await documents.documents_by_id(work.session, [made_id]))[made_id]
    same = old is not None and all(getattr(old, name) == getattr(row, name) for name in SAME_PERSON)
    if old is not None and same and old.person_id is not None:
        given = (made_id, old.person_id, old.method, old.score, list(old.reasons), work.staff, work.now)
        await documents.add_attachments(work.session, [given])
    elif old is not None and same and old.forwarded_to is not None:
        await documents.add_forwardings(work.session, [(made_id, old.forwarded_to, work.staff, work.now)])
    else:
        await attach(work, keyring, [row], ours)
