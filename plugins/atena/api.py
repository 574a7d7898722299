"""What other plug-ins may import of 宛名: the type that they add fields to, and look-ups by id."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Row

from core.storage.database import ReadSession
from plugins.atena.check_digits import is_corporate_number, is_my_number
from plugins.atena.graphql.types import Employer, Person
from plugins.atena.history import LATEST
from plugins.atena.queries import persons
from plugins.atena.queries.persons import Moment
from plugins.atena.search_keys import kana_key, name_key

__all__ = [
    "LATEST",
    "Employer",
    "Moment",
    "Person",
    "is_corporate_number",
    "is_my_number",
    "kana_key",
    "name_key",
    "person_ids",
    "persons_by_id",
]


async def person_ids(session: ReadSession, atena_numbers: Sequence[str]) -> Mapping[str, int]:
    """Return the ids of persons by their 宛名番号; unknown numbers are left out."""
    return await persons.ids_of(session, atena_numbers)


async def persons_by_id(session: ReadSession, ids: Sequence[int], moment: Moment) -> Mapping[int, Person]:
    """Return persons as of a moment; each enters the journal of the running request."""
    rows: Mapping[int, Row[Any]] = await persons.persons_by_id(session, ids, moment)
    return {person_id: Person.of(row, moment) for person_id, row in rows.items()}
