"""Documents that speak of somebody under 支援措置: where they live must not be read off a slip either.

Held documents and cancellations have no person, so whoever the number or the names may mean counts as well.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Row

from core.storage.database import ReadSession
from plugins.atena.api import Moment, Particulars, hidden_ids, holders_of, persons_alike
from plugins.shiryo.queries import documents
from plugins.shiryo.queries.people import people_of
from plugins.shiryo.service.attaching import stated_by


async def hidden_among(session: ReadSession, document_ids: Sequence[int], day: date) -> frozenset[int]:
    """Return which of the documents may be about somebody whose address must not be shown on a day."""
    rows = await documents.documents_by_id(session, document_ids)
    people = await _people(session, rows)
    hidden = await hidden_ids(session, sorted(set().union(*people.values())), Moment(day))
    return frozenset(document_id for document_id, ids in people.items() if ids & hidden)


async def _people(session: ReadSession, rows: Mapping[int, Row[Any]]) -> Mapping[int, set[int]]:
    """Return by document whose it is or was, whose it may be, and who is like the one it speaks of."""
    found: defaultdict[int, set[int]] = defaultdict(set)
    for row in await people_of(session, list(rows)):
        found[row.document_id].add(row.person_id)
    numbered = [row for row in rows.values() if row.my_number_index is not None]
    holders = await holders_of(session, [row.my_number_index for row in numbered])
    for row in numbered:
        found[row.id] |= holders.get(row.my_number_index, set())
    stated = [stated_by(row) for row in rows.values()]
    particulars = [Particulars(one.name_key, one.kana_key, one.birth_date) for one in stated]
    alike = await persons_alike(session, particulars)
    for place, document_id in enumerate(rows):
        found[document_id] |= alike.get(place, set())
    return found
