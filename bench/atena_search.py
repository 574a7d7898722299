"""p95 of a search by kana, as a clerk types it, among the persons of a synthetic city (limit: 30 ms).

    uv run python bench/atena_search.py [--people 720000] [--searches 1000]

One process, embedded PostgreSQL, one connection; measured is all that a resolver does short of GraphQL:
checking and folding what was typed, the query, its rows. First pages of 20 and the page behind them; one to
eight characters of readings that exist, with and without a birth year.
"""

import argparse
import asyncio
import tempfile
import time
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from random import Random
from statistics import median, quantiles
from types import SimpleNamespace
from typing import Any, cast

from sqlalchemy import text

import core
from core.clock import Clock
from core.demo.city import DemoCity
from core.runtime import Runtime
from core.settings import DATA_DIR, PROFILE, Settings, Sources
from core.storage.database import Database
from core.storage.embedded import embedded_server
from core.storage.migrations import Migrations, migrate
from plugins import atena
from plugins.atena.queries.persons import Moment, search_persons
from plugins.atena.service.search import Wanted, person_search
from plugins.atena.vault.keyring import VAULT_KEY_FILE, open_keyring

LIMIT = 0.030
PAGE = 21


async def _seed(database: Database, settings: Settings, people: int) -> float:
    begin = time.perf_counter()
    runtime = cast("Runtime", SimpleNamespace(settings=settings, clock=Clock()))
    async with database.transaction() as session:
        await atena.seed_demo(session, DemoCity(runtime, people, 1))
    return time.perf_counter() - begin


async def _typed(database: Database, count: int, chance: Random) -> list[Wanted]:
    async with database.read() as session:
        sampled = "SELECT kana, birth_date FROM atena.person_revision ORDER BY random() LIMIT :count"
        rows = (await session.execute(text(sampled), {"count": count})).all()
    return [
        Wanted(
            kana=row.kana[: chance.randint(1, 8)],
            birth_date=f"{row.birth_date.year}" if chance.random() < 0.3 else None,
        )
        for row in rows
    ]


async def _search(database: Database, wanted: Wanted, settings: Settings, today: date) -> list[float]:
    """Return the seconds of the first page and, if there is one, of the page behind it."""
    took: list[float] = []
    behind: int | None = None
    for _ in range(2):
        begin = time.perf_counter()
        conditions = person_search(wanted, lambda: open_keyring(settings))
        async with database.read() as session:
            rows: Sequence[Any] = await search_persons(session, conditions, Moment(today), PAGE, behind)
        took.append(time.perf_counter() - begin)
        if len(rows) < PAGE:
            break
        behind = rows[-2].revision_id
    return took


async def _run(settings: Settings, address: Any, people: int, searches: int) -> bool:
    core_branch = Migrations("core", Path(core.__file__).parent / "migrations" / "versions", "core")
    await migrate(address, [core_branch, atena.migrations()])
    owner = Database(address.owner_url, statement_timeout=0)
    database = Database(address.app_url, statement_timeout=0)
    try:
        seconds = await _seed(database, settings, people)
        print(f"{people:,} persons seeded in {seconds:.1f} s ({people / seconds:,.0f} a second)")
        async with owner.transaction() as session:
            await session.execute(text("ANALYZE"))
        today = Clock().today()
        typed = await _typed(database, searches + 50, Random(1))
        for wanted in typed[:50]:
            await _search(database, wanted, settings, today)
        took = [each for wanted in typed[50:] for each in await _search(database, wanted, settings, today)]
    finally:
        await database.close()
        await owner.close()
    p95, p99 = quantiles(took, n=100)[94], quantiles(took, n=100)[98]
    print(
        f"{len(took):,} searches by kana: median {median(took) * 1000:.1f} ms, "
        f"p95 {p95 * 1000:.1f} ms, p99 {p99 * 1000:.1f} ms, longest {max(took) * 1000:.1f} ms"
    )
    print("PASS" if p95 <= LIMIT else f"FAIL: p95 over {LIMIT * 1000:.0f} ms")
    return p95 <= LIMIT


def main() -> int:
    """Seed, search, print."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--people", type=int, default=100_000)
    parser.add_argument("--searches", type=int, default=1_000)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        environ = {"JUMINZEI_PROFILE": "demo", "JUMINZEI_DATA_DIR": folder}
        settings = Settings([PROFILE, DATA_DIR, VAULT_KEY_FILE], Sources(environ))
        with embedded_server(Path(folder) / "database") as address:
            passed = asyncio.run(_run(settings, address, given.people, given.searches))
    return 0 if passed else 1


if __name__ == "__main__":
    raise SystemExit(main())
