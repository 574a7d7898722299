"""Which documents count in a year, and for whom they are attached: to hold a merge against."""

from typing import Any

from sqlalchemy import Select

from plugins.shiryo.queries import counting
from plugins.shiryo.tables import attachment, document


def attached_between(tax_year: int, first_person_id: int, last_person_id: int) -> Select[Any]:
    """Select `person_id` and `document_id` of every document of a range that counts, as `counting` says."""
    columns = attachment.c.person_id, document.c.id.label("document_id")
    within = attachment.c.person_id.between(first_person_id, last_person_id)
    return counting.by_person(tax_year).with_only_columns(*columns).where(within)
