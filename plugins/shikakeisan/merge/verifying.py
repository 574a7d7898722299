"""The documents in the present bases of a year, held against those that 課税資料 has attached today.

The job counts what it read; this asks 課税資料 anew, so that neither can be wrong alone. Who waits for the
next merge is no fault: whoever was touched, or came into the base, since the last one.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, FromClause, Select, cast, func, select, union_all
from sqlalchemy.dialects.postgresql import JSONB

from core.storage.database import ReadSession
from plugins.atena.api import primaries_of
from plugins.shikakeisan.base.standing import Standing
from plugins.shikakeisan.base.tables import base_person
from plugins.shikakeisan.merge.queries import block_ends
from plugins.shikakeisan.merge.tables import basis
from plugins.shikakeisan.sql import INFINITY
from plugins.shiryo.api import attached_between, persons_touched

CODE = "MERGE_DOCUMENTS_DIFFER"
BLOCK = 20_000
MOST = 2**63 - 1
Pair = tuple[int | None, int | None]
"""To whom a document is attached, and for whom it was merged."""


@dataclass(frozen=True, slots=True)
class Compared:
    """How many documents are `attached`; which of them no basis has, and which a basis has beside them.

    `waiting` are those of people whom the next merge takes up, `outside` of people who are not in the base.
    """

    attached: int
    unmerged: Sequence[int]
    unattached: Sequence[int]
    waiting: int
    outside: int

    @property
    def agrees(self) -> bool:
        """Tell whether both hold the same, but for what waits."""
        return not self.unmerged and not self.unattached


async def compare_documents(session: ReadSession, tax_year: int, merged_at: datetime) -> Compared:
    """Compare the bases of a year that was merged at a moment with what is attached now."""
    total, found = await _differences(session, tax_year)
    ids = sorted({one for pair in found.values() for one in pair if one is not None})
    primaries = await _primaries(session, ids)
    touched = set(await persons_touched(session, tax_year, merged_at))
    inside = await _inside(session, tax_year, {*ids, *primaries.values()})
    waiting = outside = 0
    unmerged: list[int] = []
    unattached: list[int] = []
    for document_id, (attached_to, merged_for) in sorted(found.items()):
        owner = None if attached_to is None else primaries.get(attached_to, attached_to)
        if owner is not None and owner == merged_for:
            continue
        if owner is not None and owner not in inside:
            outside += 1
        elif {owner, merged_for} & touched or (owner is not None and inside[owner] > merged_at):
            waiting += 1
        else:
            (unattached if owner is None else unmerged).append(document_id)
    return Compared(total, unmerged, unattached, waiting, outside)


async def _differences(session: ReadSession, tax_year: int) -> tuple[int, Mapping[int, Pair]]:
    """Count what is attached; return documents that only one side has, or each for another person.

    By ranges of persons, for a statement may take half a minute; so the two sides of a document that is
    attached to another number of somebody may come from two ranges.
    """
    total, found = 0, dict[int, Pair]()
    ends = await block_ends(session, tax_year, 0, BLOCK)
    for first, last in zip([0, *(end + 1 for end in ends)], [*ends, MOST], strict=True):
        attached = attached_between(tax_year, first, last)
        total += await session.scalar(select(func.count()).select_from(attached.subquery())) or 0
        for row in await session.execute(_differing(attached.subquery(), tax_year, first, last)):
            attached_to, merged_for = found.get(row.document_id, (None, None))
            found[row.document_id] = row.attached_to or attached_to, row.merged_for or merged_for
    return total, found


def _differing(attached: FromClause, tax_year: int, first: int, last: int) -> Select[Any]:
    person_id = basis.c.person_id
    present = (basis.c.tax_year == tax_year) & (basis.c.known_to == INFINITY) & person_id.between(first, last)
    put_aside = func.jsonb_array_elements(basis.c.aside, type_=JSONB)["document"].astext
    merged = union_all(
        select(func.unnest(basis.c.documents).label("document_id"), person_id).where(present),
        select(cast(put_aside, BigInteger), person_id).where(present),
    ).subquery()
    joined = attached.outerjoin(merged, attached.c.document_id == merged.c.document_id, full=True)
    return (
        select(
            func.coalesce(attached.c.document_id, merged.c.document_id).label("document_id"),
            attached.c.person_id.label("attached_to"),
            merged.c.person_id.label("merged_for"),
        )
        .select_from(joined)
        .where(attached.c.person_id.is_distinct_from(merged.c.person_id))
    )


async def _primaries(session: ReadSession, ids: Sequence[int]) -> Mapping[int, int]:
    found: dict[int, int] = {}
    for place in range(0, len(ids), BLOCK):
        found.update(await primaries_of(session, ids[place : place + BLOCK]))
    return found


async def _inside(session: ReadSession, tax_year: int, ids: Collection[int]) -> Mapping[int, datetime]:
    """Return since when each of these persons stands in the base as it is, without those outside."""
    person = base_person.c
    present = (person.tax_year == tax_year) & (person.known_to == INFINITY)
    wanted = select(person.person_id, person.known_from).where(present, person.standing != Standing.OUTSIDE)
    rows = await session.execute(wanted) if ids else ()
    return {row.person_id: row.known_from for row in rows if row.person_id in ids}
