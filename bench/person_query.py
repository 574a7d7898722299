"""One person, the address and twelve instalments: our server beside a plain and a hand-written one.

    uv run python bench/person_query.py [--seconds 3] [--rounds 2] [--people 2000]

Goals, in one run: with audit off within 15 % of plain Strawberry, with audit on at least 60 % of it.
All servers are one process on uvloop and httptools, ask the same PostgreSQL for the same rows and must give
the same answer. Each round goes through all of them, the middle one counts. With two cores the load
generator and PostgreSQL take their share, so the processor time per request is printed too.
"""

import argparse
import asyncio
import json
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import asyncpg
from house import (
    BENCH,
    INSTALMENTS,
    WITH_AUDIT,
    WITHOUT_AUDIT,
    Deployment,
    cpu_seconds,
    free_port,
    machine,
    post,
    running,
)

from core.storage.embedded import embedded_server

CLIENTS = (1, 16, 64)
WARM_UP_SECONDS = 1.0
PLAIN = "plain Strawberry"
QUERY = """query Person($number: String!) { person(atenaNumber: $number) {
  atenaNumber name kana birthDate sex validFrom
  address { municipalityCode prefecture municipality town lot postalCode validFrom }
  instalments { number dueDate amount paidAmount paidOn }
} }"""

Start = Callable[[int], AbstractContextManager[subprocess.Popen[bytes]]]


@dataclass
class Figures:
    """What one server did with so many clients, one entry a round."""

    per_second: list[float] = field(default_factory=list)
    p50: list[float] = field(default_factory=list)
    p99: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)


@dataclass
class Bench:
    """The servers to compare and what to ask them."""

    deployment: Deployment
    url: str
    people: int
    bodies: list[str]

    def servers(self) -> dict[str, Start]:
        """Return how each server is started on a port."""
        return {
            "ours, audit on": lambda port: self.deployment.serving(WITH_AUDIT, port),
            "ours, audit off": lambda port: self.deployment.serving(WITHOUT_AUDIT, port),
            PLAIN: lambda port: self.peer(port, "plain"),
            "plain + both caches": lambda port: self.peer(port, "plain", "cached"),
            "hand-written": lambda port: self.peer(port, "handwritten"),
        }

    def peer(self, port: int, name: str, *more: str) -> AbstractContextManager[subprocess.Popen[bytes]]:
        """Start a peer."""
        command = [sys.executable, BENCH / "peers" / f"{name}.py", self.url, str(port), *more]
        return running(command, self.deployment.environ(WITH_AUDIT), port)

    def measure(self, start: Start, seconds: float) -> tuple[dict[int, dict[str, float]], object]:
        """Start a server, load it with each number of clients; return the figures and one answer."""
        port = free_port()
        headers = {"authorization": f"Bearer {self.deployment.make_city(self.people)['tax_clerk']}"}
        requests = self.deployment.folder / "requests.json"
        requests.write_text(json.dumps({"headers": headers, "bodies": self.bodies}))
        with start(port) as process:
            answer = post(port, self.bodies[0], headers)
            load(requests, port, CLIENTS[1], WARM_UP_SECONDS)
            found = {}
            for clients in CLIENTS:
                before = cpu_seconds(process)
                figures = load(requests, port, clients, seconds)
                figures["cpu"] = (cpu_seconds(process) - before) / figures["requests"] * 1000
                found[clients] = figures
        return found, answer


def load(requests: Path, port: int, clients: int, seconds: float) -> dict[str, float]:
    """Run the load generator in a process of its own; raises RuntimeError if any request failed."""
    numbers = {"--port": port, "--clients": clients, "--seconds": seconds}
    options = [str(part) for option in numbers.items() for part in option]
    command = [sys.executable, str(BENCH / "load.py"), str(requests), *options]
    figures: dict[str, float] = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
    if figures["errors"]:
        raise RuntimeError(f"{figures['errors']} of {figures['requests']} requests failed")
    return figures


async def fill(url: str) -> list[str]:
    """Write the instalments and return the requests to send."""
    connection = await asyncpg.connect(url)
    await connection.execute("TRUNCATE bench.instalment")
    await connection.execute(INSTALMENTS)
    await connection.execute("ANALYZE")
    numbers = await connection.fetch(
        "SELECT atena_number FROM atena.person ORDER BY md5(atena_number) LIMIT 500"
    )
    await connection.close()
    return [json.dumps({"query": QUERY, "variables": {"number": row["atena_number"]}}) for row in numbers]


@contextmanager
def bench(people: int) -> Iterator[Bench]:
    """Make the city and lend it; the folder and its server are gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="juminzei-bench-") as folder:
        deployment = Deployment(Path(folder))
        with embedded_server(deployment.data_dir) as address:
            deployment.make_city(people)
            bodies = asyncio.run(fill(address.owner_url))
            yield Bench(deployment, address.app_url, people, bodies)


def compare(bench: Bench, seconds: float, rounds: int) -> dict[str, dict[int, Figures]]:
    """Measure all servers in all rounds; raises RuntimeError when they do not give the same answer."""
    servers = bench.servers()
    found = {name: {clients: Figures() for clients in CLIENTS} for name in servers}
    answers = {}
    for _ in range(rounds):
        for name, start in servers.items():
            measured, answers[name] = bench.measure(start, seconds)
            for clients, figures in measured.items():
                row = found[name][clients]
                row.per_second.append(figures["requests"] / figures["seconds"])
                for series in ("p50", "p99", "cpu"):
                    getattr(row, series).append(figures[series])
    different = [name for name, answer in answers.items() if answer != answers[PLAIN]]
    if different:
        raise RuntimeError(f"not the same answer as {PLAIN}: {', '.join(different)}")
    return found


def report(found: dict[str, dict[int, Figures]]) -> None:
    """Print one table for each number of clients."""
    for clients in CLIENTS:
        print(f"\n{clients} client{'s' * (clients > 1)}")
        print(f"{'':22}{'req/s':>9}{'÷ plain':>9}{'÷ cached':>9}{'p50 ms':>9}{'p99 ms':>9}{'CPU ms':>9}")
        plain, cached = (_middle(found[name][clients].per_second) for name in (PLAIN, "plain + both caches"))
        for name, rows in found.items():
            row = rows[clients]
            rate = _middle(row.per_second)
            rest = "".join(f"{_middle(series):9.2f}" for series in (row.p50, row.p99, row.cpu))
            print(f"{name:22}{rate:9.0f}{rate / plain:9.2f}{rate / cached:9.2f}{rest}")


def _middle(series: list[float]) -> float:
    return statistics.median(series)


def main() -> None:
    """Read the arguments, measure, print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=float, default=3.0)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--people", type=int, default=2_000)
    given = parser.parse_args()
    print(
        machine(
            "strawberry-graphql", "graphql-core", "starlette", "uvicorn", "sqlalchemy", "asyncpg", "orjson"
        )
    )
    with bench(given.people) as made:
        report(compare(made, given.seconds, given.rounds))


if __name__ == "__main__":
    main()
