"""Pairs of numbers that may belong to one person: found with one statement, scored by `sameness`."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import Select, func, literal, or_, select, tuple_, union

from core.storage.database import ReadSession
from plugins.atena.history import LATEST
from plugins.atena.queries.history import known
from plugins.atena.tables import my_number, person_link, person_revision


class Pair(NamedTuple):
    """Two persons, the lower id first; `rank` 0 if they have one My Number, else 1."""

    rank: int
    one: int
    other: int


async def pairs_after(
    session: ReadSession, after: Pair | None, limit: int, person_id: int | None = None
) -> Sequence[Pair]:
    """Return pairs that are not linked, those with one My Number first; all, or those of one person."""
    found = union(_numbers(person_id), _namesakes(person_id, "name_key"), _namesakes(person_id, "kana_key"))
    pair = found.subquery("pair")
    rank = func.min(pair.c.rank)
    statement = (
        select(rank, pair.c.one, pair.c.other)
        .where(~_is_linked(pair.c.one, pair.c.other))
        .group_by(pair.c.one, pair.c.other)
        .order_by(rank, pair.c.one, pair.c.other)
        .limit(limit)
    )
    if after is not None:
        statement = statement.having(tuple_(rank, pair.c.one, pair.c.other) > tuple_(*map(literal, after)))
    return [Pair(row[0], row.one, row.other) for row in await session.execute(statement)]


def _numbers(person_id: int | None) -> Select[Any]:
    one, other = my_number.alias("one"), my_number.alias("other")
    same = (one.c.blind_index == other.c.blind_index) & (one.c.person_id < other.c.person_id)
    statement = _pairs(0, one, other, same).where(known(one, LATEST), known(other, LATEST))
    return _of(statement, one, other, person_id)


def _namesakes(person_id: int | None, key: str) -> Select[Any]:
    one, other = person_revision.alias("one"), person_revision.alias("other")
    same = (
        (one.c[key] == other.c[key])
        & (one.c[key] != "")
        & (one.c.birth_date == other.c.birth_date)
        & (one.c.person_id < other.c.person_id)
    )
    statement = _pairs(1, one, other, same).where(known(one, LATEST), known(other, LATEST))
    return _of(statement, one, other, person_id)


def _pairs(rank: int, one: Any, other: Any, same: Any) -> Select[Any]:
    columns = (one.c.person_id.label("one"), other.c.person_id.label("other"))
    return select(literal(rank).label("rank"), *columns).join_from(one, other, same)


def _of(statement: Select[Any], one: Any, other: Any, person_id: int | None) -> Select[Any]:
    if person_id is None:
        return statement
    return statement.where(or_(one.c.person_id == person_id, other.c.person_id == person_id))


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
