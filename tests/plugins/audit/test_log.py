"""The log on the real database: written with the work it tells of, and by nobody changed afterwards."""

import asyncio
import contextlib
from collections.abc import Callable
from datetime import UTC, datetime
from itertools import product
from uuid import UUID

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from core.access.actor import SYSTEM
from core.access.journal import AccessRecord
from core.storage.database import Database, WriteSession
from core.storage.migrations import differences
from plugins.audit.service import record
from plugins.audit.tables import MIGRATIONS, entry, metadata

Make = Callable[..., AccessRecord]
CHANGES = (
    "UPDATE audit.{table} SET {column} = {column}",
    "UPDATE audit.{table} SET {column} = {column} WHERE false",
    "DELETE FROM audit.{table}",
    "DELETE FROM audit.{table} WHERE false",
    "TRUNCATE audit.{table}",
    "MERGE INTO audit.{table} t USING (SELECT 1) s ON true WHEN MATCHED THEN DELETE",
)
FORBIDDEN = (
    "INSERT INTO audit.entry (id) OVERRIDING SYSTEM VALUE VALUES (1)",
    "INSERT INTO audit.entry (recorded_at) VALUES ('2020-01-01')",
    "INSERT INTO audit.entry (transaction_id) VALUES (1)",
    "SELECT setval('audit.entry_id_seq', 1)",
    "ALTER TABLE audit.entry DISABLE TRIGGER append_only",
    "DROP TABLE audit.entry",
    "CREATE TABLE audit.other (x int)",
)


async def rows(session: WriteSession) -> list[dict[str, object]]:
    found = await session.execute(select(entry).order_by(entry.c.id))
    return [dict(row) for row in found.mappings()]


async def test_a_record_becomes_a_row(session: WriteSession, record_of: Make) -> None:
    await record(session, [record_of("33000001", "33000002", reason="窓口", origin="10.0.0.1")])
    [row] = await rows(session)
    now, transaction = (await session.execute(text("SELECT now(), pg_current_xact_id()::text::bigint"))).one()
    assert row == {
        "transaction_id": transaction,
        "id": row["id"],
        "recorded_at": now,
        "happened_at": datetime(2026, 6, 10, 9, 30, tzinfo=UTC),
        "actor_kind": "staff",
        "staff_number": "10001",
        "department": "課税管理課",
        "session": UUID(int=7),
        "operation": "person",
        "action": "read",
        "object_type": "atena.person",
        "object_ids": ["33000001", "33000002"],
        "fields": ["name"],
        "result": "ok",
        "correlation_id": "c-1",
        "reason": "窓口",
        "origin": "10.0.0.1",
    }


async def test_the_order_of_records_is_kept(session: WriteSession, record_of: Make) -> None:
    await record(session, [record_of(str(number)) for number in range(50)])
    assert [row["object_ids"] for row in await rows(session)] == [[str(number)] for number in range(50)]


async def test_the_system_has_no_session(session: WriteSession, record_of: Make) -> None:
    await record(session, [record_of(actor=SYSTEM)])
    [row] = await rows(session)
    assert (row["actor_kind"], row["session"], row["object_ids"]) == ("system", None, [])


@pytest.mark.parametrize(
    ("ids", "sizes"), [(0, [0]), (1000, [1000]), (1001, [1000, 1]), (2500, [1000, 1000, 500])]
)
async def test_very_many_objects_take_several_rows(
    session: WriteSession, record_of: Make, ids: int, sizes: list[int]
) -> None:
    await record(session, [record_of(*map(str, range(ids)))])
    found = [row["object_ids"] for row in await rows(session)]
    assert [len(part) for part in found if isinstance(part, list)] == sizes
    assert [number for part in found if isinstance(part, list) for number in part] == [*map(str, range(ids))]


async def test_no_records_write_nothing(session: WriteSession) -> None:
    await record(session, [])
    assert await rows(session) == []


async def run_in_own_transaction(database: Database, statement: str) -> None:
    async with database.transaction() as session:
        await session.execute(text(statement))


async def record_and_fail(database: Database, made: AccessRecord) -> None:
    async with database.transaction() as session:
        await record(session, [made])
        raise ZeroDivisionError


async def record_and_go_on(database: Database, made: AccessRecord) -> None:
    async with database.transaction() as session:
        with contextlib.suppress(DBAPIError):
            await record(session, [made])


async def test_a_rollback_takes_the_record_with_it(database: Database, record_of: Make) -> None:
    with pytest.raises(ZeroDivisionError):
        await record_and_fail(database, record_of("1"))
    async with database.transaction() as session:
        assert await rows(session) == []


async def test_whoever_swallows_a_failed_record_cannot_commit(database: Database, record_of: Make) -> None:
    with pytest.raises(RuntimeError, match="nothing of it can be committed"):
        await record_and_go_on(database, record_of("1", reason="\0"))


@pytest.mark.parametrize(("table", "column"), [("entry", "reason"), ("seal", "link"), ("checkpoint", "root")])
async def test_nobody_changes_or_deletes(
    database: Database, owner_database: Database, record_of: Make, table: str, column: str
) -> None:
    async with database.transaction() as session:
        await record(session, [record_of("1")])
    for acting, change in product((database, owner_database), CHANGES):
        with pytest.raises(DBAPIError, match="42501"):
            await run_in_own_transaction(acting, change.format(table=table, column=column))


async def test_the_application_chooses_neither_id_nor_time_nor_transaction(database: Database) -> None:
    for statement in FORBIDDEN:
        with pytest.raises(DBAPIError, match="42501"):
            await run_in_own_transaction(database, statement)


async def test_an_upsert_cannot_change_a_row(database: Database) -> None:
    upsert = "INSERT INTO audit.seal VALUES (1, 1, 1, '') ON CONFLICT (sequence) DO UPDATE SET link = ''"
    with pytest.raises(DBAPIError, match="42501"):
        await run_in_own_transaction(database, upsert)


async def test_many_transactions_write_at_once(database: Database, record_of: Make) -> None:
    async def one(number: int) -> None:
        async with database.transaction() as session:
            await record(session, [record_of(str(number))])

    await asyncio.gather(*map(one, range(40)))
    async with database.transaction() as session:
        found = await rows(session)
    assert sorted(str(row["object_ids"]) for row in found) == sorted(f"['{number}']" for number in range(40))


async def test_the_migration_makes_the_declared_tables(owner_database: Database) -> None:
    assert await differences(owner_database, MIGRATIONS, metadata) == []
