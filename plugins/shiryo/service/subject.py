"""Under which objects the access log knows a person of 課税資料."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row

from core.access.subject import About, about
from core.storage.database import ReadSession
from plugins.atena.api import eltax_ids_ever, one_person
from plugins.shiryo.queries import subject
from plugins.shiryo.service import forwarding, handovers, making, receiving, resolving

KEYING, EXPECTATION = "shiryo.keying", "shiryo.expectation"
Spans = Collection[tuple[datetime | None, datetime | None]]
"""From when, and before when, something told of a person."""


async def objects_of(session: ReadSession, atena_number: str) -> Sequence[About]:
    """Name the objects of one person: as whom the documents are about, and as who sent them."""
    person_ids = list(await one_person(session, atena_number))
    return [*await _of_documents(session, person_ids), *await _of_sender(session, person_ids)]


async def _of_documents(session: ReadSession, person_ids: Sequence[int]) -> Sequence[About]:
    documents = await subject.documents_ever(session, person_ids)
    spans = {row.document_id: (row.since, row.until) for row in documents}
    keyings = await subject.keyings_of(session, list(spans))
    items = await subject.items_of(session, list(spans), person_ids)
    kept = [document_id for document_id, span in spans.items() if span == (None, None)]
    return [
        *(About(making.JOURNAL_TYPE, str(document_id), *span) for document_id, span in spans.items()),
        *(About(KEYING, str(row.id), *spans[row.document_id]) for row in keyings),
        *about(resolving.JOURNAL_TYPE, {row.item_id for row in keyings if row.document_id in kept}),
        *about(resolving.JOURNAL_TYPE, {row.id for row in items if _is_theirs(row, spans)}),
        *about(forwarding.JOURNAL_TYPE, await subject.dispatches_of(session, kept)),
        *about(handovers.JOURNAL_TYPE, await subject.handovers_of(session, kept)),
    ]


def _is_theirs(item: Row[Any], spans: Mapping[int, tuple[datetime | None, datetime | None]]) -> bool:
    """Tell whether an item names a person, or was there while its document was taken for theirs."""
    if item.is_proposed:
        return True
    since, until = spans[item.document_id]
    is_over = since is not None and item.closed_at is not None and item.closed_at < since
    return not is_over and (until is None or item.opened_at < until)


async def _of_sender(session: ReadSession, person_ids: Sequence[int]) -> Sequence[About]:
    """Name what came under their 利用者ID: deliveries, and the lines of the ledger that wait for one."""
    held: defaultdict[str, list[tuple[datetime, datetime | None]]] = defaultdict(list)
    for row in await eltax_ids_ever(session, person_ids):
        held[row.user_id].append((row.since, row.until))
    deliveries = await subject.deliveries_by(session, list(held))
    return [
        *_told_by_code(held),
        *about(receiving.JOURNAL_TYPE, (row.id for row in deliveries if _holds(held[row.code], row))),
    ]


def _told_by_code(held: Mapping[str, Spans]) -> Iterator[About]:
    for code, spans in held.items():
        for kind in (receiving.JOURNAL_TYPE, EXPECTATION):
            yield from (About(kind, code, *span) for span in spans)


def _holds(spans: Collection[tuple[datetime, datetime | None]], row: Row[Any]) -> bool:
    return any(
        since <= row.received_at and (until is None or row.received_at < until) for since, until in spans
    )
