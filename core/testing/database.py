"""Fixtures on the real database: one embedded server per run, one database per test, nothing shared.

The server is shared by the workers of pytest-xdist and stops with the last of them. All migrations run once,
into a template; each test gets a copy of it. A folder of tests states in `branches` whose migrations.
"""

import asyncio
import hashlib
import itertools
import os
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import asyncpg
import pytest

from core.storage.address import ServerAddress
from core.storage.database import Database, WriteSession
from core.storage.embedded import embedded_server
from core.storage.embedded.locks import FileLock, wait_until
from core.storage.migrations import Migrations, migrate

FAST = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "autovacuum": "off",
    "shared_buffers": "128MB",
}
"""Settings that no real database may have: this one need not outlive the run."""
BUILD_SECONDS = 120
_numbers = itertools.count()


class _RollBack(Exception):
    """Ends a transaction without a commit."""


@pytest.fixture(scope="session")
def run_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that all workers of this run share."""
    base = tmp_path_factory.getbasetemp()
    return base.parent if "PYTEST_XDIST_WORKER" in os.environ else base


@pytest.fixture(scope="session")
def server(run_folder: Path) -> Iterator[ServerAddress]:
    """The embedded server of this run."""
    with embedded_server(run_folder / "database", server_settings=FAST) as address:
        yield address


@pytest.fixture(scope="session")
def branches() -> Sequence[Migrations]:
    """The migrations that the tests need, lower ones first: none, until a folder's conftest.py says."""
    return ()


@pytest.fixture(scope="session")
def templates() -> dict[str, str]:
    """The templates that this worker knows to be there, by the migrations that made them."""
    return {}


@pytest.fixture
def template(
    server: ServerAddress, branches: Sequence[Migrations], run_folder: Path, templates: dict[str, str]
) -> str:
    """The name of a database in which the folder's migrations ran; the first that needs it builds it."""
    wanted = repr(branches)
    if wanted not in templates:
        templates[wanted] = _template(server, branches, run_folder)
    return templates[wanted]


@pytest.fixture
async def address(server: ServerAddress, template: str) -> AsyncIterator[ServerAddress]:
    """A database of this test alone."""
    name = f"test_{os.getpid()}_{next(_numbers)}"
    async with _maintenance(server) as connection:
        await connection.execute(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY file_copy")
        await connection.execute(f"REVOKE TEMPORARY ON DATABASE {name} FROM PUBLIC")
    yield server.at(name)
    async with _maintenance(server) as connection:
        await connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
async def database(address: ServerAddress) -> AsyncIterator[Database]:
    """The test's database as the application's role."""
    database = Database(address.app_url)
    yield database
    await database.close()


@pytest.fixture
async def owner_database(address: ServerAddress) -> AsyncIterator[Database]:
    """The test's database as the owner of its schemas."""
    database = Database(address.owner_url)
    yield database
    await database.close()


@pytest.fixture
async def session(database: Database) -> AsyncIterator[WriteSession]:
    """A session of the application's role that is rolled back after the test."""
    try:
        async with database.transaction() as session:
            yield session
            raise _RollBack
    except _RollBack:
        pass


def _template(server: ServerAddress, branches: Sequence[Migrations], run_folder: Path) -> str:
    name = f"template_{_digest(branches)}"
    with FileLock(run_folder / name) as lock:
        wait_until(lock.try_exclusive, time.monotonic() + BUILD_SECONDS)
        asyncio.run(_build(server, branches, name))
    return name


async def _build(server: ServerAddress, branches: Sequence[Migrations], name: str) -> None:
    """Make the template under another name first: a run that was killed leaves no half of one."""
    async with _maintenance(server) as connection:
        if await connection.fetchval("SELECT 1 FROM pg_database WHERE datname = $1", name):
            return
        await connection.execute(f"DROP DATABASE IF EXISTS draft_{name}")
        await connection.execute(f"CREATE DATABASE draft_{name}")
        await migrate(server.at(f"draft_{name}"), branches)
        await connection.execute(f"ALTER DATABASE draft_{name} RENAME TO {name}")


@asynccontextmanager
async def _maintenance(server: ServerAddress) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(server.at("postgres").owner_url)
    try:
        yield connection
    finally:
        await connection.close()


def _digest(branches: Sequence[Migrations]) -> str:
    digest = hashlib.sha256(repr(branches).encode())
    for file in sorted(file for branch in branches for file in branch.path.glob("*.py")):
        digest.update(file.read_bytes())
    return digest.hexdigest()[:16]
