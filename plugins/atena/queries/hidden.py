"""Whose address must not be shown: those under 支援措置, by any of their numbers, and who lives with them.

Somebody's home is known as soon as that of a member of the household is. Few are protected, so all of them
are found first, and whoever is asked for is looked for among them.
"""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import BigInteger, CompoundSelect, Select, SelectBase, any_, literal, select, union
from sqlalchemy.dialects.postgresql import ARRAY

from core.storage.database import ReadSession
from plugins.atena.history import LATEST
from plugins.atena.queries.history import holds, known
from plugins.atena.tables import household_member, person_link, protection


async def protected_of(session: ReadSession, person_ids: Sequence[int], day: date) -> frozenset[int]:
    """Return who of the persons is protected on a day, by this number or another one of theirs."""
    return await _found(session, protected_on(day), person_ids)


async def hidden_of(session: ReadSession, person_ids: Sequence[int], day: date) -> frozenset[int]:
    """Return whose address must not be shown on a day: the protected, and who lives with them."""
    return await _found(session, hidden_on(day), person_ids)


def hidden_on(*days: date) -> CompoundSelect[Any]:
    """Select the ids of everybody whose address must not be shown on one of the days."""
    parts = (part for day in days for part in (protected_on(day), living_with(protected_on(day), day)))
    return union(*parts)


def protected_on(day: date) -> CompoundSelect[Any]:
    """Select the ids of everybody who is protected on a day, with all numbers of each (関連宛名)."""
    own = select(protection.c.person_id).where(holds(protection, day), known(protection, LATEST))
    first, second = person_link.alias("first"), person_link.alias("second")
    linked = select(first.c.person_id).where(first.c.primary_id.in_(own), known(first, LATEST))
    primary = select(first.c.primary_id).where(first.c.person_id.in_(own), known(first, LATEST))
    beside = (
        select(second.c.person_id)
        .join(first, first.c.primary_id == second.c.primary_id)
        .where(first.c.person_id.in_(own), known(first, LATEST), known(second, LATEST))
    )
    return union(own, linked, primary, beside)


def living_with(persons: SelectBase, day: date) -> Select[Any]:
    """Select the ids of everybody in a household with one of some persons on a day."""
    own, member = household_member.alias("own"), household_member.alias("member")
    return (
        select(member.c.person_id)
        .join(own, own.c.household_number == member.c.household_number)
        .where(own.c.person_id.in_(persons), holds(own, day), known(own, LATEST))
        .where(holds(member, day), known(member, LATEST))
    )


async def _found(session: ReadSession, those: CompoundSelect[Any], ids: Sequence[int]) -> frozenset[int]:
    found = those.subquery("found")
    asked = found.c.person_id == any_(literal(list(ids), ARRAY(BigInteger)))
    return frozenset(await session.scalars(select(found.c.person_id).where(asked)))
