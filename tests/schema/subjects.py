"""A person who stands in every kind of row that any plug-in keeps, also in those that came to nothing."""

from itertools import count
from typing import Any

from sqlalchemy import select

from core.storage.database import WriteSession
from plugins.atena import tables as atena
from plugins.shikakeisan.base import tables as base
from plugins.shikakeisan.correction import tables as correction
from plugins.shikakeisan.forms import tables as forms
from plugins.shikakeisan.inquiry import tables as inquiry
from plugins.shikakeisan.merge import tables as merge
from plugins.shiryo import tables as shiryo
from plugins.shiryo import tables_dispatch, tables_handover, tables_keying
from tests.rows import NOW, put

YEAR = 2026
_numbers = count(1)


async def new_person(session: WriteSession, atena_number: str, primary: int | None = None) -> int:
    """Let somebody be there, as another number of a person where one is named."""
    person = await put(session, atena.person, atena_number=atena_number)
    if primary is not None:
        await put(session, atena.person_link, person_id=person.id, primary_id=primary)
    return int(person.id)


async def stand_everywhere(session: WriteSession, person_id: int, atena_number: str) -> None:
    """Write one row of each kind about a person."""
    number = next(_numbers)
    if await session.scalar(select(base.fiscal_year.c.tax_year)) is None:
        await put(session, base.fiscal_year, tax_year=YEAR, municipality_code="331007", state="open")
    await _in_atena(session, person_id, atena_number, number)
    await _in_shiryo(session, person_id, f"user{number:07d}")
    await _in_correction(session, person_id)
    await _in_inquiry(session, person_id, number)
    await _in_base_and_merge(session, person_id)
    made = await put(session, forms.form_run)
    await put(session, forms.form, tax_year=YEAR, serial=number, run_id=made.id, person_id=person_id)


async def _in_atena(session: WriteSession, person_id: int, atena_number: str, number: int) -> None:
    case = {"kind": "different", "source": "資料", "sealed": bytes(40)}
    await put(session, atena.number_case, person_id=person_id, **case)
    await put(session, atena.platform_message, person_id=person_id, kind="changed")
    remedy = {"action": "replace", "replacement": {"atenaNumber": atena_number}, "outcome": "rejected"}
    await put(
        session,
        atena.feed_remedy,
        sequence=number,
        fingerprint=bytes(16),
        reason="確認",
        decided_by="",
        **remedy,
    )
    user = await put(session, atena.eltax_user, user_id=f"user{number:07d}")
    await put(session, atena.eltax_user_holder, eltax_user_id=user.id, person_id=person_id)


async def new_document(session: WriteSession, code: str, **said: Any) -> Any:
    """Let a document come in by a sender of eLTAX."""
    sender = await put(session, shiryo.sender, code=code, kind="eltax")
    delivery = await put(session, shiryo.delivery, sender_id=sender.id, channel="eltax", state="received")
    file = await put(session, shiryo.file, delivery_id=delivery.id)
    given = {"file_id": file.id, "sender_id": sender.id, "action": "new", **said}
    return await put(session, shiryo.document, **given)


async def delivery_of(session: WriteSession, document: Any) -> int | None:
    """Return the delivery that a document came in."""
    came = select(shiryo.file.c.delivery_id).where(shiryo.file.c.id == document.file_id)
    return await session.scalar(came)


async def _in_shiryo(session: WriteSession, person_id: int, code: str) -> None:
    document = await new_document(session, code)
    attached = {"document_id": document.id, "person_id": person_id}
    await put(session, shiryo.attachment, method="officer", known_to=NOW.replace(hour=10), **attached)
    item = await put(session, shiryo.work_item, sender_id=document.sender_id, state="open")
    await put(session, tables_keying.keying, item_id=item.id, document_id=document.id)
    sheets = {"sender_id": document.sender_id, "contents": "申告書"}
    batch = await put(session, tables_handover.handover, **sheets)
    back = {"kind": "delivered", "delivery_id": await delivery_of(session, document)}
    await put(session, tables_handover.handover_event, handover_id=batch.id, **back)
    to = {"document_id": document.id, "municipality_code": "332020"}
    forwarded = await put(session, shiryo.forwarding, **to)
    sent = await put(session, tables_dispatch.dispatch)
    await put(session, tables_dispatch.dispatched, dispatch_id=sent.id, forwarding_id=forwarded.id)


async def _in_correction(session: WriteSession, person_id: int) -> None:
    batch = await put(session, correction.batch, state="rejected")
    by_batch = {"batch_id": batch.id, "state": "rejected"}
    proposal = await put(session, correction.proposal, person_id=person_id, **by_batch)
    await put(session, correction.contact_slip, person_id=person_id, proposal_id=proposal.id)


async def _in_inquiry(session: WriteSession, person_id: int, number: int) -> None:
    sheet = {"sequence": number, "municipality_code": "332020", "state": "cancelled", "tax_year": YEAR}
    asked = await put(session, inquiry.inquiry, **sheet)
    await put(session, inquiry.inquiry_person, inquiry_id=asked.id, person_id=person_id)
    reply = {"inquiry_id": asked.id, "person_id": person_id, "kind": "no_record", "state": "withdrawn"}
    await put(session, inquiry.inquiry_reply, **reply)


async def _in_base_and_merge(session: WriteSession, person_id: int) -> None:
    refused = {"kind": "welfare", "action": "add", "state": "withdrawn"}
    circumstance = await put(session, base.circumstance_proposal, **refused)
    await put(session, base.circumstance_entry, proposal_id=circumstance.id, person_id=person_id)
    await put(session, merge.decision, person_id=person_id, proposed_by="100001")
    await put(session, merge.finding, person_id=person_id, stage="merge", state="gone")
