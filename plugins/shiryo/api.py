"""What other plug-ins may import of 課税資料: the documents that count, the state of a year, the layouts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select

from core.storage.database import ReadSession
from plugins.shiryo.graphql.documents import Document
from plugins.shiryo.graphql.enums import SenderKind
from plugins.shiryo.manifest import SCHEMA, SCHEMA_VERSION
from plugins.shiryo.queries import counting, documents, ledger, work_items
from plugins.shiryo.queries.attached import attached_between
from plugins.shiryo.queries.traffic import deliveries_between
from plugins.shiryo.reading.errors import LayoutUnknown
from plugins.shiryo.reading.layout import Layout, layouts, load_layout
from plugins.shiryo.service.ledger import Ledger, read_ledger

__all__ = [
    "SCHEMA",
    "SCHEMA_VERSION",
    "Document",
    "DocumentFacts",
    "Layout",
    "LayoutUnknown",
    "Ledger",
    "SenderKind",
    "attached_between",
    "blocking_items",
    "deliveries_between",
    "documents_between",
    "documents_by_id",
    "documents_by_person",
    "documents_of",
    "expected_payers",
    "layouts",
    "load_layout",
    "persons_touched",
    "read_ledger",
]


@dataclass(frozen=True, slots=True)
class DocumentFacts:
    """A document that counts: whose, of which kind, from whom, and what it says.

    `amounts` are yen by fact of the calculation; `items` further items of its layout as read (numbers as int,
    all else as text, empty ones left out); `relatives` the people whom it names: `role` (spouse, dependant,
    under16, family_employee, retired_relative), `place` from 1, `name`, `kana`, `birth` (known to the day),
    `relation`, `number` (hex of the blind index), and the layout's own items. See docs/plugins/shiryo.md.
    """

    id: int
    person_id: int
    kind: str
    tax_year: int
    birth_date: date | None
    amounts: Mapping[str, int]
    sender_id: int
    sender_code: str
    record_key: str
    """Hex; a correction shares it with what it corrects, within sender and year."""
    action: str
    """`new`, `add` or `correct`: what was cancelled, and the cancellation itself, do not count."""
    accepted_at: datetime
    items: Mapping[str, int | str]
    relatives: Sequence[Mapping[str, int | str]]


RECORD_KEY = [each.name for each in fields(DocumentFacts)].index("record_key")


async def documents_of(
    session: ReadSession, person_ids: Sequence[int], tax_year: int
) -> Sequence[DocumentFacts]:
    """Return the accepted, attached, live documents of persons: neither held nor superseded nor cancelled."""
    return [_facts(row) for row in await counting.of_persons(session, tax_year, person_ids)]


async def documents_between(
    session: ReadSession, tax_year: int, first_person_id: int, last_person_id: int
) -> Sequence[DocumentFacts]:
    """Return the documents of `documents_of` for a range of persons, by person and id; 20,000 at a time."""
    return [_facts(row) for row in await counting.between(session, tax_year, first_person_id, last_person_id)]


async def documents_by_id(session: ReadSession, ids: Sequence[int]) -> Mapping[int, Document]:
    """Return accepted documents as they are shown, whether they still count or not."""
    rows = await documents.documents_by_id(session, ids)
    return {document_id: Document.of(row) for document_id, row in rows.items()}


async def persons_touched(session: ReadSession, tax_year: int, since: datetime) -> Sequence[int]:
    """Return, in order, the persons whose set of counting documents may have changed after `since`.

    Attachments begun or ended, documents superseded, and documents of which a work item was decided.
    """
    return await counting.touched(session, tax_year, since)


def documents_by_person(tax_year: int) -> Select[Any]:
    """Return a statement that gives `person_id`, `kind` and `amounts` of each document of `documents_of`.

    For those who count a whole city at once: a statement, not rows.
    """
    return counting.by_person(tax_year)


async def blocking_items(session: ReadSession, tax_year: int) -> int:
    """Return how many open work items keep a year from the merge; 0 lets it go on."""
    return sum(row.blocking for row in await work_items.counts(session, tax_year))


async def expected_payers(session: ReadSession, tax_year: int) -> Sequence[str]:
    """Return the codes (指定番号) of payers who reported last year or were entered for this one, in order."""
    rows = await ledger.expected(session, tax_year)
    return [row.sender_code for row in rows if row.sender_kind == "payer"]


def _facts(row: Sequence[Any]) -> DocumentFacts:
    """Make it of a row of `queries.counting`, whose columns stand in the order of the fields."""
    said = list(row)
    said[RECORD_KEY] = row[RECORD_KEY].hex()
    return DocumentFacts(*said)
