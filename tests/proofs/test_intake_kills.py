"""The intake and its database killed with -9 at random moments: in the end all is as without a kill.

What it shows. The command takes deliveries in; PostgreSQL or the command is killed, and the same command is
given again until it ends well. Then what the tables of shiryo say equals a run that nobody disturbed,
row by row, but for row numbers, moments and sealed bytes.
"""

import asyncio
import os
import random
import signal
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from sqlalchemy import text

from core.clock import MovableClock
from core.storage.address import ServerAddress
from core.storage.database import Database
from core.storage.embedded import embedded_server
from core.storage.migrations import Migrations, migrate
from plugins.atena.api import open_keyring
from schema.build import build_runtime
from tests.forked import Nursery, nursery
from tests.plugins.shiryo.conftest import City, Someone, environ_of
from tests.plugins.shiryo.test_kills import PEOPLE_PER_DELIVERY, WIDE, WORTH, start, write_deliveries

__all__ = ["nursery"]

TRIES = 20
"""How often the last command may be given: a dead database ends it."""
CONTENTS = {
    "delivery": "tax_year, channel, state, held_for, taken_records",
    "file": "name, kind, announced_records, received_records, accepted_records, is_live",
    "document": "line, kind, name, kana, birth_date, amounts, items, relatives, is_held, superseded_by",
    "attachment": "person_id, method, score, reasons",
    "finding": "line, column_number, item, code, severity",
    "work_item": "code, state, difference",
    "sender": "code, kind, name",
    "forwarding": "municipality_code",
    "candidate": "person_id, score, reasons",
}
"""What every table of shiryo says, without row numbers, moments and sealed bytes."""


@asynccontextmanager
async def town(folder: Path, address: ServerAddress, people: Sequence[Someone]) -> AsyncIterator[City]:
    runtime = build_runtime(environ_of(folder, address.app_url), MovableClock())
    database = Database(address.app_url)
    city = City(runtime, database, open_keyring(runtime.settings))
    try:
        await city.settle(*people)
        yield city
    finally:
        await database.close()


async def dump(city: City) -> Mapping[str, Sequence[str]]:
    async with city.database.read() as session:
        return {
            table: sorted(
                str(tuple(row))
                for row in await session.execute(text(f"SELECT {columns} FROM shiryo.{table}"))  # noqa: S608
            )
            for table, columns in CONTENTS.items()
        }


async def finish(nursery: Nursery, deliveries: Path, environ: Mapping[str, str]) -> None:
    """Give the command until there is nothing left to do."""
    for _ in range(TRIES):
        last = start(nursery, deliveries, environ, WORTH[1])
        code, said = await asyncio.to_thread(last.wait), last.errors.read_text()
        if code == 0 or "ALREADY_IMPORTED" in said:
            return
    raise AssertionError(said)


async def disturb(
    nursery: Nursery, folder: Path, deliveries: Path, environ: Mapping[str, str], kills: int
) -> None:
    """Kill the command or its database at random moments, by turns."""
    chance = random.Random(kills)
    for number in range(kills):
        process = start(nursery, deliveries, environ, chance.choice(WORTH))
        await asyncio.sleep(chance.uniform(0.2, 3.0))
        if number % 2:
            process.kill()
        else:
            pid = (folder / "server/pg/data/postmaster.pid").read_text().split()[0]
            os.kill(int(pid), signal.SIGKILL)
            await asyncio.sleep(chance.uniform(0, 1.0))
            process.kill()
        process.wait()


async def prove(
    folder: Path,
    address: ServerAddress,
    branches: Sequence[Migrations],
    nursery: Nursery,
    *,
    deliveries: int,
    kills: int,
) -> None:
    count = deliveries * PEOPLE_PER_DELIVERY
    people = [Someone(serial, lot=f"{serial}番地".translate(WIDE)) for serial in range(1, count + 1)]
    write_deliveries(folder / "deliveries", people)

    async def taken_in(own: Path, server: ServerAddress, kills: int) -> Mapping[str, Sequence[str]]:
        async with town(own, server, people) as city:
            environ = {**environ_of(own, server.app_url), "JUMINZEI_JOB_LEASE": "1"}
            await disturb(nursery, own, folder / "deliveries", environ, kills)
            await finish(nursery, folder / "deliveries", environ)
            return await dump(city)

    quiet = await taken_in(folder / "quiet", address, 0)
    with embedded_server(folder / "loud/server") as server:
        await migrate(server, branches)
        loud = await taken_in(folder / "loud", server, kills)
    assert len(quiet["attachment"]) == count
    assert loud == quiet


async def test_kills_of_command_and_database_change_nothing(
    tmp_path: Path, address: ServerAddress, branches: Sequence[Migrations], nursery: Nursery
) -> None:
    await prove(tmp_path, address, branches, nursery, deliveries=3, kills=2)


@pytest.mark.slow
async def test_fifty_kills_of_command_and_database_change_nothing(
    tmp_path: Path, address: ServerAddress, branches: Sequence[Migrations], nursery: Nursery
) -> None:
    await prove(tmp_path, address, branches, nursery, deliveries=100, kills=50)
