"""The sealer: everything committed, once, in order, behind one another; nothing on top of a loss."""

import asyncio
import io
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import select, text

from core.access.journal import AccessRecord
from core.storage.database import Database
from plugins.audit import service
from plugins.audit.chain import Checkpoint
from plugins.audit.errors import ChainBroken
from plugins.audit.second_place import SecondPlace
from plugins.audit.service import Sealer, export_lines, record
from plugins.audit.tables import checkpoint, entry, seal
from plugins.audit.verifier import Verdict, read_kept, verify

Make = Callable[..., AccessRecord]
SealAll = Callable[[], Awaitable[int]]


async def write(database: Database, *records: AccessRecord) -> None:
    async with database.transaction() as session:
        await record(session, records)


async def exported(database: Database) -> bytes:
    async with database.read() as session:
        return b"".join([line async for line in export_lines(session, "331007")])


async def verified(database: Database, sealer: Sealer) -> Verdict:
    data = io.BytesIO(await exported(database))
    return verify(data, [sealer.key.public_key()], read_kept(sealer.place.folder))


async def numbers(database: Database) -> list[tuple[int, int]]:
    """(sealed number, entry) in the order of the chain."""
    async with database.read() as session:
        found = await session.execute(select(seal.c.sequence, seal.c.entry_id).order_by(seal.c.sequence))
        return [(row.sequence, row.entry_id) for row in found]


async def spoil(owner: Database, *statements: str) -> None:
    """What whoever owns the tables can do, after switching the triggers off: only the chain shows it."""
    switched_off = [
        f"ALTER TABLE audit.{t} DISABLE TRIGGER append_only" for t in ("entry", "seal", "checkpoint")
    ]
    async with owner.transaction() as session:
        for statement in (*switched_off, *statements):
            await session.execute(text(statement))


async def test_an_empty_log_gets_no_checkpoint(sealer: Sealer, database: Database) -> None:
    await sealer.seal()
    assert await numbers(database) == []
    assert sealer.place.last() is None


async def test_committed_rows_are_sealed_once(
    sealer: Sealer, seal_all: SealAll, database: Database, record_of: Make
) -> None:
    await write(database, record_of("1"), record_of("2", reason=""), record_of(result="FORBIDDEN"))
    assert await seal_all() == 3
    await write(database, record_of("4", reason='\u0085\u2028"\\\x07税𠮷'))
    assert await seal_all() == 4
    assert await seal_all() == 4
    found = await verified(database, sealer)
    assert (found.rows, found.checkpoints, found.kept_elsewhere) == (4, 2, 2)


async def test_a_rolled_back_row_leaves_no_gap_in_the_chain(
    seal_all: SealAll, sealer: Sealer, database: Database, record_of: Make
) -> None:
    await write(database, record_of("1"))
    with pytest.raises(RuntimeError):
        await _fail_after_writing(database, record_of("2"))
    await write(database, record_of("3"))
    await seal_all()
    assert await numbers(database) == [(1, 1), (2, 3)]
    assert (await verified(database, sealer)).rows == 2


async def _fail_after_writing(database: Database, made: AccessRecord) -> None:
    async with database.transaction() as session:
        await record(session, [made])
        raise RuntimeError


async def test_rows_behind_a_running_transaction_wait_for_it(
    sealer: Sealer, seal_all: SealAll, database: Database, record_of: Make
) -> None:
    async with database.transaction() as early:
        await record(early, [record_of("early")])
        await write(database, record_of("late"))
        await sealer.seal()
        assert await numbers(database) == []
    await seal_all()
    assert await numbers(database) == [(1, 1), (2, 2)]
    assert (await verified(database, sealer)).rows == 2


async def test_batches_join_into_one_chain(
    sealer: Sealer, seal_all: SealAll, database: Database, record_of: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "BATCH", 7)
    monkeypatch.setattr(service, "EXPORT_CHUNK", 5)
    await write(database, *[record_of(str(number)) for number in range(30)])
    assert await seal_all() == 30
    found = await verified(database, sealer)
    assert (found.rows, found.checkpoints) == (30, 5)


async def test_many_sealers_and_writers_at_once_make_one_chain(
    sealer: Sealer, seal_all: SealAll, database: Database, record_of: Make
) -> None:
    async def clerk(number: int) -> None:
        for turn in range(5):
            await write(database, record_of(f"{number}-{turn}"), record_of(f"{number}-{turn}-b"))

    async def companion() -> None:
        for _ in range(10):
            await sealer.seal()

    await asyncio.gather(*map(clerk, range(8)), *(companion() for _ in range(4)))
    assert await seal_all() == 80
    assert [sequence for sequence, _ in await numbers(database)] == list(range(1, 81))
    assert (await verified(database, sealer)).rows == 80


async def test_a_sealer_that_is_killed_leaves_a_whole_chain(
    sealer: Sealer, seal_all: SealAll, database: Database, record_of: Make
) -> None:
    await write(database, *[record_of(str(number)) for number in range(200)])
    for turn in range(8):
        task = asyncio.create_task(sealer.seal())
        await asyncio.sleep(0.004 * turn)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    assert await seal_all() == 200
    assert (await verified(database, sealer)).rows == 200


async def test_a_checkpoint_that_was_not_kept_elsewhere_is_made_up_for(
    sealer: Sealer, seal_all: SealAll, database: Database, record_of: Make
) -> None:
    await write(database, record_of("1"))
    await seal_all()
    await write(database, record_of("2"))
    await seal_all()
    whole = sealer.place.file.read_bytes()
    first = whole.index(b"\n") + 1
    sealer.place.file.write_bytes(whole[: first + 20])  # the process died while it wrote the second line
    await sealer.seal()
    assert sealer.place.file.read_bytes() == whole


async def test_nothing_is_sealed_on_top_of_a_loss(
    sealer: Sealer, seal_all: SealAll, database: Database, owner_database: Database, record_of: Make
) -> None:
    await write(database, record_of("1"))
    await seal_all()
    await write(database, record_of("2"))
    await seal_all()
    await spoil(
        owner_database,
        "DELETE FROM audit.entry WHERE id = 2",
        "DELETE FROM audit.seal WHERE sequence = 2",
        "DELETE FROM audit.checkpoint WHERE number = 2",
    )
    await write(database, record_of("3"))
    with pytest.raises(ChainBroken, match="検査点 2 がデータベースにありません"):
        await sealer.seal()
    assert len(await numbers(database)) == 1


async def test_nothing_is_sealed_in_a_cluster_that_counts_from_the_beginning(
    sealer: Sealer, seal_all: SealAll, database: Database, owner_database: Database, record_of: Make
) -> None:
    await write(database, record_of("1"))
    await seal_all()
    await spoil(owner_database, "UPDATE audit.seal SET transaction_id = transaction_id + 1000000")
    with pytest.raises(ChainBroken, match="トランザクション番号が戻っています"):
        await sealer.seal()


SPOILT = [
    ("UPDATE audit.entry SET staff_number = '99999' WHERE id = 2", "2 件目: 封印した後で内容が変更"),
    ("UPDATE audit.entry SET session = NULL WHERE id = 2", "2 件目: 封印した後で内容が変更"),
    ("UPDATE audit.entry SET object_ids = '{}' WHERE id = 2", "2 件目: 封印した後で内容が変更"),
    ("UPDATE audit.entry SET recorded_at = recorded_at + interval '1 microsecond' WHERE id = 2", "2 件目"),
    ("DELETE FROM audit.entry WHERE id = 2", "2 件目: あるべき場所に 3 件目があります"),
    ("UPDATE audit.seal SET link = sha256('x') WHERE sequence = 2", "2 件目: 封印した後で内容が変更"),
    ("DELETE FROM audit.seal WHERE sequence = 2", "2 件目: あるべき場所に 3 件目があります"),
    ("UPDATE audit.seal SET sequence = -sequence", "1 件目から 3 件目までのどこかが書き換えられています"),
    ("DELETE FROM audit.seal WHERE sequence = 3", "1 件目から 3 件目までのどこかが書き換えられています"),
    ("UPDATE audit.seal SET entry_id = 9 WHERE sequence = 1", "1 件目: あるべき場所に 2 件目があります"),
    ("UPDATE audit.checkpoint SET root = repeat('0', 64)", "検査点 1(3 件目まで)の署名"),
]


@pytest.mark.parametrize(("statement", "told"), SPOILT)
async def test_what_the_owner_changes_is_found(
    sealer: Sealer,
    seal_all: SealAll,
    database: Database,
    owner_database: Database,
    record_of: Make,
    statement: str,
    told: str,
) -> None:
    await write(database, record_of("1"), record_of("2"), record_of("3"))
    await seal_all()
    await spoil(owner_database, statement)
    with pytest.raises(ChainBroken) as broken:
        await verified(database, sealer)
    assert told in broken.value.text


async def test_a_new_key_goes_on_with_the_chain(
    sealer: Sealer, seal_all: SealAll, database: Database, record_of: Make, other_key: Ed25519PrivateKey
) -> None:
    await write(database, record_of("1"))
    await seal_all()
    await write(database, record_of("2"))
    renewed = replace(sealer, key=other_key)
    while len(await numbers(database)) < 2:
        await renewed.seal()
    keys = [key.public_key() for key in (sealer.key, other_key)]
    assert verify(io.BytesIO(await exported(database)), keys).checkpoints == 2


async def test_checkpoints_are_stored_as_signed(
    sealer: Sealer, seal_all: SealAll, database: Database, record_of: Make
) -> None:
    await write(database, record_of("1"))
    await seal_all()
    async with database.read() as session:
        columns = (checkpoint.c[name] for name in Checkpoint.__dataclass_fields__)
        stored = Checkpoint(*(await session.execute(select(*columns))).one())
    assert stored == sealer.place.last()
    assert stored.is_signed_by([sealer.key.public_key()])


async def test_the_service_seals_until_it_is_stopped(
    sealer: Sealer, database: Database, record_of: Make
) -> None:
    await write(database, record_of("1"))
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(sealer.run(), 2.5)
    assert await numbers(database) == [(1, 1)]


def test_a_last_line_that_is_no_checkpoint_is_refused(tmp_path: Path) -> None:
    place = SecondPlace(tmp_path, "331007")
    place.file.write_bytes(b"nonsense\n")
    with pytest.raises(ChainBroken, match="最後の行が壊れています"):
        place.last()


async def test_what_is_sealed_holds_no_second_spelling_of_a_moment(
    seal_all: SealAll, database: Database, record_of: Make
) -> None:
    await write(database, record_of("1"))
    await seal_all()
    assert b'"happened_at":"2026-06-10T09:30:00.000000Z"' in await exported(database)
    async with database.read() as session:
        assert await session.scalar(select(entry.c.session)) is not None
