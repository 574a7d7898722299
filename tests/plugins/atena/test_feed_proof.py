"""The proof of the feed: messages dropped, doubled, reordered and replayed, and the command killed with -9.

The end state equals that of the ordered messages, or the feed stands still and names the gap.
"""

import asyncio
import os
import subprocess
import sys
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from random import Random
from typing import Any

import pytest
from sqlalchemy import text

import core
from core.settings import DATA_DIR, PROFILE
from core.storage.address import DATABASE_URL, ServerAddress
from core.storage.database import Database
from core.storage.migrations import Migrations
from plugins import atena, audit
from plugins.atena.service import feed as service
from tests.plugins.atena.stories import story

PER_FILE = 200
SHARE = 20
"""One message of so many is dropped, one doubled, one replayed later."""
COMMAND = (
    "import plugins.atena.service.feed as feed; feed.BATCH = {batch}\nfrom schema.main import main; main()"
)
EndState = Callable[[], Awaitable[set[tuple[object, ...]]]]


@pytest.fixture(scope="session")
def branches() -> Sequence[Migrations]:
    """The command enters what it does in the access log, so its keeper is there."""
    core_branch = Migrations("core", Path(core.__file__).parent / "migrations" / "versions", "core")
    return [core_branch, audit.migrations(), atena.migrations()]


async def forget(owner: Database) -> None:
    async with owner.transaction() as session:
        await session.execute(text("TRUNCATE atena.person, atena.feed_run CASCADE"))


async def inbox(database: Database) -> tuple[int, int]:
    async with database.read() as session:
        counted = await session.execute(text("SELECT count(*), max(sequence) FROM atena.feed_message"))
        return tuple(counted.one())


def disturbed(chance: Random, lines: list[bytes]) -> tuple[list[list[bytes]], list[int]]:
    """Return files of shuffled messages, some twice, some of older files again; and who was dropped."""
    dropped = sorted(chance.sample(range(len(lines)), len(lines) // SHARE))
    gone, files = set(dropped), list[list[bytes]]()
    for begin in range(0, len(lines), PER_FILE):
        end = min(begin + PER_FILE, len(lines))
        some = [lines[place] for place in range(begin, end) if place not in gone]
        some += chance.sample(some, len(some) // SHARE)
        some += [lines[place] for place in chance.sample(range(end), PER_FILE // SHARE) if place not in gone]
        chance.shuffle(some)
        files.append(some)
    return files, dropped


async def prove(register: Any, owner: Database, end_state: EndState, seed: int, length: int) -> None:
    chance = Random(seed)
    lines = story(register, chance, length)
    assert (await register.apply(*lines)).applied == length
    ordered = await end_state()
    await forget(owner)
    files, dropped = disturbed(chance, lines)

    for file in files:
        run = await register.apply(*file)
        while run.stop is not None:
            missing = dropped.pop(0)
            assert (run.stop.code, run.stop.details) == ("FEED_GAP", {"missing": missing + 1})
            # The feed of everything after a gap goes nowhere, however often it comes.
            assert (await register.apply(*file)).applied == 0
            assert (await register.apply(lines[missing])).stop is None
            run = await register.apply(*file)
    for missing in dropped:
        assert (await register.apply(lines[missing])).stop is None

    chance.shuffle(lines)
    replayed = await register.apply(*lines)
    assert (replayed.applied, replayed.doubled, replayed.stop) == (0, length, None)
    assert await end_state() == ordered


@pytest.mark.parametrize("seed", range(2))
async def test_a_disturbed_feed_comes_to_the_same_end(
    register: Any, owner_database: Database, end_state: EndState, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    monkeypatch.setattr(service, "BATCH", 37)
    await prove(register, owner_database, end_state, seed, 300)


@pytest.mark.slow
async def test_ten_thousand_disturbed_messages_come_to_the_same_end(
    register: Any, owner_database: Database, end_state: EndState
) -> None:
    await prove(register, owner_database, end_state, 5, 10_000)


def start(file: Path, environ: dict[str, str], batch: int) -> "subprocess.Popen[bytes]":
    command = [sys.executable, "-c", COMMAND.format(batch=batch), "atena", "feed", str(file)]
    environment = {**os.environ, **environ}
    return subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)


async def moved_on(database: Database, process: "subprocess.Popen[bytes]", before: int) -> None:
    """Wait until the command has applied something, so that the kill falls into the middle of its work."""
    for _ in range(3_000):
        if process.poll() is not None or (await inbox(database))[0] > before:
            return
        await asyncio.sleep(0.01)


async def prove_kills(
    register: Any,
    databases: tuple[Database, Database],
    end_state: EndState,
    environ: dict[str, str],
    sizes: tuple[int, int, int],
) -> None:
    database, owner = databases
    length, kills, batch = sizes
    chance = Random(length)
    lines = story(register, chance, length)
    await register.apply(*lines)
    ordered = await end_state()
    await forget(owner)
    file = register.folder / "killed.jsonl"
    file.write_bytes(b"".join(lines))
    before = 0
    for _ in range(kills):
        process = start(file, environ, batch)
        await moved_on(database, process, before)
        await asyncio.sleep(chance.uniform(0, 0.1))
        process.kill()
        await asyncio.to_thread(process.communicate)
        count, last = await inbox(database)
        assert before < count == last < length
        before = count

    done = start(file, environ, batch)
    said = (await asyncio.to_thread(done.communicate))[1].decode()

    assert done.returncode == 0, said
    assert await inbox(database) == (length, length)
    assert await end_state() == ordered


@pytest.fixture
def environ(address: ServerAddress, tmp_path: Path, register: Any) -> dict[str, str]:
    return {
        PROFILE.variable: "development",
        DATA_DIR.variable: str(tmp_path),
        DATABASE_URL.variable: address.app_url,
        "JUMINZEI_PLUGINS": "atena,audit",
    }


async def test_a_feed_that_was_killed_is_finished_by_the_same_command(
    register: Any, database: Database, owner_database: Database, end_state: EndState, environ: dict[str, str]
) -> None:
    await prove_kills(register, (database, owner_database), end_state, environ, (400, 2, 8))


@pytest.mark.slow
async def test_a_feed_that_was_killed_fifty_times_is_finished_by_the_same_command(
    register: Any, database: Database, owner_database: Database, end_state: EndState, environ: dict[str, str]
) -> None:
    await prove_kills(register, (database, owner_database), end_state, environ, (10_000, 50, 10))
