"""Batched look-ups of what hangs on deliveries, documents and work items."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Row

from core.graphql.loaders import Loader
from plugins.atena.api import Moment, eltax_holders
from plugins.shiryo.queries import deliveries, dispatch, documents, keying

Place = tuple[int, int]
"""A file and a line."""


class FilesByDelivery(Loader[int, Sequence[Row[Any]]]):
    """The files of a delivery in the order of its manifest."""

    missing: Sequence[Row[Any]] = ()

    async def fetch(self, keys: Sequence[int]) -> Mapping[int, Sequence[Row[Any]]]:
        """Return the files of all keys with one statement."""
        return await deliveries.files_of(self.session, keys)


class PersonByEltaxUser(Loader[tuple[str, date], int | None]):
    """The id of the person whose a 利用者ID is on a day; None for an employer's and for unknown ones."""

    missing: int | None = None

    async def fetch(self, keys: Sequence[tuple[str, date]]) -> Mapping[tuple[str, date], int | None]:
        """Return the holders of all keys with one statement a day."""
        found: dict[tuple[str, date], int | None] = {}
        for day in {one for _, one in keys}:
            holders = await eltax_holders(self.session, [code for code, on in keys if on == day], Moment(day))
            found.update({(code, day): row.person_id for code, row in holders.items()})
        return found


class DeliveryById(Loader[int, Row[Any] | None]):
    """A delivery with its sender."""

    missing: Row[Any] | None = None

    async def fetch(self, keys: Sequence[int]) -> Mapping[int, Row[Any] | None]:
        """Return the deliveries of all keys with one statement."""
        return {row.id: row for row in await deliveries.delivery_rows(self.session, ids=keys)}


class DocumentById(Loader[int, Row[Any] | None]):
    """An accepted document."""

    missing: Row[Any] | None = None

    async def fetch(self, keys: Sequence[int]) -> Mapping[int, Row[Any] | None]:
        """Return the documents of all keys with one statement."""
        return {**await documents.documents_by_id(self.session, keys)}


class CandidatesByDocument(Loader[int, Sequence[Row[Any]]]):
    """Who a document may belong to, the likeliest first."""

    missing: Sequence[Row[Any]] = ()

    async def fetch(self, keys: Sequence[int]) -> Mapping[int, Sequence[Row[Any]]]:
        """Return the candidates of all keys with one statement."""
        found: defaultdict[int, list[Row[Any]]] = defaultdict(list)
        for row in await documents.candidates_of(self.session, keys):
            found[row.document_id].append(row)
        return found


class FindingsByPlace(Loader[Place, Sequence[Row[Any]]]):
    """What is wrong with a line of a file."""

    missing: Sequence[Row[Any]] = ()

    async def fetch(self, keys: Sequence[Place]) -> Mapping[Place, Sequence[Row[Any]]]:
        """Return the findings of all keys with one statement."""
        found: defaultdict[Place, list[Row[Any]]] = defaultdict(list)
        for row in await documents.findings_at(self.session, keys):
            found[row.file_id, row.line].append(row)
        return found


class KeyingsByItem(Loader[int, Sequence[Row[Any]]]):
    """What was keyed for a work item, the latest first."""

    missing: Sequence[Row[Any]] = ()

    async def fetch(self, keys: Sequence[int]) -> Mapping[int, Sequence[Row[Any]]]:
        """Return the attempts of all keys with one statement."""
        return await keying.of_items(self.session, keys)


class KeyingsByDocument(Loader[int, Sequence[Row[Any]]]):
    """What was keyed to correct a document, the latest first."""

    missing: Sequence[Row[Any]] = ()

    async def fetch(self, keys: Sequence[int]) -> Mapping[int, Sequence[Row[Any]]]:
        """Return the attempts of all keys with one statement."""
        return await keying.of_documents(self.session, keys)


class DispatchByDocument(Loader[int, Row[Any] | None]):
    """When a forwarded document left."""

    missing: Row[Any] | None = None

    async def fetch(self, keys: Sequence[int]) -> Mapping[int, Row[Any] | None]:
        """Return the dispatches of all keys with one statement."""
        return {**await dispatch.of_documents(self.session, keys)}
