"""The command killed with -9 at random moments: after the same command again all is there, once."""

import asyncio
import json
import random
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from core.storage.address import ServerAddress
from tests.forked import Command, Nursery, nursery
from tests.plugins.shiryo.conftest import YEAR, Someone, environ_of, manifest_of, salary_file

__all__ = ["nursery"]

INTAKE = "plugins.shiryo.service"
STEP = 40
"""Records a step: small, so that kills fall into the middle of deliveries."""
TOGETHER = 2
"""Deliveries that are received at once: most are received while others are read."""
WORTH = (0, 1_000_000)
"""Records that are worth a process of their own: always, or never. A process reads ahead, or a thread."""
PEOPLE_PER_DELIVERY = 60
WIDE = {ord("0") + digit: ord("０") + digit for digit in range(10)}


def start(nursery: Nursery, folder: Path, environ: Mapping[str, str], worth: int) -> Command:
    patches = {
        f"{INTAKE}.intake.RECORDS_PER_STEP": STEP,
        f"{INTAKE}.reading_ahead.WORTH_A_PROCESS": worth,
        "plugins.shiryo.commands.arriving.TOGETHER": TOGETHER,
    }
    return nursery.start("intake", str(folder), environ=environ, patches=patches)


def write_deliveries(folder: Path, people: list[Someone]) -> None:
    for place in range(0, len(people), PEOPLE_PER_DELIVERY):
        group = people[place : place + PEOPLE_PER_DELIVERY]
        files = {"315.csv": salary_file(*(person.report() for person in group))}
        own = folder / f"{place:06d}"
        own.mkdir(parents=True)
        (own / "315.csv").write_bytes(files["315.csv"])
        manifest = manifest_of(files, {"315.csv": len(group)}, code=f"{place:06d}")
        (own / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")


async def prove(city: Any, nursery: Nursery, url: str, folder: Path, *, deliveries: int, kills: int) -> None:
    count = deliveries * PEOPLE_PER_DELIVERY
    people = [Someone(serial, lot=f"{serial}番地".translate(WIDE)) for serial in range(1, count + 1)]
    await city.settle(*people)
    write_deliveries(folder / "deliveries", people)
    environ = {**environ_of(folder, url), "JUMINZEI_JOB_LEASE": "1"}
    chance = random.Random(kills)

    for _ in range(kills):
        process = start(nursery, folder / "deliveries", environ, chance.choice(WORTH))
        await asyncio.sleep(chance.uniform(0.2, 3.0))
        process.kill()
        process.wait()
    last = start(nursery, folder / "deliveries", environ, chance.choice(WORTH))

    assert last.wait() == 0 or "ALREADY_IMPORTED" in last.errors.read_text(), last.errors.read_text()
    placed = await city.rows(
        "SELECT s.code, d.line, a.person_id FROM shiryo.document d JOIN shiryo.sender s ON s.id = d.sender_id"
        " JOIN shiryo.attachment a ON a.document_id = d.id ORDER BY s.code, d.line"
    )
    expected = [
        (f"{place - place % PEOPLE_PER_DELIVERY:06d}", place % PEOPLE_PER_DELIVERY + 1, city.ids[each.serial])
        for place, each in enumerate(people)
    ]
    assert [tuple(row) for row in placed] == expected
    assert await city.rows("SELECT count(*) FROM shiryo.document") == [(len(people),)]
    assert await city.rows("SELECT count(*) FROM shiryo.work_item") == [(0,)]
    assert await city.rows("SELECT DISTINCT state, tax_year FROM shiryo.delivery") == [("attached", YEAR)]


async def test_a_few_kills_lose_and_double_nothing(
    city: Any, nursery: Nursery, address: ServerAddress, tmp_path: Path
) -> None:
    await prove(city, nursery, address.app_url, tmp_path, deliveries=5, kills=2)


@pytest.mark.slow
async def test_fifty_kills_lose_and_double_nothing(
    city: Any, nursery: Nursery, address: ServerAddress, tmp_path: Path
) -> None:
    await prove(city, nursery, address.app_url, tmp_path, deliveries=150, kills=50)
