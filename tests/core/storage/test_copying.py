"""A server that goes away in the middle of COPY or between two calls: an answer, always the same."""

import asyncio
import os
import signal
import time
from collections.abc import Callable, Iterator

import pytest
from sqlalchemy import Column, Integer, MetaData, Table, Text, text

from core.storage.database import Database, WriteSession
from core.storage.errors import DatabaseUnavailable

COPIED = Table("copied", MetaData(), Column("id", Integer), Column("said", Text))


async def copy(database: Database, records: Callable[[int], Iterator[tuple[int, str]]]) -> None:
    async with database.transaction() as session:
        pid = await session.scalar(text("SELECT pg_backend_pid()"))
        with pytest.raises(DatabaseUnavailable):
            await session.copy(COPIED, ["id", "said"], records(pid))


@pytest.mark.parametrize("rows", [10, 2_000, 300_000])
async def test_a_connection_lost_in_the_middle_of_a_copy_is_unavailable(
    database: Database, owner_database: Database, rows: int
) -> None:
    async with owner_database.transaction() as session:
        await session.execute(text("CREATE TABLE copied (id int, said text)"))
        await session.execute(text("GRANT ALL ON copied TO PUBLIC"))

    def records(pid: int) -> Iterator[tuple[int, str]]:
        for number in range(rows):
            if number == rows // 2:
                os.kill(pid, signal.SIGTERM)
            yield number, "x" * 200

    with pytest.raises(DatabaseUnavailable):
        await copy(database, records)


@pytest.mark.parametrize("call", ["execute", "copy"])
async def test_a_server_that_says_goodbye_with_its_last_answer_is_unavailable(
    database: Database, owner_database: Database, call: str
) -> None:
    async with owner_database.transaction() as session:
        await session.execute(text("CREATE TABLE copied (id int, said text)"))
        await session.execute(text("GRANT ALL ON copied TO PUBLIC"))
    question = text("SELECT pg_backend_pid()")

    async def ask(session: WriteSession) -> None:
        if call == "execute":
            await session.execute(question)
            await session.execute(question)
        else:
            await session.copy(COPIED, ["id", "said"], [(1, "x")])  # it has a question of its own before

    async def ask_the_dying() -> None:
        async with database.transaction() as session:
            pid = await session.scalar(question)
            await ask(session)
            asking = asyncio.create_task(ask(session))
            await asyncio.sleep(0)  # the question is on its way; its answer and the goodbye are read at once
            time.sleep(0.2)  # noqa: ASYNC251  # the loop must not read the answer yet
            os.kill(pid, signal.SIGTERM)
            time.sleep(0.2)  # noqa: ASYNC251
            await asking

    with pytest.raises(DatabaseUnavailable):
        await ask_the_dying()

    async with database.read() as reading:
        assert await reading.scalar(question)
