"""Sessions: commit and rollback, side-by-side use, what a read session may not do, errors without data."""

import asyncio
import contextlib
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import func, insert, select, text, update
from sqlalchemy.exc import DBAPIError, IntegrityError, InvalidRequestError

from core.storage.database import Database, ReadSession, WriteSession
from core.storage.errors import DatabaseBusy, constraint_of


async def balances(database: Database, account: Any) -> list[int]:
    async with database.read() as session:
        return list((await session.scalars(select(account.balance).order_by(account.number))).all())


async def test_block_that_ends_well_is_committed(database: Database, account: Any) -> None:
    async with database.transaction() as session:
        session.add(account(number="1", balance=10))
    assert await balances(database, account) == [10]


async def test_block_that_raises_leaves_nothing(database: Database, account: Any) -> None:
    async def interrupted() -> None:
        async with database.transaction() as session:
            session.add(account(number="1", balance=10))
            await session.flush()
            raise LookupError

    with pytest.raises(LookupError):
        await interrupted()
    assert await balances(database, account) == []


async def test_object_keeps_its_values_after_commit(database: Database, account: Any) -> None:
    async with database.transaction() as session:
        made = account(number="1", balance=10)
        session.add(made)
    assert (made.number, made.balance, made.id.version, made.recorded_at.tzinfo is not None) == (
        "1",
        10,
        7,
        True,
    )


async def test_swallowed_failure_is_not_taken_for_done(database: Database, account: Any) -> None:
    async def careless() -> None:
        async with database.transaction() as session:
            await session.execute(insert(account).values(number="1", balance=10))
            with contextlib.suppress(IntegrityError):
                await session.execute(insert(account).values(number="1", balance=20))

    with pytest.raises(RuntimeError, match="nothing of it can be committed"):
        await careless()
    assert await balances(database, account) == []


async def test_siblings_share_one_session(session: WriteSession, account: Any) -> None:
    await session.copy(account.__table__, ["number", "balance"], [(str(n), n) for n in range(50)])

    async def balance_of(number: int) -> int | None:
        return await session.scalar(select(account.balance).where(account.number == str(number)))

    assert await asyncio.gather(*(balance_of(n) for n in range(50))) == list(range(50))


async def test_read_session_sees_one_state_throughout(database: Database, account: Any) -> None:
    count = select(func.count()).select_from(account)
    async with database.read() as reader:
        assert await reader.scalar(count) == 0
        async with database.transaction() as writer:
            writer.add(account(number="1", balance=10))
        assert await reader.scalar(count) == 0
    async with database.read() as reader:
        assert await reader.scalar(count) == 1


async def test_read_session_cannot_write(database: Database, account: Any) -> None:
    async with database.read() as session:
        with pytest.raises(DBAPIError, match="25006"):
            await session.execute(insert(account).values(number="1", balance=10))


async def test_session_is_of_no_use_after_its_block(database: Database) -> None:
    async with database.read() as session:
        pass
    with pytest.raises(InvalidRequestError, match="closed"):
        await session.scalar(select(1))


async def test_get_returns_object_or_none(session: WriteSession, account: Any) -> None:
    made: Any = account(number="1", balance=10)
    session.add(made)
    await session.flush()
    found: Any = await session.get(account, made.id)
    assert found is made
    await session.delete(made)
    await session.flush()
    assert await session.get(account, made.id) is None


async def test_locked_object_shows_what_others_committed(database: Database, account: Any) -> None:
    async with database.transaction() as setting_up:
        made = account(number="1", balance=10)
        setting_up.add(made)
    async with database.transaction() as session:
        stale: Any = await session.get(account, made.id)
        async with database.transaction() as other:
            await other.execute(update(account).values(balance=20))
        assert stale.balance == 10
        fresh: Any = await session.get_locked(account, made.id)
        assert (fresh.balance, fresh is stale) == (20, True)


async def test_fifty_increments_side_by_side_all_count(database: Database, account: Any) -> None:
    async with database.transaction() as session:
        made = account(number="1", balance=0)
        session.add(made)

    async def increment() -> None:
        async with database.transaction() as session:
            found: Any = await session.get_locked(account, made.id)
            found.balance += 1

    await asyncio.gather(*(increment() for _ in range(50)))
    assert await balances(database, account) == [50]


async def test_json_goes_in_and_out(session: WriteSession, account: Any) -> None:
    facts = {"氏名": "山田", "yen": 2**53 + 1, "list": [1, None, True]}
    session.add(account(number="1", balance=1, facts=facts))
    assert await session.scalar(select(account.facts)) == facts


async def test_a_lazy_commit_does_not_wait_and_is_seen(database: Database, account: Any) -> None:
    async with database.transaction() as session:
        await session.execute(text("SET LOCAL synchronous_commit = on"))
        await session.commit_lazily()
        session.add(account(number="1", balance=10))
        waits = await session.scalar(text("SELECT current_setting('synchronous_commit')"))

    assert (waits, await balances(database, account)) == ("off", [10])


async def test_copy_writes_inside_the_transaction(database: Database, account: Any) -> None:
    async def interrupted() -> None:
        async with database.transaction() as session:
            assert await session.copy(account.__table__, ["number", "balance"], [("1", 1), ("2", 2)]) == 2
            raise LookupError

    with pytest.raises(LookupError):
        await interrupted()
    assert await balances(database, account) == []


async def test_copy_reports_a_violated_constraint(database: Database, account: Any) -> None:
    with pytest.raises(IntegrityError) as caught:
        async with database.transaction() as session:
            await session.copy(account.__table__, ["number", "balance"], [("1", -1)])
    assert constraint_of(caught.value) == "ck_account_balance_not_negative"


SECRET = "123456789018"
Failing = Callable[[ReadSession, Any], Any]


@pytest.mark.parametrize(
    ("kind", "fail"),
    [
        (IntegrityError, lambda s, t: s.execute(insert(t), [{"number": SECRET, "balance": 1}] * 2)),
        (DBAPIError, lambda s, t: s.execute(insert(t).values(number=SECRET, balance=SECRET))),
        (DBAPIError, lambda s, _: s.scalar(text(f"SELECT '{SECRET}x'::int"))),
        (DBAPIError, lambda s, t: s.execute(insert(t).values(number=SECRET + "\0", balance=1))),
        (DBAPIError, lambda s, t: s.execute(insert(t).values(number=SECRET + "\ud800", balance=1))),
        (DBAPIError, lambda s, t: s.execute(insert(t).values(number=SECRET, balance=2**64))),
        (DBAPIError, lambda s, t: s.copy(t.__table__, ["number", "balance"], [(SECRET, SECRET)])),
    ],
    ids=["unique", "type", "cast", "nul", "surrogate", "range", "copy"],
)
async def test_error_never_holds_the_data(
    session: WriteSession, account: Any, kind: type[Exception], fail: Failing
) -> None:
    with pytest.raises(kind) as caught:
        await fail(session, account)
    chain = [caught.value, caught.value.__cause__, getattr(caught.value, "orig", None)]
    shown = "".join(f"{error} {error!r}" for error in chain)
    assert caught.value.__suppress_context__
    assert SECRET not in shown.replace(f"'{SECRET}x'::int", "")


async def test_violated_constraint_is_named(session: WriteSession, account: Any) -> None:
    with pytest.raises(IntegrityError) as caught:
        await session.execute(insert(account), [{"number": "1", "balance": 1}] * 2)
    assert constraint_of(caught.value) == "uq_account_number"


@pytest.mark.parametrize(
    ("limits", "statement"),
    [
        ({"statement_timeout": 0.05}, "SELECT pg_sleep(5)"),
        ({"lock_timeout": 0.05}, "LOCK TABLE sample.account IN EXCLUSIVE MODE"),
    ],
)
async def test_time_limits_give_busy(
    database: Database, url: str, limits: dict[str, Any], statement: str
) -> None:
    limited = Database(url, **limits)
    async with database.transaction() as holder:
        await holder.execute(text("LOCK TABLE sample.account IN EXCLUSIVE MODE"))
        with pytest.raises(DatabaseBusy):
            async with limited.transaction() as session:
                await session.execute(text(statement))
    await limited.close()
