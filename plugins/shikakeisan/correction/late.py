"""Documents that came after the merge: whom they concern, and the correction to propose for each."""

from collections.abc import Sequence
from datetime import date

from core.storage.database import ReadSession
from plugins.shikakeisan.base.years import opened_year
from plugins.shikakeisan.correction import queries
from plugins.shikakeisan.correction.computing import Request
from plugins.shikakeisan.correction.filing import filed_on, new_documents
from plugins.shiryo.api import persons_touched

KIND = "late_document"
NO_DATE = date(1970, 1, 1)


async def touched_people(session: ReadSession, tax_year: int, after: int, limit: int) -> Sequence[int]:
    """Return the next people whose documents changed since the merge, or whose merge says otherwise now."""
    year = await opened_year(session, tax_year)
    touched = {
        person_id
        for person_id in await persons_touched(session, tax_year, year.merged_at)
        if person_id > after
    }
    return sorted(touched.union(await queries.unsettled(session, tax_year, after, limit)))[:limit]


async def late_request(session: ReadSession, tax_year: int, person_id: int, reason: str) -> Request:
    """Return the correction by which a person's documents would count as they stand now.

    It counts as filed on the day of the latest document that the tax was not decided from.
    """
    new = await new_documents(session, tax_year, person_id)
    return Request(
        tax_year=tax_year,
        person_id=person_id,
        kind=KIND,
        reason=reason,
        received_on=max(map(filed_on, new), default=NO_DATE),
        changes={},
        documents=sorted(document.id for document in new),
    )
