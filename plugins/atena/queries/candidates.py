"""Pairs of numbers that may belong to one person: found with one statement, scored by `sameness`."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import CompoundSelect, Select, func, literal, or_, select, tuple_, union

from core.storage.database import ReadSession
from plugins.atena.history import LATEST
from plugins.atena.queries.history import among, known
from plugins.atena.tables import my_number, person_link, person_revision


class Pair(NamedTuple):
    """Two persons, the lower id first; `rank` 0 if they have one My Number, else 1."""

    rank: int
    one: int
    other: int


async def pairs_after(session: ReadSession, after: Pair | None, limit: int) -> Sequence[Pair]:
    """Return pairs that are not linked, those with one My Number first."""
    statement = _ranked(_pairs(None)).limit(limit)
    if after is not None:
        keys = tuple_(*statement.selected_columns)
        statement = statement.having(keys > tuple_(*map(literal, after)))
    return [Pair(*row) for row in await session.execute(statement)]


async def pairs_of(session: ReadSession, person_ids: Sequence[int]) -> Sequence[Pair]:
    """Return the pairs of these persons that are not linked, those with one My Number first."""
    return [Pair(*row) for row in await session.execute(_ranked(_pairs(person_ids)))]


def _ranked(found: CompoundSelect[Any]) -> Select[Any]:
    pair = found.subquery("pair")
    rank = func.min(pair.c.rank)
    return (
        select(rank, pair.c.one, pair.c.other)
        .where(~_is_linked(pair.c.one, pair.c.other))
        .group_by(pair.c.one, pair.c.other)
        .order_by(rank, pair.c.one, pair.c.other)
    )


def _pairs(person_ids: Sequence[int] | None) -> CompoundSelect[Any]:
    numbers = _joined(0, my_number, ("blind_index",), person_ids)
    names = [_joined(1, person_revision, (key, "birth_date"), person_ids) for key in ("name_key", "kana_key")]
    return union(numbers, *names)


def _joined(rank: int, table: Any, keys: Sequence[str], person_ids: Sequence[int] | None) -> Select[Any]:
    """Join a table with itself: every pair once, or from each of some persons to whoever is like them."""
    one, other = table.alias("one"), table.alias("other")
    same = [one.c[key] == other.c[key] for key in keys]
    ids = (one.c.person_id, other.c.person_id)
    ordered = (func.least(*ids).label("one"), func.greatest(*ids).label("other"))
    statement = (
        select(literal(rank).label("rank"), *ordered)
        .join_from(one, other, same[0])
        .where(*same[1:], known(one, LATEST), known(other, LATEST))
    )
    if table is person_revision:
        statement = statement.where(one.c[keys[0]] != "")
    if person_ids is None:
        return statement.where(ids[0] < ids[1])
    return statement.where(among(ids[0], person_ids), ids[0] != ids[1])


def _is_linked(one: Any, other: Any) -> Any:
    """One points at the other, or both at a third."""
    first, second = person_link.alias("first"), person_link.alias("second")
    direct = select(first.c.id).where(
        known(first, LATEST),
        or_(
            (first.c.person_id == one) & (first.c.primary_id == other),
            (first.c.person_id == other) & (first.c.primary_id == one),
        ),
    )
    shared = (
        select(first.c.id)
        .join(second, first.c.primary_id == second.c.primary_id)
        .where(
            known(first, LATEST), known(second, LATEST), first.c.person_id == one, second.c.person_id == other
        )
    )
    return direct.exists() | shared.exists()
