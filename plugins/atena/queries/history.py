"""Reading and writing revisions of any table that keeps history on two clocks."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    FromClause,
    Table,
    any_,
    bindparam,
    func,
    insert,
    literal,
    literal_column,
    select,
    tuple_,
    update,
)
from sqlalchemy.dialects.postgresql import ARRAY

from core.errors import Conflict, NotFound
from core.storage.database import ReadSession, WriteSession
from plugins.atena.history import LATEST, Carving, Content, Revision, Span

FRAME = ("id", "valid_from", "valid_to", "known_from", "known_to")
"""The columns of a revision that are not what it says."""

END_OF_KEYS = "\U0010ffff"
"""Sorts after every character that a key can hold."""

Change = Callable[[list[Revision]], Carving]


def owner_of(table: Table) -> Column[int]:
    """Return the column that names the subject: the first that points at another table."""
    return next(column for column in table.columns if column.foreign_keys)


def said_in(table: Table) -> list[Column[Any]]:
    """Return the columns of what a revision says."""
    frame = {*FRAME, owner_of(table).name}
    return [column for column in table.columns if column.name not in frame]


def holds(table: FromClause, as_of: date) -> ColumnElement[bool]:
    """Validity: the revision holds on that day."""
    return (table.c.valid_from <= as_of) & (as_of < table.c.valid_to)


def known(table: FromClause, as_known_at: datetime) -> ColumnElement[bool]:
    """Record time: the revision was what we knew at that moment. The present ones have their own indexes."""
    if as_known_at == LATEST:
        return table.c.known_to == literal_column("'infinity'")
    return (table.c.known_from <= as_known_at) & (as_known_at < table.c.known_to)


def begins(key: Column[str], start: str) -> ColumnElement[bool]:
    """A range instead of LIKE: it can use the index whatever the parameter is, so the plan can be kept."""
    return (key >= start) & (key < start + END_OF_KEYS)


def comes_after(table: Table, order: Sequence[Column[Any]], revision_id: int) -> ColumnElement[bool]:
    """The row stands behind that of the given revision; a cursor need not hold a person's name for it."""
    last = table.alias("last")
    keys = [select(last.c[key.name]).where(last.c.id == revision_id).scalar_subquery() for key in order]
    return tuple_(*order) > tuple_(*keys)


async def next_version(
    session: WriteSession, subject: Table, number: str, expected: int, now: datetime
) -> tuple[int, datetime]:
    """Count a change and return the subject's id and the moment from which the change is known.

    Until the end of the transaction nobody else can change the subject. The moment lies after the one before,
    even if this machine's clock runs behind. Raises Conflict with the present version, or NotFound.
    """
    numbered = list(subject.columns)[1] == number
    after = func.greatest(now, subject.c.changed_at + literal_column("interval '1 microsecond'"))
    counted = await session.execute(
        update(subject)
        .where(numbered, subject.c.version == expected)
        .values(version=subject.c.version + 1, changed_at=after)
        .returning(subject.c.id, subject.c.changed_at)
    )
    row = counted.one_or_none()
    if row is None:
        current = await session.scalar(select(subject.c.version).where(numbered))
        raise NotFound if current is None else Conflict(currentVersion=current)
    return row.id, row.changed_at


async def hold(session: WriteSession, subject: Table, subject_id: int, now: datetime) -> datetime:
    """Count a change for which nobody saw a version; returns the moment from which it is known."""
    after = func.greatest(now, subject.c.changed_at + literal_column("interval '1 microsecond'"))
    counted = await session.execute(
        update(subject)
        .where(subject.c.id == subject_id)
        .values(version=subject.c.version + 1, changed_at=after)
        .returning(subject.c.changed_at)
    )
    moment: datetime = counted.scalar_one()
    return moment


async def present(session: ReadSession, table: Table, owner: int) -> list[Revision]:
    """Return what we know now about one subject, in the order of validity."""
    said = said_in(table)
    rows = await session.execute(
        select(table.c.id, table.c.valid_from, table.c.valid_to, *said)
        .where(owner_of(table) == owner, known(table, LATEST))
        .order_by(table.c.valid_from)
    )
    return [
        Revision(row.id, Span(row.valid_from, row.valid_to), dict(zip(_names(said), row[3:], strict=True)))
        for row in rows
    ]


async def present_of(session: ReadSession, table: Table, ids: Sequence[int]) -> Mapping[int, list[Revision]]:
    """Return what we know now about many subjects; those of whom nothing is said are left out."""
    said = said_in(table)
    columns = (owner_of(table).label("owner"), table.c.id, table.c.valid_from, table.c.valid_to)
    asked = among(owner_of(table), ids)
    found: defaultdict[int, list[Revision]] = defaultdict(list)
    for row in await session.execute(select(*columns, *said).where(asked, known(table, LATEST))):
        content = dict(zip(_names(said), row[4:], strict=True))
        found[row.owner].append(Revision(row.id, Span(row.valid_from, row.valid_to), content))
    return found


async def count_changes(
    session: WriteSession, subject: Table, ids: Sequence[int], now: datetime
) -> Mapping[int, datetime]:
    """Count a change of each subject; returns the moments from which the changes are known."""
    after = func.greatest(now, subject.c.changed_at + literal_column("interval '1 microsecond'"))
    counted = await session.execute(
        update(subject)
        .where(among(subject.c.id, ids))
        .values(version=subject.c.version + 1, changed_at=after)
        .returning(subject.c.id, subject.c.changed_at)
    )
    return {row.id: row.changed_at for row in counted}


async def change_many(
    session: WriteSession,
    subject: Table,
    table: Table,
    changes: Mapping[int, Change],
    now: datetime,
) -> Sequence[int]:
    """Write one change for each of many subjects, held meanwhile; returns those that it changed."""
    held = select(subject.c.id).where(among(subject.c.id, list(changes))).order_by(subject.c.id)
    ids = (await session.scalars(held.with_for_update())).all()
    known_now = await present_of(session, table, ids)
    carvings = {owner: changes[owner](known_now.get(owner, [])) for owner in ids}
    carvings = {owner: each for owner, each in carvings.items() if each.closed or each.opened}
    moments = await count_changes(session, subject, list(carvings), now)
    await write_carvings(session, table, carvings, moments.__getitem__)
    return list(carvings)


async def write_carvings(
    session: WriteSession, table: Table, carvings: Mapping[int, Carving], moment: Callable[[int], datetime]
) -> None:
    """Close and open revisions of many subjects; `moment` says from when each subject's change is known."""
    said = _names(said_in(table))
    closed: list[Mapping[str, Any]] = []
    opened: list[tuple[object, ...]] = []
    for owner, carving in carvings.items():
        at = moment(owner)
        closed.extend({"row_id": row_id, "at": at} for row_id in carving.closed)
        opened.extend(
            (owner, at, *span, *(content[name] for name in said)) for span, content in carving.opened
        )
    if closed:
        row = table.c.id == bindparam("row_id")
        await session.execute(update(table).where(row).values(known_to=bindparam("at")), closed)
    if opened:
        frame = (owner_of(table).name, "known_from", "valid_from", "valid_to")
        await session.copy(table, (*frame, *said), opened)


def among(column: Column[int], ids: Sequence[int]) -> ColumnElement[bool]:
    """One array instead of a list: the statement is the same for any number of ids, so its plan is kept."""
    return column == any_(literal(list(ids), ARRAY(BigInteger)))


async def begin(
    session: WriteSession, table: Table, owner: int, at: datetime, span: Span, content: Content
) -> None:
    """Write the first revision of a new subject."""
    await session.execute(insert(table), [_row(table, owner, at, span, content)])


async def change(session: WriteSession, table: Table, owner: int, at: datetime, decide: Change) -> bool:
    """Write a change decided on the present revisions; returns whether there was anything to write."""
    carving = decide(await present(session, table, owner))
    if carving.closed:
        await session.execute(update(table).where(table.c.id.in_(carving.closed)).values(known_to=at))
    if carving.opened:
        rows = [_row(table, owner, at, span, content) for span, content in carving.opened]
        await session.execute(insert(table), rows)
    return bool(carving.closed or carving.opened)


def _row(table: Table, owner: int, at: datetime, span: Span, content: Content) -> Mapping[str, Any]:
    return {owner_of(table).name: owner, "known_from": at, **span._asdict(), **content}


def _names(columns: list[Column[Any]]) -> list[str]:
    return [column.name for column in columns]
