"""A database in which nothing stays: all that is lent lies in one transaction that is never committed.

A state of the whole system is a savepoint. Going back to it takes a millisecond, so that thousands of
sequences begin in the same state. Sequences of ids, which no savepoint takes back, are set back by hand.

The same deeds in another order are to give the same state. So what differs only in a moment counts as equal,
and before each deed ids go on from the last that stands: nobody learns what was tried and taken back before.
"""

import re
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from functools import cache
from typing import Any

import asyncpg
from sqlalchemy import FromClause, event, text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from core.storage.address import ServerAddress
from core.storage.database import Database, ReadSession, WriteSession, finished

SCHEMAS = ("core", "atena", "shiryo", "shikakeisan")
UNSEEN = {"core.idempotency", "core.session", "core.sign_in_guard"}
"""What every request writes, or the key of which is random: no service decides by it."""
SET_BACK = (
    "SELECT setval(name, at, used) FROM unnest($1::text[], $2::bigint[], $3::bool[]) AS s (name, at, used)"
)
OWNERS = """
SELECT format('%I.%I', n.nspname, s.relname) AS serial,
       format('%I.%I', m.nspname, t.relname) AS name, a.attname AS id
FROM pg_depend d
JOIN pg_class s ON s.oid = d.objid AND s.relkind = 'S' JOIN pg_namespace n ON n.oid = s.relnamespace
JOIN pg_class t ON t.oid = d.refobjid JOIN pg_namespace m ON m.oid = t.relnamespace
JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = d.refobjsubid
WHERE d.classid = 'pg_class'::regclass AND n.nspname = ANY($1)
"""
PASSING = r"(\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d(\.\d+)?\+\d\d(:\d\d)?|\\\\+x[0-9a-f]+)"
"""Moments, and bytes that are sealed or hashed."""
TABLE = re.compile(rf"\b({'|'.join(SCHEMAS)})\.([a-z_]+)")
TABLES = """
SELECT format('%I.%I', n.nspname, c.relname) AS name
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind = 'r' AND n.nspname = ANY($1)
"""
SERIALS = """
SELECT format('%I.%I', schemaname, sequencename) AS name, COALESCE(last_value, start_value) AS at,
       last_value IS NOT NULL AS used
FROM pg_sequences WHERE schemaname = ANY($1)
"""


class State(dict[str, str]):
    """A digest for each table."""

    def __hash__(self) -> int:  # type: ignore[override]  # never changed once it is made
        return hash(frozenset(self.items()))


class NotingSession(WriteSession):
    """Notes the tables that rows are copied into, which no statement tells."""

    def __init__(self, session: AsyncSession, touched: set[str]) -> None:
        super().__init__(session)
        self._touched = touched

    async def copy(
        self, table: FromClause, columns: Sequence[str], records: Iterable[Sequence[object]]
    ) -> int:
        self._touched.add(str(table))
        return await super().copy(table, columns, records)


class Sandbox(Database):
    """Lends sessions inside of one open transaction; `touched` gathers the tables that statements name."""

    def __init__(self, address: ServerAddress) -> None:
        super().__init__(address.app_url, pool_size=1, idle_timeout=0, statement_timeout=0)
        self._address = address
        self.touched: set[str] = set()
        event.listen(self.engine.sync_engine, "before_cursor_execute", self._note)

    @asynccontextmanager
    async def opened(self) -> AsyncIterator["Sandbox"]:
        """Begin; at the end nothing has happened."""
        self._owner = await asyncpg.connect(self._address.owner_url)
        try:
            self._tables = {row["name"] for row in await self._owner.fetch(TABLES, SCHEMAS)} - UNSEEN
            owners = await self._owner.fetch(OWNERS, SCHEMAS)
            self._serials = [row["serial"] for row in owners]
            self._last_ids = text("SELECT " + ", ".join(map(_last_id, owners)))
            async with self.engine.connect() as self._connection, self._connection.begin() as whole:
                yield self
                await whole.rollback()
        finally:
            await self._owner.close()
            await self.close()

    @asynccontextmanager
    async def taken_back(self) -> AsyncIterator[None]:
        """Let what happens in the block not have happened."""
        serials = await self._owner.fetch(SERIALS, SCHEMAS)
        place = await self._connection.begin_nested()
        try:
            yield
        finally:
            await place.rollback()
            names, ats, used = zip(*serials, strict=True)
            await self._owner.execute(SET_BACK, names, ats, used)

    async def let_ids_go_on(self) -> None:
        """Let the next ids be those after the last that stand."""
        (last,) = await self._connection.execute(self._last_ids)
        used = [each is not None for each in last]
        await self._owner.execute(SET_BACK, self._serials, [each or 1 for each in last], used)

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[WriteSession]:
        lent = NotingSession(_session(self._connection), self.touched)
        try:
            yield lent
        except BaseException:
            await finished(lent.close())
            raise
        await finished(lent.commit_and_close())

    @asynccontextmanager
    async def read(self) -> AsyncIterator[ReadSession]:
        lent = ReadSession(_session(self._connection))
        try:
            yield lent
        finally:
            await finished(lent.close())

    async def state(self, before: State | None = None) -> State:
        """Return what the tables hold; behind `before`, only touched ones can differ."""
        asked = self._tables if before is None else self._tables & self.touched
        if not asked:
            return before or State({})
        rows = await self._connection.execute(text(" UNION ALL ".join(map(_digest, sorted(asked)))))
        return State({**(before or {}), **{row.name: row.digest for row in rows}})

    async def rows(self, statement: str) -> list[Any]:
        return list(await self._connection.execute(text(statement)))

    def _note(self, _connection: object, _cursor: object, statement: str, *_: object) -> None:
        self.touched.update(tables_in(statement))


@cache
def tables_in(statement: str) -> tuple[str, ...]:
    """Return the tables that a statement names, in order."""
    return tuple(sorted({f"{schema}.{name}" for schema, name in TABLE.findall(statement)}))


def _session(connection: AsyncConnection) -> AsyncSession:
    return AsyncSession(connection, expire_on_commit=False, join_transaction_mode="create_savepoint")


def _last_id(table: asyncpg.Record) -> str:
    return f"(SELECT max({table['id']}) FROM {table['name']})"  # noqa: S608  # PostgreSQL's own names


def _digest(table: str) -> str:
    row = f"regexp_replace(t::text, '{PASSING}', '', 'g')".replace(":", r"\:")
    hashed = f"md5(COALESCE(string_agg(md5({row}), '' ORDER BY md5({row})), ''))"
    return f"SELECT '{table}' AS name, {hashed} AS digest FROM {table} t"  # noqa: S608  # PostgreSQL's own names
