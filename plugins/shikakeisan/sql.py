"""What the SQL of every room shares: the end of the clock, one row by its number, holding, joins."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import MAXYEAR, datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    DateTime,
    Row,
    Table,
    bindparam,
    func,
    literal_column,
    select,
    text,
    update,
)
from sqlalchemy.dialects.postgresql import ARRAY

from core.errors import Conflict, NotFound
from core.storage.database import ReadSession, WriteSession

INFINITY: ColumnElement[datetime] = literal_column("'infinity'", DateTime(timezone=True))
IDS = bindparam("ids", type_=ARRAY(BigInteger))
"""However many ids as one parameter: `column == any_(IDS)`."""


def happened(moment: datetime) -> datetime | None:
    """Return a moment, None for 'infinity' (which the driver gives as the last year of all)."""
    return None if moment.year == MAXYEAR else moment


async def hold(session: WriteSession, what: str) -> None:
    """Let nobody else hold what has this name until the transaction ends."""
    key = func.hashtextextended(f"shikakeisan.{what}", 0)
    await session.execute(select(func.pg_advisory_xact_lock(key)))


@asynccontextmanager
async def joining_by_hash(session: ReadSession) -> AsyncIterator[None]:
    """Let many people be joined by hashing, whatever the server knows of the tables.

    Of tables that were just filled it has no statistics, and would compare everybody with everybody.
    """
    await session.execute(text("SET LOCAL enable_nestloop = off"))
    yield
    await session.execute(text("SET LOCAL enable_nestloop = on"))


async def row_by_id(session: ReadSession, table: Table, row_id: int) -> Row[Any] | None:
    """Return the row with this number, None where there is none."""
    row: Row[Any] | None = (await session.execute(select(table).where(table.c.id == row_id))).one_or_none()
    return row


async def present_row(session: ReadSession, table: Table, row_id: int) -> Row[Any]:
    """Return the row with this number. Raises NotFound."""
    return there(await row_by_id(session, table, row_id))


def there(row: Row[Any] | None) -> Row[Any]:
    """Return a row that was looked for. Raises NotFound where there is none."""
    if row is None:
        raise NotFound
    return row


async def change_row(
    session: WriteSession, table: Table, row_id: int, expected: int, values: Mapping[str, Any]
) -> None:
    """Change a row that nobody changed meanwhile. Raises Conflict with its present version, NotFound."""
    changed = await session.execute(
        update(table)
        .where(table.c.id == row_id, table.c.version == expected)
        .values(**values, version=table.c.version + 1)
        .returning(table.c.id)
    )
    if changed.one_or_none() is None:
        raise Conflict(currentVersion=(await present_row(session, table, row_id)).version)
