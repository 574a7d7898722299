"""COPY to a server that goes away in the middle: an answer, at once and always the same."""

import os
import signal
from collections.abc import Callable, Iterator

import pytest
from sqlalchemy import Column, Integer, MetaData, Table, Text, text

from core.storage.database import Database
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
