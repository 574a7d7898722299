"""Migrations: order, versions, grants, two at once, and that the tables are those the program declares."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Integer, text
from sqlalchemy.exc import DBAPIError

from core.errors import StartError
from core.storage.address import ServerAddress
from core.storage.database import Database
from core.storage.migrations import Migrations, Pending, differences, migrate, pending
from core.storage.readiness import check_ready
from core.storage.tables import schema_metadata

REVISION = """\
from alembic import op

revision = "{number}"
down_revision = {before}


def upgrade() -> None:
    op.execute("{statement}")
"""


@pytest.fixture
def later(tmp_path: Path) -> Migrations:
    """A second branch, with two revisions of its own."""
    folder = tmp_path / "100% of it"
    folder.mkdir()
    add_revision(folder, "0001", "CREATE TABLE later.one (id bigint)")
    add_revision(folder, "0002", "CREATE TABLE later.two (id bigint)", before="0001")
    return Migrations("later", folder, "later")


def add_revision(folder: Path, number: str, statement: str, before: str | None = None) -> None:
    source = REVISION.format(number=number, before=repr(before), statement=statement)
    (folder / f"{number}_step.py").write_text(source, encoding="utf-8")


async def rows(database: Database, statement: str) -> list[Any]:
    async with database.read() as session:
        return [tuple(row) for row in (await session.execute(text(statement))).all()]


async def test_tables_are_those_the_program_declares(
    owner_database: Database, sample: Migrations, metadata: Any
) -> None:
    assert await differences(owner_database, sample, metadata) == []


async def test_a_difference_is_found(owner_database: Database, sample: Migrations, metadata: Any) -> None:
    other = schema_metadata("sample")
    for table in metadata.sorted_tables:
        table.to_metadata(other)
    other.tables["sample.entry"].c.amount.type = Integer()
    found = await differences(owner_database, sample, other)
    assert [change[0][0] for change in found] == ["modify_type"]


async def test_branch_comes_to_its_head_and_then_nothing_is_pending(
    address: ServerAddress, database: Database, later: Migrations
) -> None:
    assert await pending(database, [later]) == [Pending("later", "", "0002")]
    assert await migrate(address, [later]) == [Pending("later", "", "0002")]
    assert await pending(database, [later]) == []
    assert await migrate(address, [later]) == []


async def test_pending_migration_stands_against_serving(
    address: ServerAddress, database: Database, later: Migrations
) -> None:
    await migrate(address, [later])
    add_revision(later.path, "0003", "CREATE TABLE later.three (id bigint)", before="0002")
    assert await check_ready(database, [later]) == [
        "migration pending, run `juminzei db migrate`: later: 0002 → 0003"
    ]
    await migrate(address, [later])
    assert await check_ready(database, [later]) == []


async def test_database_ahead_of_the_program_is_pending_too(
    address: ServerAddress, database: Database, later: Migrations
) -> None:
    await migrate(address, [later])
    (later.path / "0002_step.py").unlink()
    assert await pending(database, [later]) == [Pending("later", "0002", "0001")]
    with pytest.raises(StartError, match="migrations of later"):
        await migrate(address, [later])


async def test_failed_revision_leaves_the_ones_before_it(
    address: ServerAddress, database: Database, owner_database: Database, later: Migrations
) -> None:
    add_revision(later.path, "0003", "CREATE TABLE later.three (id bigint); SELECT 1/0", before="0002")
    with pytest.raises(DBAPIError):
        await migrate(address, [later])
    assert await rows(owner_database, "SELECT version_num FROM later.alembic_version") == [("0002",)]
    assert await rows(owner_database, "SELECT to_regclass('later.three')::text") == [(None,)]


async def test_two_at_once_wait_for_each_other(address: ServerAddress, later: Migrations) -> None:
    add_revision(later.path, "0003", "SELECT pg_sleep(0.2)", before="0002")
    done = await asyncio.gather(*(migrate(address, [later]) for _ in range(3)))
    assert sorted(map(len, done)) == [0, 0, 1]


@pytest.mark.parametrize("names", [(), ("0001", "0002")], ids=["no head", "two heads"])
async def test_folder_without_one_head_stops_the_start(tmp_path: Path, names: Sequence[str]) -> None:
    for name in names:
        add_revision(tmp_path, name, "SELECT 1")
    with pytest.raises(StartError, match="exactly one last revision"):
        Migrations("broken", tmp_path, "broken").head()


async def test_migrate_needs_the_owner(address: ServerAddress, sample: Migrations) -> None:
    with pytest.raises(StartError, match="DATABASE_OWNER_URL"):
        await migrate(replace(address, owner_url=""), [sample])


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE SCHEMA mine",
        "CREATE TABLE sample.mine (id int)",
        "CREATE TABLE public.mine (id int)",
        "CREATE TEMPORARY TABLE mine (id int)",
        "ALTER TABLE sample.account ADD COLUMN mine int",
        "ALTER TABLE sample.account DISABLE TRIGGER ALL",
        "DROP TABLE sample.entry",
        "TRUNCATE sample.account CASCADE",
        "CREATE INDEX ON sample.account (balance)",
        "UPDATE sample.alembic_version SET version_num = '9'",
        "UPDATE sample.trace SET operation = 'x'",
        "DELETE FROM sample.trace",
        "INSERT INTO sample.trace (operation, recorded_at) VALUES ('x', now())",
        "INSERT INTO sample.trace (id, operation) OVERRIDING SYSTEM VALUE VALUES (9, 'x')",
        "INSERT INTO sample.trace (operation) VALUES ('x') ON CONFLICT (id) DO UPDATE SET operation = 'y'",
        "COPY sample.account TO '/tmp/out'",
        "COPY sample.account TO PROGRAM 'cat'",
        "SET ROLE juminzei_owner",
        "CREATE ROLE mine",
        "CREATE EXTENSION vector",
    ],
)
async def test_application_may_not(database: Database, statement: str) -> None:
    with pytest.raises(DBAPIError, match="42501"):
        async with database.transaction() as session:
            await session.execute(text(statement))


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO sample.account (number, balance) VALUES ('1', 1)",
        "UPDATE sample.account SET balance = 2",
        "DELETE FROM sample.account",
        "INSERT INTO sample.trace (operation) VALUES ('x')",
        "SELECT * FROM sample.trace, sample.account, sample.entry, sample.alembic_version",
    ],
)
async def test_application_may(database: Database, statement: str) -> None:
    async with database.transaction() as session:
        await session.execute(text(statement))


async def test_grants_follow_the_declaration_at_the_next_run(
    address: ServerAddress, database: Database, later: Migrations
) -> None:
    await migrate(address, [later])
    await migrate(address, [replace(later, grants="SELECT", table_grants={"two": "INSERT (id)"})])
    found = await rows(
        database,
        "SELECT has_table_privilege('later.one', 'SELECT'), has_table_privilege('later.one', 'INSERT'),"
        " has_table_privilege('later.two', 'SELECT'), has_column_privilege('later.two', 'id', 'INSERT')",
    )
    assert found == [(True, False, False, True)]


async def test_owner_may_not_serve(
    address: ServerAddress, owner_database: Database, sample: Migrations
) -> None:
    assert await check_ready(owner_database, [sample]) == [
        "DATABASE_URL must not name a role that can alter the schemas (sample)"
    ]


async def test_application_on_a_migrated_database_is_ready(database: Database, sample: Migrations) -> None:
    assert await check_ready(database, [sample]) == []
