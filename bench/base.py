"""The base of 1 January: built for a city, built again, replayed for some people, counted.

    uv run python -m bench.base [--people 200000]

The register is a synthetic city of 10,000 that the real feed brings in, then copied (bench/city_copies.py).
`base` of bench/year.py is the same work within the whole chain.
"""

import argparse
import asyncio
import os
import sys
import tempfile
import time
from collections.abc import Awaitable
from contextlib import suppress
from pathlib import Path
from typing import TypeVar

from sqlalchemy import text

from bench.city_copies import copy_city
from core.access.journal import Journal
from core.runtime import Runtime
from core.storage.address import ServerAddress
from core.storage.database import Database
from core.storage.migrations import migrate
from core.work import Work
from plugins.shikakeisan.base.service import freeze_base, open_year, rebuild_people
from plugins.shikakeisan.overview.status import status_of
from plugins.synth.api import Plan, write_city
from schema.build import build_runtime
from schema.main import main as juminzei
from schema.testing import environ_of

T = TypeVar("T")
YEAR, CITY, SEED = 2026, "331007", 7
ORIGINALS = 10_000
SOME = 2_000


async def measure(runtime: Runtime, address: ServerAddress, copies: int) -> None:
    """Copy the city and print what each deed took."""
    owner = Database(address.owner_url, statement_timeout=0)
    if copies:
        await copy_city(owner, copies)
    await owner.close()
    database = Database(address.app_url)
    await timed("base built and frozen", freeze(runtime, database))
    await timed("the same again, nothing changes", freeze(runtime, database))
    await timed(f"{SOME:,} people replayed", replay(runtime, database, SOME))
    await timed("one person replayed", replay(runtime, database, 1))
    await timed("counts of the status", count(database))
    await database.close()


async def timed(name: str, deed: Awaitable[str]) -> None:
    """Print what a deed took and what it says of itself."""
    start = time.perf_counter()
    said = await deed
    print(f"{name:32} {time.perf_counter() - start:8.3f} s  {said}")


async def freeze(runtime: Runtime, database: Database) -> str:
    """Open the year and freeze its base."""
    async with database.transaction() as session:
        work = Work(session, Journal(), "bench", runtime.clock.now())
        await open_year(work, YEAR, CITY)
        counts = await freeze_base(runtime, work, YEAR)
    return f"{counts.people:,} people, {counts.taxed_here:,} taxed here, {counts.changed:,} changed"


async def replay(runtime: Runtime, database: Database, count: int) -> str:
    """Replay people spread over the city."""
    async with database.transaction() as session:
        wanted = text("SELECT id FROM atena.person ORDER BY md5(id::text) LIMIT :count")
        ids = (await session.scalars(wanted, {"count": count})).all()
        work = Work(session, Journal(), "bench", runtime.clock.now())
        return f"{len(await rebuild_people(work, YEAR, ids)):,} changed"


async def count(database: Database) -> str:
    """Count what `juminzei year status` shows."""
    async with database.read() as session:
        return f"{len((await status_of(session, YEAR)).groups)} groups"


def main(people: int, folder: Path) -> None:
    """Make a city of about so many people and measure."""
    os.environ.update(environ_of(folder))
    runtime = build_runtime(os.environ)
    write_city(Plan(ORIGINALS, YEAR, SEED, frozenset()), folder / "city")
    with runtime.database_address() as address:
        asyncio.run(migrate(address, runtime.plugins.answers("migrations")))
        for words in (("atena", "feed", "juki/feed.jsonl"), ("intake", "shinkoku")):
            with suppress(SystemExit):
                juminzei([*words[:-1], str(folder / "city" / words[-1])])
        asyncio.run(measure(runtime, address, people // ORIGINALS - 1))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=200_000)
    given = parser.parse_args(sys.argv[1:])
    with tempfile.TemporaryDirectory() as made:
        main(given.people, Path(made))
