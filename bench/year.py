"""The whole chain of a year: base, merge and assessment of a city, all written.

    uv run python -m bench.year [--people 40000 400000] [--queries 300]

Goals: 720,000 people in under 120 s and 4 GiB on two cores; the same cost per person at 40,000 and 400,000
within 15 %; an assessment with its explanation over GraphQL in under 60 ms (p95). The register and the
documents are loaded beforehand (bench/city_copies.py) and not timed; PostgreSQL is the embedded one.
"""

import argparse
import asyncio
import io
import os
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import text

from bench.city_copies import copy_city
from bench.processes import ended_seconds, processor_seconds, server_of, watching_memory
from core.access.actor import SYSTEM
from core.access.journal import Journal
from core.garbage import set_program_aside
from core.identity.demo import create_demo_staff
from core.identity.opening import open_identity
from core.jobs import service as jobs
from core.jobs.state import RESUMABLE
from core.jobs.worker import Worker
from core.runtime import Runtime
from core.storage.address import DATABASE_URL, ServerAddress
from core.storage.database import Database
from core.storage.migrations import migrate
from core.work import Work
from plugins.shikakeisan.assessment import deciding
from plugins.shikakeisan.base.service import freeze_base, open_year
from plugins.shikakeisan.engine.evaluate import evaluate
from plugins.synth.api import Plan, write_city
from schema.build import build_runtime
from schema.main import main as juminzei
from schema.testing import environ_of, open_house

YEAR, CITY, SEED = 2026, "331007", 7
ORIGINALS = 10_000
"""People of the city that is taken in by the real commands and then copied."""
KINDS = ("kyuho", "nenkin", "kokuzei", "one_stop", "shinkoku")
RESULTS = ("base_person", "basis", "claim", "finding", "assessment")
PERCENTILE = 95
EXPLANATION = """query ($number: String!, $year: FiscalYear!) {
  assessment(taxYear: $year, atenaNumber: $number) {
    revision outcome ground payable amounts { name label yen }
    explanation { name label law values children { name label law values parameters children {
      name label law values origins { path kind documentId item rule } children {
        name label values origins { path kind documentId item rule } children { name values } } } } }
  }
}"""


@dataclass
class Stage:
    """What one part of the chain took: seconds, and processor seconds of each side."""

    name: str
    seconds: float
    own: float
    postgres: float
    rules: float = 0.0


@dataclass
class Figures:
    """What was measured for a city."""

    people: int
    stages: list[Stage] = field(default_factory=list)
    bare_copy: float = 0.0
    query_ms: list[float] = field(default_factory=list)
    memory: int = 0
    """MiB of all processes together, at the highest."""

    @property
    def seconds(self) -> float:
        """Return the time of the whole chain."""
        return sum(stage.seconds for stage in self.stages)


class Bench:
    """One city in a deployment of its own."""

    def __init__(self, runtime: Runtime, address: ServerAddress, figures: Figures) -> None:
        self.runtime = runtime
        self.address = address
        self.figures = figures
        self.rules = 0.0

    async def timed(self, name: str, deed: Callable[[Database], Awaitable[None]]) -> None:
        """Do a part of the chain and note what it took."""
        database = Database(self.address.app_url, statement_timeout=0)
        before, own, postgres, rules = (
            time.perf_counter(),
            own_seconds(),
            processor_seconds(self._server()),
            self.rules,
        )
        await deed(database)
        await database.close()
        self.figures.stages.append(
            Stage(
                name,
                time.perf_counter() - before,
                own_seconds() - own,
                processor_seconds(self._server()) - postgres,
                self.rules - rules,
            )
        )

    async def base(self, database: Database) -> None:
        """Open the year and freeze its base."""
        async with database.transaction() as session:
            work = Work(session, Journal(), "bench", self.runtime.clock.now())
            await open_year(work, YEAR, CITY)
            await freeze_base(self.runtime, work, YEAR)

    async def job(self, database: Database, name: str) -> None:
        """Do one job to its end."""
        kinds = {kind.name: kind for kind in self.runtime.plugins.gather("jobs")}
        async with database.transaction() as session:
            job_id = await jobs.enqueue(session, kinds[name], {"tax_year": YEAR}, SYSTEM)
        await Worker(self.runtime, database, only=job_id).work_once()
        async with database.read() as session:
            status = await jobs.get(session, job_id)
        if status.state in RESUMABLE:
            raise SystemExit(f"{name}: {status.error_code} {status.error_message}")

    async def chain(self) -> None:
        """Measure base, merge and assessment."""
        with self._watching_rules(), watching_memory((os.getpid(), self._server())) as memory:
            await self.timed("base", self.base)
            await self.timed("merge", lambda database: self.job(database, "shikakeisan.merge"))
            await self.timed("assess", lambda database: self.job(database, "shikakeisan.assess"))
        self.figures.memory = memory.peak

    async def bare_copy(self) -> None:
        """Copy the rows that the chain wrote into tables without indexes."""
        connection = await Database(self.address.owner_url, statement_timeout=0).connect()
        for table in RESULTS:
            data = io.BytesIO()
            await connection.copy_from_table(table, schema_name="shikakeisan", output=data, format="binary")
            data.seek(0)
            await connection.execute(f"CREATE TABLE public.bare_{table} (LIKE shikakeisan.{table})")
            start = time.perf_counter()
            await connection.copy_to_table(f"bare_{table}", source=data, format="binary")
            self.figures.bare_copy += time.perf_counter() - start
        await connection.close()

    async def queries(self, folder: Path, count: int) -> None:
        """Ask for assessments with their explanation, one after the other."""
        async with open_house(folder, self.address) as house:
            async with house.database.transaction() as session:
                staff = await create_demo_staff(session, open_identity(house.runtime, house.database))
                numbers = (await session.scalars(text("SELECT atena_number FROM atena.person"))).all()
            house.people = {person.role: person for person in staff}
            chance = random.Random(SEED)  # whom to ask about
            set_program_aside()  # as the server does
            for asked in range(count + 20):
                start = time.perf_counter()
                answer = await house.ask(EXPLANATION, "tax_clerk", number=chance.choice(numbers), year=YEAR)
                if "errors" in answer.json():
                    raise SystemExit(answer.text)
                if asked >= 20:
                    self.figures.query_ms.append((time.perf_counter() - start) * 1000)

    @contextmanager
    def _watching_rules(self) -> Iterator[None]:
        def watched(*arguments: Any, **named: Any) -> Any:
            start = time.thread_time()
            try:
                return evaluate(*arguments, **named)
            finally:
                self.rules += time.thread_time() - start

        vars(deciding)["evaluate"] = watched
        try:
            yield
        finally:
            vars(deciding)["evaluate"] = evaluate

    def _server(self) -> int:
        return server_of(Path(self.runtime.settings.sources.environ["JUMINZEI_DATA_DIR"]))


def own_seconds() -> float:
    """Return the processor seconds of this process and of those it started that have ended."""
    return time.process_time() + ended_seconds()


def measure(people: int, queries: int, folder: Path) -> Figures:
    """Make a city of about so many people and measure the chain."""
    os.environ.update(environ_of(folder))
    runtime = build_runtime(os.environ)
    write_city(Plan(ORIGINALS, YEAR, SEED, frozenset()), folder / "city")
    with runtime.database_address() as address:
        asyncio.run(migrate(address, runtime.plugins.answers("migrations")))
        _type("atena", "feed", str(folder / "city" / "juki" / "feed.jsonl"))
        others = str(folder / "city" / "jutogai" / "jutogai.jsonl")
        _type("atena", "jutogai", others, "--valid-from", f"{YEAR - 1}-01-01")
        _type("intake", *(str(folder / "city" / kind) for kind in KINDS))
        figures = Figures(people // ORIGINALS * ORIGINALS)
        asyncio.run(_copy(address, people // ORIGINALS - 1))
        bench = Bench(runtime, address, figures)
        asyncio.run(bench.chain())
        asyncio.run(bench.bare_copy())
        if queries:
            os.environ[DATABASE_URL.variable] = address.app_url
            asyncio.run(bench.queries(folder, queries))
            del os.environ[DATABASE_URL.variable]
    return figures


def show(figures: Figures) -> None:
    """Print what was measured."""
    for stage in figures.stages:
        print(
            f"  {stage.name:7} {stage.seconds:7.1f} s  {stage.seconds / figures.people * 1e6:6.1f} µs each;"
            f" processor: rules {stage.rules:.1f} s, own code {stage.own - stage.rules:.1f} s,"
            f" PostgreSQL {stage.postgres:.1f} s"
        )
    ratio = figures.seconds / figures.bare_copy
    print(
        f"{figures.people:,} people: {figures.seconds:.1f} s, {figures.memory:,} MiB with PostgreSQL's;"
        f" {ratio:.1f} times a bare COPY of the same rows ({figures.bare_copy:.1f} s)"
    )
    if figures.query_ms:
        p95 = statistics.quantiles(figures.query_ms, n=100)[PERCENTILE - 1]
        middle = statistics.median(figures.query_ms)
        print(f"assessment with explanation: p50 {middle:.1f} ms, p95 {p95:.1f} ms")


def _type(*words: str) -> None:
    with suppress(SystemExit):
        juminzei(list(words))


async def _copy(address: ServerAddress, copies: int) -> None:
    database = Database(address.owner_url, statement_timeout=0)
    if copies:
        await copy_city(database, copies)
    await database.close()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, nargs="+", default=[40_000])
    parser.add_argument("--queries", type=int, default=300)
    given = parser.parse_args(sys.argv[1:])
    costs = []
    for number in given.people:
        with tempfile.TemporaryDirectory() as made:
            found = measure(number, given.queries, Path(made))
        show(found)
        costs.append(found.seconds / found.people)
    if len(costs) > 1:
        print(f"cost per person: {costs[-1] / costs[0]:.2f} of that of the smallest city")
