"""The access log: what a durable row costs, how fast rows are sealed, exported and verified.

    uv run python bench/audit.py

Limits: the offline verifier does 50,000 rows a second; a sealer keeps up with every rate at which rows come.
The cost of a row is a ratio within one run: the same transaction with and without it.
"""

import asyncio
import io
import platform
import tempfile
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import text

from core.access.actor import Actor, ActorKind
from core.access.journal import AccessRecord
from core.clock import MovableClock
from core.storage.database import Database, WriteSession
from core.storage.embedded import embedded_server
from core.storage.migrations import migrate
from plugins.audit.second_place import SecondPlace
from plugins.audit.service import Sealer, export_lines, record
from plugins.audit.tables import MIGRATIONS
from plugins.audit.verifier import verify

VERIFIED_PER_SECOND = 50_000
CLIENTS, TURNS, ROWS = 10, 2_000, 50_000
CLERK = Actor(ActorKind.STAFF, "10001", "課税管理課", uuid4())


def example(number: int) -> AccessRecord:
    """Return a record of a usual size: a person and an address were read."""
    fields = ("name", "kana", "birthDate", "address", "instalments")
    return AccessRecord(
        datetime.now(UTC), CLERK, "read", "person", "atena.person", (f"33{number:06}",), fields, "ok",
        str(uuid4()), "窓口での照会", "10.0.0.1",
    )  # fmt: skip


async def per_second(database: Database, work: Callable[[WriteSession], Awaitable[object]]) -> float:
    """Return transactions a second of ten clients at once."""

    async def client() -> None:
        for _ in range(TURNS // CLIENTS):
            async with database.transaction() as session:
                await work(session)

    started = time.perf_counter()
    await asyncio.gather(*(client() for _ in range(CLIENTS)))
    return TURNS / (time.perf_counter() - started)


async def look(session: WriteSession) -> None:
    """Stand for the work of a request."""
    await session.execute(text("SELECT 1"))


async def look_and_record(session: WriteSession) -> None:
    """Do the same work, recorded."""
    await look(session)
    await record(session, [example(7)])


async def measure(database: Database, folder: Path) -> None:
    """Measure and print."""
    await per_second(database, look_and_record)
    plain, recorded = await per_second(database, look), await per_second(database, look_and_record)
    print(f"ten clients         {plain:,.0f} transactions/s, {recorded:,.0f}/s with a durable row in each")
    for start in range(0, ROWS, 5_000):
        async with database.transaction() as session:
            await record(session, [example(start + number) for number in range(5_000)])
    clock = MovableClock(timedelta())
    sealer = Sealer(database, Ed25519PrivateKey.generate(), SecondPlace(folder, "bench"), clock, 1)
    started = time.perf_counter()
    await sealer.seal()
    size = kept.size if (kept := sealer.place.last()) else 0
    print(f"sealing             {size / (time.perf_counter() - started):,.0f} rows/s ({size} rows)")
    started = time.perf_counter()
    async with database.read() as reading:
        data = b"".join([line async for line in export_lines(reading, "bench")])
    print(f"export              {size / (time.perf_counter() - started):,.0f} rows/s")
    started = time.perf_counter()
    verdict = verify(io.BytesIO(data), [sealer.key.public_key()])
    rate = verdict.rows / (time.perf_counter() - started)
    print(f"verifying           {rate:,.0f} rows/s, {rate / VERIFIED_PER_SECOND:.1f} times the limit")


async def main() -> None:
    """Run on a database of its own, with the durable settings of a real one."""
    print(f"machine             {platform.machine()}, Python {platform.python_version()}")
    with tempfile.TemporaryDirectory() as folder, embedded_server(Path(folder) / "db") as address:
        await migrate(address, [MIGRATIONS])
        database = Database(address.app_url)
        await measure(database, Path(folder))
        await database.close()


if __name__ == "__main__":
    asyncio.run(main())
