"""Keying and correcting the values of a document: one officer keys, another confirms against the original.

What was keyed is a work item like any other decision, and counts only when it is confirmed: the document then
made has its own bytes in the notation of its layout, and supersedes the one that was corrected. The received
bytes stay. A correction keeps what the sender calls the document by, so that the sender's own 訂正 or 取消
still meets it, and the same slip sent again is still known.
"""

import hmac
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row

from core.errors import Invalid, NotFound
from core.graphql.masking import require_reason
from core.work import Work
from plugins.atena.api import Keyring, Parcel, open_parcel, seal_parcel
from plugins.shiryo.errors import DocumentChanged, KeyingDiffers
from plugins.shiryo.manifest import CHANNELS, Sender, check_sender, tax_year
from plugins.shiryo.queries import deliveries, documents, work_items
from plugins.shiryo.queries import keying as queries
from plugins.shiryo.queries.work_items import CORRECTION, KEYED_DOCUMENT
from plugins.shiryo.reading.layout import load_layout
from plugins.shiryo.service import resolving
from plugins.shiryo.service.keyed import Keyed, keyed, numbers_in, read_keyed, values_of
from plugins.shiryo.service.kinds import known_kind
from plugins.shiryo.service.making import Confirmed, make, place
from plugins.shiryo.service.showing import layout_by_id, read_record


@dataclass(frozen=True, slots=True)
class Paper:
    """A paper document: of which year and kind, who handed it in or sent it, and which way it came."""

    tax_year: int
    sender: Sender
    channel: str
    kind: str
    version: str | None = None


async def propose_correction(
    work: Work,
    keyring: Keyring,
    document_id: int,
    changes: Mapping[str, str],
    reason: str,
    expected: int | None = None,
) -> int:
    """Propose other values for items of a document; returns the work item that somebody else confirms.

    A correction that is open already is proposed anew: `expected` is then its version as it was seen. Raises
    NotFound, DocumentChanged, Conflict, KeyingInvalid with all findings, Invalid where nothing would change.
    """
    require_reason(reason)
    row = (await documents.documents_by_id(work.session, [document_id])).get(document_id)
    if row is None:
        raise NotFound
    if row.superseded_by is not None or row.action == "cancel":
        raise DocumentChanged
    before = await _values_before(work, keyring, row)
    values = {name: value for name, value in {**before, **changes}.items() if value}
    if values == before:
        raise Invalid(field="values", rule="no-change")
    found = keyed(layout_by_id(row.layout), values)
    item: dict[str, Any] = {
        "tax_year": row.tax_year,
        "sender_id": row.sender_id,
        "delivery_id": row.delivery_id,
        "file_id": row.file_id,
        "document_id": document_id,
        "code": CORRECTION,
        "difference": 0,
    }
    open_item = await queries.open_item(work.session, document_id, CORRECTION)
    return await _propose(work, keyring, found, item, "", reason, open_item, expected)


async def propose_document(
    work: Work,
    keyring: Keyring,
    paper: Paper,
    values: Mapping[str, str],
    reason: str,
    again: tuple[int, int] | None = None,
) -> int:
    """Propose a paper document as it was keyed; returns the work item that somebody else confirms.

    `again` is an item that was sent back, with its version. Raises ManifestInvalid for a sender, year or
    channel that is none, LayoutUnknown, KeyingInvalid with all findings.
    """
    require_reason(reason)
    layout = load_layout(
        known_kind(paper.kind),
        version=paper.version,
        year=tax_year(paper.tax_year) - 1 if paper.version is None else None,
    )
    if paper.channel not in CHANNELS:
        raise Invalid(field="channel", rule="value")
    found = keyed(layout, {name: value for name, value in values.items() if value})
    item: dict[str, Any] = {
        "tax_year": paper.tax_year,
        "sender_id": await deliveries.sender_id(work.session, check_sender(paper.sender)),
        "code": KEYED_DOCUMENT,
        "difference": 1,
    }
    if again is None:
        return await _propose(work, keyring, found, item, paper.channel, reason, None, None)
    item_id, expected = again
    known = await resolving.open_item(work, item_id)
    if known.code != KEYED_DOCUMENT:
        raise Invalid(field="itemId", rule="keying")
    return await _propose(work, keyring, found, item, paper.channel, reason, item_id, expected)


async def confirm(
    work: Work,
    keyring: Keyring,
    item_id: int,
    expected: int,
    numbers: Mapping[str, str],
    ours: Collection[str],
) -> int:
    """Confirm what somebody else keyed, having compared it with the original; returns the document made.

    `numbers` are the My Numbers among the values, keyed once more from the original: nobody is shown them.
    Raises NotFound, Conflict, ItemClosed, SelfApproval, KeyingDiffers, DocumentChanged.
    """
    item = await resolving.proposed_item(work, item_id)
    attempt = await _attempt(work, item)
    found = opened(keyring, attempt)
    old = await _corrected(work, attempt)
    before = await _values_before(work, keyring, old) if old is not None else {}
    _compare(numbers_in(found.layout, values_of(found.record), before), numbers)
    await resolving.close(work, item, expected)
    made_id = await make(work, keyring, Confirmed(item, attempt, found, old))
    await place(work, keyring, made_id, old, ours)
    return made_id


def _compare(expected: Mapping[str, str], numbers: Mapping[str, str]) -> None:
    """Raise KeyingDiffers unless the same numbers were keyed; a 0 before a 個人番号 makes no difference."""
    if numbers.keys() != expected.keys():
        raise KeyingDiffers(items=sorted(expected))
    pairs = ((value, numbers[name]) for name, value in expected.items())
    if not all(hmac.compare_digest(_padded(one), _padded(other)) for one, other in pairs):
        raise KeyingDiffers(items=sorted(expected))


def _padded(number: str) -> bytes:
    return number.rjust(13, "0").encode()


async def _propose(
    work: Work,
    keyring: Keyring,
    found: Keyed,
    item: Mapping[str, Any],
    channel: str,
    reason: str,
    open_item: int | None,
    expected: int | None,
) -> int:
    keying_id = await queries.reserve_id(work.session)
    proposal: dict[str, Any] = {
        "state": "proposed",
        "proposal": {"action": resolving.KEY, "keying_id": keying_id},
        "reason": reason,
        "proposed_by": work.staff,
    }
    if open_item is None:
        item_id = await work_items.add_item(work, **item, **proposal)
    else:
        item_id = open_item
        await work_items.change(work.session, item_id, 0 if expected is None else expected, **proposal)
    parcel = seal_parcel(keyring, _seal_place(keying_id), found.data)
    await queries.add(
        work.session,
        {
            "id": keying_id,
            "item_id": item_id,
            "document_id": item.get("document_id"),
            "layout": found.layout.id,
            "channel": channel,
            "key_version": parcel.key_version,
            "sealed": parcel.sealed,
            "keyed_by": work.staff,
            "keyed_at": work.now,
        },
    )
    work.journal.wrote(resolving.JOURNAL_TYPE, str(item_id), {"values"})
    return item_id


async def _attempt(work: Work, item: Row[Any]) -> Row[Any]:
    if item.proposal["action"] != resolving.KEY:
        raise Invalid(field="itemId", rule="keying")
    found = await queries.by_id(work.session, item.proposal["keying_id"])
    if found is None:
        raise NotFound
    return found


def opened(keyring: Keyring, attempt: Row[Any]) -> Keyed:
    """Return what was keyed in an attempt."""
    parcel = Parcel(attempt.key_version, attempt.sealed)
    data = open_parcel(keyring, _seal_place(attempt.id), parcel)
    return read_keyed(layout_by_id(attempt.layout), data)


async def _corrected(work: Work, attempt: Row[Any]) -> Row[Any] | None:
    """Return the document that is corrected, as it stands now; None for a paper document."""
    if attempt.document_id is None:
        return None
    row = (await documents.documents_by_id(work.session, [attempt.document_id]))[attempt.document_id]
    if row.superseded_by is not None:
        raise DocumentChanged
    return row


async def _values_before(work: Work, keyring: Keyring, row: Row[Any]) -> dict[str, str]:
    record = await read_record(work.session, keyring, row)
    return values_of(record) if record is not None else {}


def _seal_place(keying_id: int) -> str:
    return f"shiryo.keying:{keying_id}"
