"""The two kinds of session: one may read, the other may also write. Nobody commits but their lender.

A session is lent by `Database.read()` or `Database.transaction()`. Sibling resolvers and loaders of one
request may use it side by side: each call waits for its turn, for a connection carries one at a time.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from typing import Any, TypeVar, TypeVarTuple, overload

import asyncpg
from sqlalchemy import Executable, FromClause, Result, ScalarResult, Table, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.sql.selectable import TypedReturnsRows

from core.storage.errors import data_free_errors

T = TypeVar("T")
E = TypeVar("E", bound=DeclarativeBase)
Ts = TypeVarTuple("Ts")
Parameters = Mapping[str, Any] | Sequence[Mapping[str, Any]] | None


class ReadSession:
    """Reads within one transaction. All errors come without data: see core.storage.errors."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session
        self._turn = asyncio.Lock()
        self._failed = False

    @overload
    async def execute(
        self, statement: TypedReturnsRows[*Ts], parameters: Parameters = None
    ) -> Result[*Ts]: ...
    @overload
    async def execute(
        self, statement: Executable, parameters: Parameters = None
    ) -> Result[*tuple[Any, ...]]: ...
    async def execute(self, statement: Executable, parameters: Parameters = None) -> Result[Any]:
        """Execute a statement and return all its rows; a sequence of parameters executes it for each."""
        return await self.in_turn(lambda: self._session.execute(statement, parameters))

    @overload
    async def scalars(
        self, statement: TypedReturnsRows[T], parameters: Parameters = None
    ) -> ScalarResult[T]: ...
    @overload
    async def scalars(self, statement: Executable, parameters: Parameters = None) -> ScalarResult[Any]: ...
    async def scalars(self, statement: Executable, parameters: Parameters = None) -> ScalarResult[Any]:
        """Execute a statement and return the first column of its rows."""
        return await self.in_turn(lambda: self._session.scalars(statement, parameters))

    @overload
    async def scalar(self, statement: TypedReturnsRows[T], parameters: Parameters = None) -> T | None: ...
    @overload
    async def scalar(self, statement: Executable, parameters: Parameters = None) -> Any: ...
    async def scalar(self, statement: Executable, parameters: Parameters = None) -> Any:
        """Execute a statement and return the first column of its first row, or None."""
        return await self.in_turn(lambda: self._session.scalar(statement, parameters))

    async def get(self, kind: type[E], key: Any) -> E | None:
        """Return the object with the given primary key, or None."""
        return await self.in_turn(lambda: self._session.get(kind, key))

    async def close(self) -> None:
        """For the lender alone: roll back what is not committed and give the connection back."""
        await self.in_turn(self._session.close)

    async def in_turn(self, call: Callable[[], Awaitable[T]]) -> T:
        """Wait until no sibling uses the connection, then make the call."""
        async with self._turn:
            try:
                with data_free_errors():
                    return await call()
            except BaseException:
                self._failed = True
                raise


class WriteSession(ReadSession):
    """Reads and writes within one transaction, which its lender commits at the end of the block."""

    def add(self, *instances: DeclarativeBase) -> None:
        """Let new objects be written with the next statement or `flush`."""
        self._session.add_all(instances)

    async def get_locked(self, kind: type[E], key: Any) -> E | None:
        """Return the object's present state, held against other writers until the end of the transaction."""
        return await self.in_turn(
            lambda: self._session.get(kind, key, with_for_update=True, populate_existing=True)
        )

    async def delete(self, instance: DeclarativeBase) -> None:
        """Let an object be deleted with the next `flush`."""
        await self.in_turn(lambda: self._session.delete(instance))

    async def flush(self) -> None:
        """Write what was added or changed, so that its constraints are checked and its defaults are known."""
        await self.in_turn(self._session.flush)

    async def copy(
        self, table: FromClause, columns: Sequence[str], records: Iterable[Sequence[object]]
    ) -> int:
        """Write many rows by COPY and return how many; server defaults fill the columns not named."""
        return await self.in_turn(lambda: self._copy(table, columns, records))

    async def commit_lazily(self) -> None:
        """Do not wait for the disk at this transaction's commit.

        If the server dies meanwhile, the transaction may be undone as a whole, with all later ones: for work
        that is repeated from where the database says it came.
        """
        await self.execute(text("SET LOCAL synchronous_commit = off"))

    async def commit_and_close(self) -> None:
        """For the lender alone: commit, unless a statement failed, and give the connection back.

        After a failure PostgreSQL answers COMMIT with a rollback and no error. Code that swallowed the error
        would take its work for done, so that is refused with RuntimeError.
        """
        try:
            if self._failed:
                raise RuntimeError(
                    "a statement of this transaction failed, so nothing of it can be committed"
                )
            await self.in_turn(self._session.commit)
        finally:
            await self.close()

    async def _copy(
        self, table: FromClause, columns: Sequence[str], records: Iterable[Sequence[object]]
    ) -> int:
        if not isinstance(table, Table):
            raise TypeError("COPY writes into a table")
        await self._session.flush()
        connection = await self._session.connection()
        # The driver's own calls are outside of the transaction until a statement has opened it.
        await connection.exec_driver_sql("SELECT 1")
        driver = (await connection.get_raw_connection()).driver_connection
        if driver is None:
            raise TypeError("no connection")
        copying = asyncio.ensure_future(
            driver.copy_records_to_table(
                table.name, schema_name=table.schema, columns=columns, records=records
            )
        )

        def lost(_connection: object) -> None:
            copying.cancel()

        driver.add_termination_listener(lost)  # the driver itself would wait for ever to send more
        try:
            done: str = await copying
        except (TypeError, ValueError, OverflowError):  # their texts can quote the value
            raise asyncpg.DataError("a value does not fit its column") from None
        except (asyncio.CancelledError, OSError, asyncpg.InterfaceError):
            if driver.is_closed():
                raise ConnectionError from None
            raise
        finally:
            driver.remove_termination_listener(lost)
        return int(done.removeprefix("COPY "))
