"""Migrations: one Alembic branch per plug-in, in the plug-in's own schema, run as the owner.

A branch is a folder of revision files and nothing else (no `env.py`). Its version table lies
in its schema, so a plug-in and its history are dumped, restored or dropped together, and no branch knows
another. Branches run in the order they are given, which is the order of requirements.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Connection, MetaData, column, func, select, table, text
from sqlalchemy.ext.asyncio import AsyncConnection

from core.errors import StartError
from core.storage.address import ServerAddress
from core.storage.database import Database, ReadSession

VERSION_TABLE = "alembic_version"
ENVIRONMENT = Path(__file__).parent / "alembic"
LOCK = 0x4A554D49
"""Key of the advisory lock that one `db migrate` at a time holds ("JUMI")."""


@dataclass(frozen=True)
class Migrations:
    """A plug-in's branch: its name, its folder of revision files, its PostgreSQL schema.

    `grants` is what the application's role may do with the schema's tables, `table_grants` what it may do
    with single ones instead: `{"entry": "SELECT, INSERT (operation, staff_id)"}`. Each run sets both anew.
    """

    name: str
    path: Path
    schema: str
    grants: str = "SELECT, INSERT, UPDATE, DELETE"
    table_grants: Mapping[str, str] = field(default_factory=dict)

    def script(self) -> ScriptDirectory:
        """Read the revision files."""
        return ScriptDirectory(ENVIRONMENT, version_locations=[self.path])

    def head(self) -> str:
        """Return the last revision; raises StartError when there is none, or more than one."""
        try:
            found = self.script().get_current_head()
        except CommandError:
            found = None
        if found is None:
            raise StartError(f"migrations of {self.name}: {self.path} must have exactly one last revision")
        return found


@dataclass(frozen=True)
class Pending:
    """A branch whose tables are not those of this program: `current` is empty before the first migration."""

    branch: str
    current: str
    wanted: str

    def __str__(self) -> str:
        return f"{self.branch}: {self.current or '-'} → {self.wanted}"


async def migrate(address: ServerAddress, branches: Sequence[Migrations]) -> list[Pending]:
    """Bring all branches to their last revision as the owner; return what was done.

    Each revision is one transaction. A second run at the same time waits, and then finds nothing to do.
    Raises StartError when the owner's URL is not known or a folder of revisions is not sound.
    """
    if not address.owner_url:
        raise StartError("db migrate needs the setting database_owner_url (DATABASE_OWNER_URL)")
    database = Database(address.owner_url, pool_size=2, statement_timeout=0, lock_timeout=0, idle_timeout=0)
    try:
        async with database.engine.connect() as connection:
            await connection.execute(select(func.pg_advisory_lock(LOCK)))
            await connection.commit()
            done = await pending(database, branches)
            for branch in branches:
                await _bring_up(connection, branch, address.app_role)
        return done
    finally:
        await database.close()


async def pending(database: Database, branches: Sequence[Migrations]) -> list[Pending]:
    """Return the branches that are not at their last revision, in order."""
    async with database.read() as session:
        found = [Pending(each.name, await _current(session, each), each.head()) for each in branches]
    return [each for each in found if each.current != each.wanted]


async def differences(database: Database, branch: Migrations, metadata: MetaData) -> list[Any]:
    """Compare a schema that was migrated with the tables the program declares; empty means the same."""

    def compare(connection: Connection) -> list[Any]:
        options = {
            "version_table": VERSION_TABLE,
            "version_table_schema": branch.schema,
            "include_schemas": True,
            "include_name": lambda name, kind, _: kind != "schema" or name == branch.schema,
            "compare_server_default": True,
        }
        return list(compare_metadata(MigrationContext.configure(connection, opts=options), metadata))

    async with database.engine.connect() as connection:
        return await connection.run_sync(compare)


async def _current(session: ReadSession, branch: Migrations) -> str:
    name = f"{branch.schema}.{VERSION_TABLE}"
    if await session.scalar(select(func.to_regclass(name))) is None:
        return ""
    versions = table(VERSION_TABLE, column("version_num"), schema=branch.schema)
    return str(await session.scalar(select(versions.c.version_num)) or "")


async def _bring_up(connection: AsyncConnection, branch: Migrations, app_role: str) -> None:
    quote = connection.dialect.identifier_preparer.quote
    await connection.execute(text(f"CREATE SCHEMA IF NOT EXISTS {quote(branch.schema)}"))
    await connection.commit()
    await connection.run_sync(_upgrade, branch)
    await connection.commit()
    for statement in _grants(branch, quote(branch.schema), quote(app_role)):
        await connection.execute(text(statement))
    await connection.commit()


def _upgrade(connection: Connection, branch: Migrations) -> None:
    config = Config()
    config.attributes.update(connection=connection, version_table=VERSION_TABLE, schema=branch.schema)
    config.set_main_option("script_location", _escaped(ENVIRONMENT))
    config.set_main_option("version_locations", _escaped(branch.path))
    config.set_main_option("path_separator", "newline")
    with _start_errors(branch):
        command.upgrade(config, "head")


def _grants(branch: Migrations, schema: str, role: str) -> Iterator[str]:
    tables = f"ALL TABLES IN SCHEMA {schema}"
    yield f"GRANT USAGE ON SCHEMA {schema} TO {role}"
    yield f"REVOKE ALL ON {tables} FROM {role}"
    yield f"GRANT {branch.grants} ON {tables} TO {role}"
    yield f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA {schema} TO {role}"
    for name, privileges in {**branch.table_grants, VERSION_TABLE: "SELECT"}.items():
        yield f"REVOKE ALL ON {schema}.{name} FROM {role}"
        yield f"GRANT {privileges} ON {schema}.{name} TO {role}"


def _escaped(path: Path) -> str:
    return str(path).replace("%", "%%")


@contextmanager
def _start_errors(branch: Migrations) -> Iterator[None]:
    try:
        yield
    except CommandError as error:
        raise StartError(f"migrations of {branch.name}: {error}") from None
