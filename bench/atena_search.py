"""p95 of searches by kana and by address, as a clerk types them, in a synthetic city (limit: 30 ms).

    uv run python bench/atena_search.py [--people 720000] [--searches 1000]

One process, embedded PostgreSQL, one connection; measured is all that a resolver does short of GraphQL:
checking and folding what was typed, the query, its rows. First pages of 20 and the page behind them; one to
eight characters of readings that exist, with and without a birth year; the beginnings of addresses that
exist, from the municipality or from the 町字 on. Then the candidates of the same person: of a person, of
somebody who is about to be registered, and pages of the whole list.
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
from plugins.atena.queries.candidates import pairs_after, pairs_of
from plugins.atena.queries.persons import Moment, search_persons
from plugins.atena.service.candidates import alike_to, judged
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


async def _typed_places(database: Database, count: int, chance: Random) -> list[Wanted]:
    async with database.read() as session:
        sampled = "SELECT municipality, town, lot FROM atena.address_revision ORDER BY random() LIMIT :count"
        rows = (await session.execute(text(sampled), {"count": count})).all()
    typed = []
    for row in rows:
        begin = (row.town + row.lot)[: chance.randint(0, 8)]
        whole = chance.random() < 0.5 or not begin
        typed.append(Wanted(address=row.municipality + begin) if whole else Wanted(town=begin))
    return typed


async def _candidates(database: Database, count: int, today: date) -> dict[str, list[float]]:
    """Return the seconds that it took to find and judge candidates."""
    took: dict[str, list[float]] = {"of a person": [], "of a registration": [], "the first page": []}
    async with database.read() as session:
        sampled = (
            "SELECT person_id, name, kana, birth_date FROM atena.person_revision"
            " ORDER BY random() LIMIT :count"
        )
        rows = (await session.execute(text(sampled), {"count": count})).all()
    for row in rows:
        items = {"name": row.name, "kana": row.kana, "birth_date": row.birth_date.isoformat()}
        async with database.read() as session:
            begin = time.perf_counter()
            await judged(session, await pairs_of(session, [row.person_id]), today)
            middle = time.perf_counter()
            assert await alike_to(session, items, None, today)
            took["of a registration"].append(time.perf_counter() - middle)
            took["of a person"].append(middle - begin)
    behind = None
    for _ in range(3):
        async with database.read() as session:
            begin = time.perf_counter()
            pairs = await pairs_after(session, behind, PAGE)
            await judged(session, pairs, today)
            took["the first page"].append(time.perf_counter() - begin)
        behind = pairs[-1] if pairs else behind
    return took


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
        behind = rows[-2].order_id
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
        places = await _typed_places(database, searches, Random(2))
        by_place = [each for wanted in places for each in await _search(database, wanted, settings, today)]
        candidates = await _candidates(database, max(10, searches // 5), today)
    finally:
        await database.close()
        await owner.close()
    p95 = max(_tell("searches by kana", took), _tell("searches by address", by_place))
    for what in ("of a person", "of a registration"):
        _tell(f"candidates {what}", candidates[what])
    pages = ", ".join(f"{each:.2f}" for each in candidates["the first page"])
    print(f"the list of all candidates, pages of 20: {pages} s")
    print("PASS" if p95 <= LIMIT else f"FAIL: p95 over {LIMIT * 1000:.0f} ms")
    return p95 <= LIMIT


def _tell(what: str, took: list[float]) -> float:
    p95, p99 = quantiles(took, n=100)[94], quantiles(took, n=100)[98]
    print(
        f"{len(took):,} {what}: median {median(took) * 1000:.1f} ms, "
        f"p95 {p95 * 1000:.1f} ms, p99 {p99 * 1000:.1f} ms, longest {max(took) * 1000:.1f} ms"
    )
    return p95


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
