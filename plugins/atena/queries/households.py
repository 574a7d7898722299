"""Who lives together: the members of a person's household as of a moment."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Row, select

from core.storage.database import ReadSession
from plugins.atena.queries.history import holds, known
from plugins.atena.queries.persons import Moment
from plugins.atena.tables import household_member

HEAD = "世帯主"
"""The 続柄 of the head, as the register writes it."""


async def households_of(
    session: ReadSession, person_ids: Sequence[int], moment: Moment
) -> Mapping[int, Sequence[Row[Any]]]:
    """Return the members of each person's household, the person among them; the head comes first.

    Rows hold `owner` (whose household), `person_id`, `household_number`, `relation` and the validity.
    """
    own = household_member.alias("own")
    at = (holds(household_member, moment.as_of), known(household_member, moment.as_known_at))
    own_at = (holds(own, moment.as_of), known(own, moment.as_known_at))
    member = household_member.c
    rows = await session.execute(
        select(own.c.person_id.label("owner"), household_member)
        .join(own, member.household_number == own.c.household_number)
        .where(own.c.person_id.in_(person_ids), *own_at, *at)
        .order_by(own.c.person_id, member.relation != HEAD, member.person_id)
    )
    found: defaultdict[int, list[Row[Any]]] = defaultdict(list)
    for row in rows:
        found[row.owner].append(row)
    return found
