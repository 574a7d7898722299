"""Batched look-ups of what hangs on inquiries."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Row

from core.graphql.loaders import Loader
from plugins.shikakeisan.inquiry import queries

Rows = Sequence[Row[Any]]


class PeopleOfInquiry(Loader[int, Rows]):
    """The lines of inquiries."""

    missing: Rows = ()

    async def fetch(self, keys: Sequence[int]) -> Mapping[int, Rows]:
        """Return them with one statement."""
        return await queries.people_of(self.session, keys)


class RepliesOfInquiry(Loader[int, Rows]):
    """Every reply to inquiries, also those sent back."""

    missing: Rows = ()

    async def fetch(self, keys: Sequence[int]) -> Mapping[int, Rows]:
        """Return them with one statement."""
        found: defaultdict[int, list[Row[Any]]] = defaultdict(list)
        for row in await queries.replies_of(self.session, keys):
            found[row.inquiry_id].append(row)
        return found


class InquiriesAbout(Loader[tuple[int, int], Rows]):
    """The inquiries of a year about persons (year, person), also cancelled ones."""

    missing: Rows = ()

    async def fetch(self, keys: Sequence[tuple[int, int]]) -> Mapping[tuple[int, int], Rows]:
        """Return them with one statement for each year (one request shows one)."""
        found: defaultdict[tuple[int, int], list[Row[Any]]] = defaultdict(list)
        for tax_year in {year for year, _ in keys}:
            ids = [person_id for year, person_id in keys if year == tax_year]
            for row in await queries.inquiries_about(self.session, ids, tax_year):
                found[tax_year, row.person_id].append(row)
        return found
