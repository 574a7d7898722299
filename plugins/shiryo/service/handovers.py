"""Handing documents out to a vendor who punches, and noting what came back and that the rest was erased.

A batch is out until as many documents came back, as data or as sheets, as were handed out, and the vendor has
reported that it keeps none (消去・返却報告).
"""

import re
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from sqlalchemy.exc import IntegrityError

from core.errors import Invalid, NotFound
from core.work import Work
from plugins.shiryo.manifest import Sender, check_sender, tax_year
from plugins.shiryo.queries import deliveries, handovers

JOURNAL_TYPE = "shiryo.handover"
VENDOR = "vendor"
MOST = 10**9
_TEXT = re.compile(r"[^\x00-\x1f\x7f]{1,200}")


class Came(StrEnum):
    """What came of a batch."""

    DELIVERED = "delivered"
    RETURNED = "returned"
    ERASED = "erased"


@dataclass(frozen=True, slots=True)
class Batch:
    """What is handed out: to whom, how many documents, and the SHA-256 of the list that goes with them."""

    tax_year: int
    vendor_code: str
    vendor_name: str
    contents: str
    documents: int
    list_sha256: bytes
    handed_on: date


@dataclass(frozen=True, slots=True)
class Event:
    """What came of it: a delivery; sheets (`documents`); or neither, the report that nothing is kept."""

    kind: Came
    happened_on: date
    delivery_id: int | None = None
    documents: int | None = None
    reference: str = ""


async def hand_over(work: Work, batch: Batch) -> int:
    """Note a batch and return its number. Raises Invalid, ManifestInvalid."""
    year = tax_year(batch.tax_year)
    vendor = check_sender(Sender(batch.vendor_code, VENDOR, batch.vendor_name))
    _expect("contents", bool(_TEXT.fullmatch(batch.contents)))
    _expect("documents", 0 < batch.documents <= MOST)
    _expect("listSha256", len(batch.list_sha256) == 32)
    _expect("handedOn", batch.handed_on <= work.today)
    sender_id = await deliveries.sender_id(work.session, vendor)
    _expect("vendorCode", await handovers.sender_kind(work.session, sender_id) == VENDOR)
    row = {
        "tax_year": year,
        "sender_id": sender_id,
        "contents": batch.contents,
        "documents": batch.documents,
        "list_sha256": batch.list_sha256,
        "handed_on": batch.handed_on,
        "recorded_by": work.staff,
        "recorded_at": work.now,
    }
    handover_id = await handovers.add_handover(work.session, row)
    work.journal.wrote(JOURNAL_TYPE, str(handover_id), {"handover"})
    return handover_id


async def note(work: Work, handover_id: int, event: Event) -> None:
    """Note what came of a batch. Raises NotFound, Invalid; a delivery and an erasure are noted once."""
    batch = await handovers.find_handover(work.session, handover_id)
    if batch is None:
        raise NotFound
    _expect("happenedOn", batch.handed_on <= event.happened_on <= work.today)
    _expect("deliveryId", (event.kind is Came.DELIVERED) == (event.delivery_id is not None))
    _expect("documents", (event.kind is Came.RETURNED) == (event.documents is not None))
    _expect("documents", event.documents is None or 0 < event.documents <= MOST)
    is_said = bool(_TEXT.fullmatch(event.reference))
    _expect("reference", is_said or (event.kind is Came.DELIVERED and not event.reference))
    if event.delivery_id is not None:
        _expect("deliveryId", await handovers.is_delivery_of(work.session, event.delivery_id, batch))
    row = {
        "handover_id": handover_id,
        "kind": event.kind.value,
        "happened_on": event.happened_on,
        "delivery_id": event.delivery_id,
        "documents": event.documents,
        "reference": event.reference,
        "recorded_by": work.staff,
        "recorded_at": work.now,
    }
    try:
        await handovers.add_event(work.session, row)
    except IntegrityError:
        raise Invalid(
            "この受付または消去報告は、すでに記録されています。", field="kind", rule="once"
        ) from None
    work.journal.wrote(JOURNAL_TYPE, str(handover_id), {event.kind.value})


def _expect(place: str, holds: bool) -> None:  # noqa: FBT001  # reads as a sentence at every call
    if not holds:
        raise Invalid(field=place, rule="value")
