"""The way to the database: a pool of connections that lends sessions, one transaction each."""

import asyncio
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager, suppress
from typing import Any, TypeVar

import asyncpg
import orjson
from sqlalchemy import event
from sqlalchemy.exc import InvalidatePoolError
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, create_async_engine
from sqlalchemy.pool import PoolProxiedConnection

from core.errors import Unavailable
from core.storage.sessions import ReadSession, WriteSession

__all__ = ["Database", "ReadSession", "WriteSession"]

T = TypeVar("T")

POOL_WAIT_SECONDS = 5.0
CONNECT_SECONDS = 5.0
GRACE_SECONDS = 5.0
"""How much longer than the server's own limit the client waits, before it takes the server for dead."""
JAPAN = "Asia/Tokyo"


class Database:
    """One database as one role. Connections are made when needed and kept up to `pool_size`.

    `statement_timeout` is in seconds; a lock is waited for `lock_timeout` seconds, and a transaction in which
    nothing happens for `idle_timeout` seconds is given up by the server; 0 means no limit.
    """

    def __init__(
        self,
        url: str,
        *,
        pool_size: int = 10,
        statement_timeout: float = 30.0,
        lock_timeout: float = 5.0,
        idle_timeout: float = 60.0,
    ) -> None:
        self._url = url
        self._command_timeout = statement_timeout + GRACE_SECONDS if statement_timeout else None
        self._server_settings = {
            "application_name": "juminzei",
            "timezone": JAPAN,
            "statement_timeout": _milliseconds(statement_timeout),
            "lock_timeout": _milliseconds(lock_timeout),
            "idle_in_transaction_session_timeout": _milliseconds(idle_timeout),
        }
        self.engine = self._make_engine(pool_size)
        self._reading = self.engine.execution_options(
            isolation_level="REPEATABLE READ", postgresql_readonly=True
        )

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[WriteSession]:
        """Lend a session; commit when the block ends well, roll back otherwise.

        A cancellation during the commit is raised after it: the outcome is then decided, not unknown.
        """
        lent = WriteSession(_session(self.engine))
        try:
            yield lent
        except BaseException:
            with suppress(Unavailable):  # what happened before is told, a cancellation above all
                await finished(lent.close())
            raise
        await finished(lent.commit_and_close())

    @asynccontextmanager
    async def read(self) -> AsyncIterator[ReadSession]:
        """Lend a session that sees one state of the database throughout and cannot write."""
        lent = ReadSession(_session(self._reading))
        try:
            yield lent
        finally:
            await finished(lent.close())

    async def connect(self) -> asyncpg.Connection:
        """Open a connection of the driver's own, outside of the pool; the caller closes it."""
        return await asyncpg.connect(
            self._url,
            timeout=CONNECT_SECONDS,
            command_timeout=self._command_timeout,
            server_settings=self._server_settings,
        )

    async def close(self) -> None:
        """Close the pooled connections."""
        await finished(self.engine.dispose())

    def _make_engine(self, pool_size: int) -> AsyncEngine:
        engine = create_async_engine(
            "postgresql+asyncpg://",
            async_creator=self.connect,
            pool_size=pool_size,
            max_overflow=0,
            pool_timeout=POOL_WAIT_SECONDS,
            hide_parameters=True,
            json_serializer=_to_json,
            json_deserializer=orjson.loads,
        )
        event.listen(engine.sync_engine, "checkout", _refuse_closed)
        return engine


async def finished(work: Coroutine[Any, Any, T]) -> T:
    """Run `work` to its end even if the caller is cancelled meanwhile; the cancellation is raised then."""
    task = asyncio.ensure_future(work)
    cancellation: asyncio.CancelledError | None = None
    while not task.done():
        try:
            await asyncio.wait({task})
        except asyncio.CancelledError as error:
            cancellation = error
    if cancellation is not None:
        task.exception()
        raise cancellation
    return task.result()


def _session(engine: AsyncEngine) -> AsyncSession:
    return AsyncSession(engine, expire_on_commit=False, close_resets_only=False)


def _refuse_closed(dbapi_connection: Any, _record: object, _proxy: PoolProxiedConnection) -> None:
    """Have the pool renew itself when the server went away: known without asking, unlike `pool_pre_ping`."""
    if dbapi_connection.driver_connection.is_closed():
        raise InvalidatePoolError


def _milliseconds(seconds: float) -> str:
    return str(int(seconds * 1000))


def _to_json(value: object) -> str:
    return orjson.dumps(value).decode()
