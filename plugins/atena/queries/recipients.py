"""Who receives instead of a person, and all that decides where a notice goes."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Row, select

from core.storage.database import ReadSession
from plugins.atena.delivery import RecipientKind, Whereabouts
from plugins.atena.history import LATEST
from plugins.atena.queries.history import among, holds, known
from plugins.atena.queries.persons import Moment, persons_by_id
from plugins.atena.tables import address_revision, metadata

TABLES = {kind: metadata.tables[f"atena.{kind.value}"] for kind in RecipientKind}


async def whereabouts_of(
    session: ReadSession, person_ids: Sequence[int], moment: Moment
) -> Mapping[int, Whereabouts]:
    """Return what decides about the notices of each person, with six statements for any number of them."""
    people = await persons_by_id(session, person_ids, moment)
    addresses = await _rows(session, address_revision, person_ids, moment)
    recipients = {kind: await _rows(session, table, person_ids, moment) for kind, table in TABLES.items()}
    return {
        person_id: Whereabouts(
            row.name,
            row.death_date,
            addresses.get(person_id),
            {kind: rows[person_id] for kind, rows in recipients.items() if person_id in rows},
        )
        for person_id, row in people.items()
    }


async def recipients_of(
    session: ReadSession, person_ids: Sequence[int], kind: RecipientKind
) -> Mapping[int, Sequence[Row[Any]]]:
    """Return all recipients of one kind that we know now, by person, in the order of validity."""
    table = TABLES[kind]
    statement = select(table).where(among(table.c.person_id, person_ids), known(table, LATEST))
    found: defaultdict[int, list[Row[Any]]] = defaultdict(list)
    for row in await session.execute(statement.order_by(table.c.valid_from)):
        found[row.person_id].append(row)
    return found


async def _rows(
    session: ReadSession, table: Any, person_ids: Sequence[int], moment: Moment
) -> Mapping[int, Row[Any]]:
    asked = among(table.c.person_id, person_ids)
    at = (holds(table, moment.as_of), known(table, moment.as_known_at))
    return {row.person_id: row for row in await session.execute(select(table).where(asked, *at))}
