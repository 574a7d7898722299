"""eLTAX user ids and their holders, looked up both ways."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Row, Select, Text, any_, func, literal, literal_column, select
from sqlalchemy.dialects.postgresql import ARRAY, insert

from core.storage.database import ReadSession, WriteSession
from plugins.atena.queries.history import holds, known
from plugins.atena.queries.persons import Moment
from plugins.atena.tables import eltax_user, eltax_user_holder

holder = eltax_user_holder.c


async def hold_user(session: WriteSession, user_id: str, now: datetime) -> tuple[int, datetime]:
    """Make the id known or count a change of it; returns its row and the moment the change is known from."""
    statement = insert(eltax_user).values(user_id=user_id, changed_at=now)
    later = eltax_user.c.changed_at + literal_column("interval '1 microsecond'")
    counted = statement.on_conflict_do_update(
        index_elements=["user_id"],
        set_={"version": eltax_user.c.version + 1, "changed_at": func.greatest(now, later)},
    ).returning(eltax_user.c.id, eltax_user.c.changed_at)
    row = (await session.execute(counted)).one()
    return row.id, row.changed_at


async def users_at(session: ReadSession, user_ids: Sequence[str], moment: Moment) -> Mapping[str, Row[Any]]:
    """Return whose these ids are at the moment; unknown and ended ones are left out."""
    asked = eltax_user.c.user_id == any_(literal(list(user_ids), ARRAY(Text)))
    return {row.user_id: row for row in await session.execute(_users(moment).where(asked))}


async def users_of(
    session: ReadSession, name: str, ids: Sequence[int], moment: Moment
) -> Mapping[int, Sequence[Row[Any]]]:
    """Return the ids of each person (`name` is `person_id`) or employer (`employer_id`) at the moment."""
    asked = holder[name] == any_(literal(list(ids), ARRAY(BigInteger)))
    found: defaultdict[int, list[Row[Any]]] = defaultdict(list)
    for row in await session.execute(_users(moment).where(asked).order_by(eltax_user.c.user_id)):
        found[getattr(row, name)].append(row)
    return found


def _users(moment: Moment) -> Select[Any]:
    at = (holds(eltax_user_holder, moment.as_of), known(eltax_user_holder, moment.as_known_at))
    joined = eltax_user.join(eltax_user_holder, holder.eltax_user_id == eltax_user.c.id)
    said = (holder.person_id, holder.employer_id, holder.valid_from, holder.valid_to)
    return select(eltax_user.c.user_id, eltax_user.c.version, *said).select_from(joined).where(*at)
