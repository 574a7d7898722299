"""Messages of the feed in any order, dropped and doubled: the same end, or the named gap."""

from random import Random
from typing import Any

import pytest
from sqlalchemy import text

from core.storage.database import Database
from plugins.atena.service import feed as service
from plugins.atena.service.feed import Run
from tests.plugins.atena.stories import story


def stopped(run: Run) -> dict[str, Any]:
    assert run.stop is not None
    return {"code": run.stop.code, **run.stop.details}


async def play(register: Any, owner: Database, end_state: Any, seed: int, length: int) -> None:
    chance = Random(seed)
    lines = story(register, chance, length)
    assert (await register.apply(*lines)).applied == length
    ordered = await end_state()
    async with owner.transaction() as session:
        await session.execute(text("TRUNCATE atena.person, atena.feed_run CASCADE"))
    dropped = set(chance.sample(range(length), max(1, length // 20)))
    sent = [line for place, line in enumerate(lines) if place not in dropped]
    sent += chance.sample(sent, max(1, length // 20))
    chance.shuffle(sent)
    files = [sent[begin : begin + length // 3] for begin in range(0, len(sent), length // 3)]
    missing = sorted(place + 1 for place in dropped)
    while missing:
        stop = await feed_until_stuck(register, files)
        assert stop == {"code": "FEED_GAP", "missing": missing[0]}
        await register.apply(lines[missing.pop(0) - 1])
    assert await feed_until_stuck(register, files) is None
    assert await end_state() == ordered


async def feed_until_stuck(register: Any, files: list[list[bytes]]) -> dict[str, Any] | None:
    """Give every file again and again, until a round applies nothing; the lowest gap is then the true one."""
    while True:
        runs = [await register.apply(*file) for file in files]
        if not any(run.applied for run in runs):
            gaps = [stopped(run) for run in runs if run.stop is not None]
            return min(gaps, key=lambda gap: int(gap["missing"]), default=None)


@pytest.mark.parametrize("seed", range(3))
async def test_any_order_comes_to_the_same_end_or_names_the_gap(
    register: Any,
    owner_database: Database,
    end_state: Any,
    monkeypatch: pytest.MonkeyPatch,
    seed: int,
) -> None:
    monkeypatch.setattr(service, "BATCH", 7)
    await play(register, owner_database, end_state, seed, 40)
