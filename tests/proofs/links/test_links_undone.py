"""A link of two numbers (関連宛名), once undone, leaves nothing behind but its history.

What it shows. Two numbers are linked and unlinked, and in between anything may happen: documents come for
either, the register sends news, the base is replayed, documents are merged. Then everything current, in all
tables, equals a city in which the same happened without the link: by a canonical dump without row numbers,
moments and counters of changes. History tells of both steps.

Tax that was decided while the link stood is the one thing that does not follow by itself: two people correct
it. Until then a finding waits for each whose base changed, and afterwards the figures are those of the
city without the link.
"""

import json
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from random import Random
from typing import Any

import pytest

from core.access.actor import Actor, ActorKind
from core.clock import JAPAN
from core.jobs import service as jobs
from core.jobs.worker import Worker
from core.storage.address import DATABASE_URL, ServerAddress
from plugins.atena.api import open_keyring
from plugins.shikakeisan.correction import service as corrections
from plugins.shikakeisan.correction.jobs import LATE
from plugins.shikakeisan.overview.replay import replay_register
from schema.build import build_runtime
from schema.testing import environ_of
from tests.plugins.shikakeisan.base.conftest import TAX_YEAR, City, StandingClock
from tests.plugins.shikakeisan.base.conftest import address as place
from tests.plugins.shikakeisan.correction.papers import Paper, file_papers
from tests.plugins.shikakeisan.overview.conftest import decide, merge
from tests.proofs.alone.house import merge_within
from tests.proofs.alone.sandbox import Sandbox

ONE, OTHER = "1", "2"
BEGIN = datetime(2026, 1, 5, 9, tzinfo=JAPAN)
COLUMNS = """
SELECT table_schema || '.' || table_name AS name, array_agg(column_name::text) AS columns
FROM information_schema.columns WHERE table_schema = ANY('{atena,shiryo,shikakeisan}') GROUP BY 1 ORDER BY 1
"""
PASSING = ("id", "version", "basis_id", "base_id", "sequence", "known_from", "known_to")
"""Row numbers, counters and moments: they tell how often and when something changed, not what stands."""
PRESENT = {"known_to": "'infinity'", "superseded_at": "'infinity'"}
UNSEEN = ("atena.feed_run", "shikakeisan.run", "shikakeisan.difference", "shiryo.sender")
"""What runs did, which is history; and senders, whom the test numbers anew."""
Deed = Callable[[City], Awaitable[None]]


@pytest.fixture
async def city(
    tmp_path: Path, address: ServerAddress, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[City]:
    """Two residents and a third, in a sandbox."""
    clock = StandingClock(BEGIN)
    environ = environ_of(tmp_path, **{DATABASE_URL.variable: address.app_url})
    runtime = build_runtime(environ, clock)
    async with Sandbox(address).opened() as sandbox:
        merge_within(sandbox, monkeypatch)
        city = City(runtime, sandbox, open_keyring(runtime.settings), clock, tmp_path)
        await city.feed(*(city.arrival(number) for number in (ONE, OTHER, "3")))
        yield city


def sandbox_of(city: City) -> Sandbox:
    assert isinstance(city.database, Sandbox)
    return city.database


async def dump(city: City) -> Mapping[str, Sequence[str]]:
    """Return everything that stands, in an order of its own."""
    found = {}
    for table in await sandbox_of(city).rows(COLUMNS):
        if table.name not in UNSEEN:
            found[table.name] = sorted(
                json.dumps(_plain(row), sort_keys=True, default=str)
                for row in await sandbox_of(city).rows(_present(table.name, table.columns))
            )
    return found


def _present(table: str, columns: Sequence[str]) -> str:
    present = [f"{name} = {value}" for name, value in PRESENT.items() if name in columns]
    if table == "shikakeisan.finding":
        present.append("state <> 'gone'")
    wanted = [name for name in columns if name not in PASSING and not name.endswith("_at")]
    return f"SELECT {', '.join(wanted)} FROM {table} WHERE {' AND '.join(present) or 'true'}"  # noqa: S608


def _plain(row: Any) -> Mapping[str, Any]:
    return {name: value for name, value in row._mapping.items() if not isinstance(value, memoryview | bytes)}


async def link(city: City) -> None:
    await city.link(OTHER, ONE)


async def unlink(city: City) -> None:
    await city.link(OTHER, None)


async def replay(city: City) -> None:
    async with city.database.transaction() as session:
        await replay_register(city.work(session), TAX_YEAR)


def document(number: str, salary: int) -> Deed:
    """Let a document come for a number."""

    async def come(city: City) -> None:
        paper = Paper({"salary": salary}, accepted_at=city.clock.now(), birth_date=date(1980, 5, 1))
        person_id = await city.id_of(number)
        async with city.database.transaction() as session:
            await file_papers(session, TAX_YEAR, [(person_id, paper)], city.clock.now())

    return come


def move(number: str, day: str, lot: str) -> Deed:
    """Let the register tell of a 転居."""

    async def tell(city: City) -> None:
        await city.feed(city.event("move_within", number, day, address={**place(), "lot": lot}))

    return tell


async def freeze(city: City) -> None:
    await city.freeze()


async def settle(city: City) -> None:
    """Let follow what follows from everything that is known."""
    await replay(city)
    await merge(city)


async def correct(city: City) -> None:
    """Let a clerk propose for everybody whose tax no longer fits, and the chief approve."""
    async with city.database.transaction() as session:
        given = {"tax_year": TAX_YEAR, "reason": "関連宛名の解除"}
        await jobs.enqueue(session, LATE, given, Actor(ActorKind.STAFF, "100001"))
    while await Worker(city.runtime, city.database).work_once():
        pass
    for row in await sandbox_of(city).rows("SELECT id FROM shikakeisan.proposal WHERE state = 'proposed'"):
        async with city.database.transaction() as session:
            done = await corrections.approve(city.runtime, city.work(session, "100002"), row.id, 1)
        assert done.is_approved


async def taxed(city: City) -> Mapping[str, Sequence[str]]:
    """Return the tax in force, and whom findings of the base wait for."""
    return {
        name: [str(tuple(row)) for row in await sandbox_of(city).rows(statement)]
        for name, statement in {
            "tax": "SELECT person_id, outcome, ground, payable, total_income_all FROM shikakeisan.assessment"
            " WHERE superseded_at = 'infinity' AND outcome <> 'undecided' ORDER BY 1",
            "waiting": "SELECT person_id, code FROM shikakeisan.finding"
            " WHERE stage = 'base' AND state = 'open'",
        }.items()
    }


async def play(
    city: City, deeds: Sequence[Deed], read: Callable[[City], Awaitable[Mapping[str, Sequence[str]]]] = dump
) -> Mapping[str, Sequence[str]]:
    """Do all this, give the dump, and let nothing of it have happened."""
    sequence = city.sequence
    async with sandbox_of(city).taken_back():
        for deed in deeds:
            city.clock.go_on(minutes=7)
            await deed(city)
        dumped = await read(city)
    city.sequence, city.clock.moment = sequence, BEGIN
    return dumped


def differing(one: Mapping[str, Sequence[str]], other: Mapping[str, Sequence[str]]) -> Mapping[str, Any]:
    """Return what stands in one dump alone, by table."""
    return {
        name: (sorted({*one[name]} - {*other[name]}), sorted({*other[name]} - {*one[name]}))
        for name in one
        if one[name] != other[name]
    }


async def test_undone_at_once_everything_is_as_it_was(city: City) -> None:
    before = await dump(city)
    after = await play(city, [link, unlink])
    assert differing(before, after) == {}


BETWEEN: Mapping[str, Sequence[Deed]] = {
    "nothing": [],
    "a replay": [replay],
    "a document for the linked number": [document(OTHER, 2_000_000)],
    "a document for the primary": [document(ONE, 1_500_000), replay],
    "documents for both, merged": [document(ONE, 1_500_000), document(OTHER, 2_000_000), settle],
    "news about the linked number": [move(OTHER, "2025-12-01", "5番地"), replay],
    "news about both": [move(OTHER, "2025-12-01", "5番地"), move(ONE, "2025-11-01", "6番地"), settle],
}


@pytest.mark.parametrize("between", BETWEEN)
async def test_undone_everything_is_as_without_the_link(city: City, between: str) -> None:
    start = [document(ONE, 3_000_000), document(OTHER, 4_000_000), freeze, merge]
    deeds = BETWEEN[between]
    never = await play(city, [*start, *deeds, settle])
    undone = await play(city, [*start, link, settle, *deeds, unlink, settle])
    assert differing(never, undone) == {}


@pytest.mark.parametrize("seed", [1, pytest.param(2, marks=pytest.mark.slow)])
async def test_undone_in_the_midst_of_anything(city: City, seed: int) -> None:
    """Link and unlink at random places of a random history."""
    chance = Random(seed)
    for _ in range(3 if seed == 1 else 60):
        deeds = [
            deed for _ in range(chance.randrange(1, 7)) for deed in chance.choice(list(BETWEEN.values()))
        ]
        first, second = sorted(chance.choices(range(len(deeds) + 1), k=2))
        linked = [*deeds[:first], link, *deeds[first:second], unlink, *deeds[second:]]
        start = [document(ONE, 3_000_000), document(OTHER, 4_000_000), freeze, merge]
        never = await play(city, [*start, *deeds, settle])
        assert differing(never, await play(city, [*start, *linked, settle])) == {}, (
            seed,
            deeds,
            first,
            second,
        )


async def test_tax_decided_while_linked_is_corrected_by_two(city: City) -> None:
    start = [document(ONE, 3_000_000), document(OTHER, 4_000_000), freeze]
    never = await play(city, [*start, decide], taxed)
    linked = await play(city, [*start, link, replay, decide], taxed)
    undone = await play(city, [*start, link, replay, decide, unlink, settle], taxed)
    corrected = await play(city, [*start, link, replay, decide, unlink, settle, correct, replay], taxed)

    assert len(never["tax"]) == 2
    assert undone["tax"] == linked["tax"] != never["tax"]
    assert len(undone["waiting"]) == 1
    assert corrected == never


async def test_history_shows_both_steps(city: City) -> None:
    linked, unlinked = city.clock.go_on(minutes=1), BEGIN.replace(minute=2)
    await link(city)
    city.clock.go_on(minutes=1)
    await unlink(city)
    rows = await sandbox_of(city).rows(
        "SELECT person_id, primary_id, known_from, known_to FROM atena.person_link"
    )
    assert rows == [(await city.id_of(OTHER), await city.id_of(ONE), linked, unlinked)]


async def test_a_document_of_the_linked_number_counts_for_the_primary(city: City) -> None:
    for deed in (document(ONE, 3_000_000), document(OTHER, 4_000_000), freeze, link, settle):
        city.clock.go_on(minutes=7)
        await deed(city)
    facts = await sandbox_of(city).rows(
        "SELECT person_id, facts->>'salary' AS salary FROM shikakeisan.basis WHERE known_to = 'infinity'"
    )
    assert facts == [(await city.id_of(ONE), "7000000")]
