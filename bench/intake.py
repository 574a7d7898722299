"""Intake: documents a second from files to attached, and the ratio to a bare COPY of the same bytes.

    uv run python -m bench.intake --people 100000 720000     # makes the cities first, then measures each
    uv run python -m bench.intake /tmp/city                  # a city that is there already

The program is a process of its own and its start counts; PostgreSQL is the embedded one. The register is
loaded, counted (VACUUM, ANALYZE) and on the disk beforehand, by a server that then stops: not timed. Goals on
two cores: 15,000 documents/s, the same time per document within 15 % whatever the size, memory under 2 GiB,
PostgreSQL's with it. Precision and recall are held against the city's truth. The city has about as many
documents as people.
"""

import argparse
import asyncio
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import islice
from pathlib import Path
from typing import Any

from sqlalchemy import text

from bench.processes import ended_seconds, processor_seconds, server_of, watching_memory
from core.runtime import Runtime
from core.storage.database import Database
from core.storage.ids import reserve_ids
from core.storage.migrations import migrate
from plugins.atena import tables
from plugins.atena.api import kana_key, name_key, open_keyring
from plugins.atena.history import FOREVER, OPEN
from plugins.atena.queries.bulk import write_all
from plugins.atena.search_keys import address_keys
from plugins.atena.vault.seal import seal
from schema.build import build_runtime

PROGRAM = (sys.executable, "-c", "from schema.main import main; main()")
KINDS = ("kyuho", "nenkin", "one_stop", "shinkoku", "kokuzei")
KNOWN = datetime(2025, 1, 5, tzinfo=UTC)
BATCH = 20_000
YEAR = 2025
"""Of which the published layouts hold: for another year each file has a warning that an officer must see."""


def people(city: Path) -> Iterator[dict[str, Any]]:
    """Everybody of the register and beside it, each with the addresses as spans."""
    found: dict[str, dict[str, Any]] = {}
    for line in (city / "juki" / "feed.jsonl").open(encoding="utf-8"):
        event = json.loads(line)["event"]
        if "person" in event:
            found[event["atenaNumber"]] = {**event["person"], "number": event["myNumber"], "homes": []}
        if "address" in event:
            homes = found[event["atenaNumber"]]["homes"]
            homes.append((date.fromisoformat(event["effectiveOn"]), event["address"]))
    for number, person in found.items():
        yield {**person, "atena": number, "kind": "resident"}
    for line in (city / "jutogai" / "jutogai.jsonl").open(encoding="utf-8"):
        given = json.loads(line)
        address = {
            **given,
            "municipalityCode": given["municipality_code"],
            "postalCode": given["postal_code"],
        }
        yield {
            "name": given["name"],
            "kana": given["kana"],
            "birthDate": given["birth_date"],
            "sex": given["sex"],
            "number": given["my_number"],
            "homes": [(date(2020, 1, 1), address)],
            "atena": f"{given['serial']:015d}",
            "kind": "non_resident",
        }


async def register(database: Database, runtime: Runtime, city: Path) -> int:
    """Load the register by COPY."""
    keyring, rest, count = open_keyring(runtime.settings), people(city), 0
    while batch := list(islice(rest, BATCH)):
        async with database.transaction() as session:
            ids = await reserve_ids(session, tables.person, len(batch))
            rows: dict[str, list[tuple[object, ...]]] = {
                name: [] for name in ("person", "person_revision", "address_revision", "my_number")
            }
            for person_id, each in zip(ids, batch, strict=True):
                names = (each["name"], each["kana"], name_key(each["name"]), kana_key(each["kana"]))
                born = (date.fromisoformat(each["birthDate"]), "day", "", each["sex"])
                rows["person"].append((person_id, each["atena"], KNOWN))
                rows["person_revision"].append(
                    (person_id, date(1990, 1, 1), KNOWN, each["kind"], *names, *born)
                )
                ends = [*(day for day, _ in each["homes"][1:]), FOREVER]
                for (day, home), end in zip(each["homes"], ends, strict=True):
                    place = (home["municipalityCode"], home["prefecture"], home["municipality"], "0000000")
                    lived = (*place, home["town"], home["lot"], home.get("building", ""), home["postalCode"])
                    lived += (*address_keys(home).values(),)
                    rows["address_revision"].append((person_id, day, end, KNOWN, OPEN, *lived))
                if each["number"]:
                    sealed = seal(keyring, person_id, each["number"])
                    rows["my_number"].append((person_id, date(2015, 10, 5), KNOWN, *sealed))
            await write_all(session, rows)
        count += len(batch)
    return count


def lines_of(folders: list[str]) -> Iterator[tuple[bytes]]:
    """Yield every line of the files."""
    for folder in folders:
        for path in Path(folder).rglob("*"):
            if path.is_file() and path.name != "manifest.json":
                with path.open("rb") as lines:
                    yield from ((line,) for line in lines)


async def bare_copy(database_url: str, folders: list[str]) -> float:
    """Copy the lines of the files into one table; seconds."""
    database = Database(database_url, statement_timeout=0)
    connection = await database.connect()
    await connection.execute("CREATE TABLE public.bare (line bytea)")
    start = time.perf_counter()
    await connection.copy_records_to_table("bare", records=lines_of(folders))
    seconds = time.perf_counter() - start
    await connection.close()
    await database.close()
    return seconds


@dataclass(frozen=True, slots=True)
class Quality:
    """How the attachments agree with the truth; `of_accepted`: recall without deliveries held whole."""

    documents: int
    precision: float
    recall: float
    of_accepted: float
    waiting: dict[str, int]


async def against_truth(database: Database, city: Path) -> Quality:
    """Hold the attachments against the truth, and count what waits."""
    truth: dict[tuple[str, str, int], str] = {}
    with (city / "truth.jsonl").open(encoding="utf-8") as lines:
        for line in lines:
            given = json.loads(line)
            if given["kind"] == "document" and given["delivered"]:
                truth[(*_place(given["file"]), given["record"])] = f"{given['person']:015d}"
    query = """
        SELECT s.code, f.name, d.kind, p.atena_number, v.accepted_at < 'infinity' AS is_accepted,
               row_number() OVER (PARTITION BY d.file_id ORDER BY d.id) AS record
        FROM shiryo.document d JOIN shiryo.file f ON f.id = d.file_id
        JOIN shiryo.delivery v ON v.id = f.delivery_id
        JOIN shiryo.sender s ON s.id = d.sender_id
        LEFT JOIN shiryo.attachment a ON a.document_id = d.id
        LEFT JOIN atena.person p ON p.id = a.person_id"""
    async with database.read() as session:
        rows = (await session.execute(text(query))).all()
        waiting = (
            await session.execute(text("SELECT code, count(*) FROM shiryo.work_item GROUP BY 1 ORDER BY 1"))
        ).all()
    found = [(row, truth.get((row.code.rpartition("-")[2], row.name, row.record))) for row in rows]
    attached = [(row.atena_number, true) for row, true in found if row.atena_number]
    right = sum(number == true for number, true in attached)
    accepted = sum(row.is_accepted and true is not None for row, true in found)
    counts = {row[0]: row[1] for row in waiting}
    return Quality(len(rows), right / len(attached), right / len(truth), right / accepted, counts)


def _place(file: str) -> tuple[str, str]:
    """Split `kyuho/CODE/data/315.csv` into the sender's folder and the name in its manifest."""
    _, code, *name = file.split("/")
    return code, "/".join(name)


@dataclass(frozen=True, slots=True)
class Spent:
    """What the program took: seconds, processor seconds of both sides, and the MiB of both together."""

    seconds: float
    own: float
    postgres: float
    memory: int


def intake(folders: list[str], server: int) -> Spent:
    """Run `juminzei intake` on folders; its exit code is 1 where something waits for people."""
    own, postgres, start = ended_seconds(), processor_seconds(server), time.perf_counter()
    process = subprocess.Popen((*PROGRAM, "intake", *folders))
    with watching_memory((process.pid, server)) as memory:
        process.wait()
        seconds = time.perf_counter() - start
    return Spent(seconds, ended_seconds() - own, processor_seconds(server) - postgres, memory.peak)


def measure(city: Path, folder: Path) -> float:
    """Load the register, take in the city's files, print the figures; returns the seconds per document."""
    os.environ.update(
        JUMINZEI_DATA_DIR=str(folder / "data"),
        JUMINZEI_CONFIG=str(folder / "juminzei.toml"),
        JUMINZEI_PROFILE="demo",
        JUMINZEI_PLUGINS="atena,audit,shiryo",
    )
    runtime = build_runtime(os.environ)
    folders = [str(city / kind) for kind in KINDS if (city / kind).is_dir()]
    with runtime.database_address() as address:
        asyncio.run(migrate(address, runtime.plugins.answers("migrations")))
        count = asyncio.run(_with(address.app_url, lambda database: register(database, runtime, city)))
        asyncio.run(_count(address.owner_url))
    os.sync()
    with runtime.database_address() as address:
        spent = intake(folders, server_of(folder))
        quality = asyncio.run(_with(address.app_url, lambda database: against_truth(database, city)))
        bare = asyncio.run(bare_copy(address.owner_url, folders))
    documents = quality.documents
    each = spent.seconds / documents
    print(f"people {count:,}  documents {documents:,}  {spent.seconds:.1f} s  {1 / each:,.0f} documents/s")
    own, postgres = (1e6 * part / documents for part in (spent.own, spent.postgres))
    print(f"µs a document: {1e6 * each:.0f}; of processors: {own:.0f} own, {postgres:.0f} PostgreSQL")
    print(f"bare COPY {bare:.2f} s: {spent.seconds / bare:.1f} times as long")
    print(f"memory with PostgreSQL's: {spent.memory:,} MiB")
    print(
        f"precision {quality.precision:.4f}  recall {quality.recall:.4f}"
        f" ({quality.of_accepted:.4f} of accepted deliveries)  work items {quality.waiting}"
    )
    return each


async def _count(owner_url: str) -> None:
    """Let the server count the register, as it has in every city that is not a minute old."""
    database = Database(owner_url, statement_timeout=0)
    connection = await database.connect()
    await connection.execute("VACUUM ANALYZE")
    await connection.close()
    await database.close()


def made(people: int, folder: Path) -> Path:
    """Make a city in a folder."""
    city = folder / f"city-{people}"
    arguments = ("--people", str(people), "--year", str(YEAR), "--seed", "7", "--out", str(city))
    subprocess.run((*PROGRAM, "synth", *arguments), check=True, stdout=subprocess.DEVNULL)
    return city


async def _with(url: str, work: Any) -> Any:
    database = Database(url, statement_timeout=0)
    try:
        return await work(database)
    finally:
        await database.close()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("city", type=Path, nargs="*")
    parser.add_argument("--people", type=int, nargs="*", default=[])
    given = parser.parse_args(sys.argv[1:])
    with tempfile.TemporaryDirectory() as folder:
        cities = [*given.city, *(made(people, Path(folder)) for people in given.people)]
        figures = []
        for number, city in enumerate(cities):
            (own := Path(folder, str(number))).mkdir()
            figures.append(measure(city, own))
    if len(figures) > 1:
        print(f"time per document, last to first: {figures[-1] / figures[0]:.2f} (0.85 to 1.15)")
