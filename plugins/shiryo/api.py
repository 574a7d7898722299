"""What other plug-ins may import of 課税資料: the documents that count, the state of a year, the layouts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from core.storage.database import ReadSession
from plugins.shiryo.graphql.documents import Document
from plugins.shiryo.manifest import SCHEMA, SCHEMA_VERSION
from plugins.shiryo.queries import documents, work_items
from plugins.shiryo.reading.errors import LayoutUnknown
from plugins.shiryo.reading.layout import Layout, layouts, load_layout
from plugins.shiryo.service.ledger import Ledger, read_ledger
from plugins.shiryo.work import Work

__all__ = [
    "SCHEMA",
    "SCHEMA_VERSION",
    "Document",
    "DocumentFacts",
    "Layout",
    "LayoutUnknown",
    "Ledger",
    "Work",
    "blocking_items",
    "documents_of",
    "layouts",
    "load_layout",
    "read_ledger",
]


@dataclass(frozen=True, slots=True)
class DocumentFacts:
    """A document that counts: whose, of which kind, and its amounts in yen by fact of the calculation."""

    id: int
    person_id: int
    kind: str
    tax_year: int
    birth_date: date | None
    amounts: Mapping[str, int]


async def documents_of(
    session: ReadSession, person_ids: Sequence[int], tax_year: int
) -> Sequence[DocumentFacts]:
    """Return the accepted, attached, live documents of persons: neither held nor superseded nor cancelled."""
    rows = await documents.documents_of_person(session, person_ids, tax_year)
    return [
        DocumentFacts(row.id, row.person_id, row.kind, row.tax_year, row.birth_date, row.amounts)
        for row in rows
    ]


async def blocking_items(session: ReadSession, tax_year: int) -> int:
    """Return how many open work items keep a year from the merge; 0 lets it go on."""
    return sum(row.blocking for row in await work_items.counts(session, tax_year))
