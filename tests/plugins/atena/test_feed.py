"""The register feed: each message once and in order, whatever order they come in; a gap has a name."""

import json
from datetime import date
from pathlib import Path
from random import Random
from typing import Any

import orjson
import pytest
from click.testing import CliRunner
from sqlalchemy import select, text

from core.checks import CheckState
from core.storage.database import Database
from plugins import atena
from plugins.atena import tables
from plugins.atena.feed.sheets import HISTORIES
from plugins.atena.feed.status import check_feed, feed_status
from plugins.atena.history import LATEST
from plugins.atena.queries.history import known, said_in
from plugins.atena.service import feed as service
from plugins.atena.service.feed import Run
from plugins.atena.vault.keyring import Keyring
from plugins.atena.vault.seal import unseal

NUMBERS = ("621498320257", "123456789018", "345678901234")
SHOW = """
query S($number: String!, $asOf: Date) {
  person(atenaNumber: $number, asOf: $asOf) {
    kind name deathDate version address { town lot } addresses { town validFrom validTo }
  }
}
"""
STATUS = "{ registerFeed { appliedTo lastIssuedAt waiting stopCode stopSequence } }"
ELSEWHERE = {
    "municipalityCode": "332020",
    "prefecture": "岡山県",
    "municipality": "倉敷市",
    "town": "朝霧町",
    "lot": "9002番地",
}


def stopped(run: Run) -> dict[str, Any]:
    assert run.stop is not None
    return {"code": run.stop.code, **run.stop.details}


async def end_state(database: Database, keyring: Keyring) -> set[tuple[object, ...]]:
    """Everything that holds now, with the numbers opened."""
    said: set[tuple[object, ...]] = set()
    async with database.read() as session:
        for table in HISTORIES:
            columns = [column for column in said_in(table) if column.name not in ("sealed", "key_version")]
            rows = await session.execute(
                select(tables.person.c.atena_number, table).join(tables.person).where(known(table, LATEST))
            )
            for row in rows:
                number = unseal(keyring, row.person_id, row) if table is tables.my_number else ""
                content = tuple(str(row._mapping[column]) for column in columns)
                said.add((table.name, row.atena_number, row.valid_from, row.valid_to, number, *content))
    return said


async def test_a_life_as_the_register_tells_it(register: Any, house: Any, database: Database) -> None:
    run = await register.apply(
        register.arrival(myNumber=NUMBERS[0]),
        register.message("move_within", on="2021-05-01", address={**register_address(), "town": "若竹町"}),
        register.message("name_change", on="2022-02-02", name="朝霧　陽斗", kana="アサギリ　ハルト"),
        register.message("move_out", on="2023-01-01", address=ELSEWHERE),
        register.arrival(on="2024-01-01"),
        register.message("death", on="2025-01-01"),
    )

    assert (run.read, run.applied, run.doubled, run.stop) == (6, 6, 0, None)
    for day, kind, name, town in (
        ("2020-04-01", "RESIDENT", "霧ヶ丘　陽斗", "桜見町"),
        ("2022-12-31", "RESIDENT", "朝霧　陽斗", "若竹町"),
        ("2023-01-01", "NON_RESIDENT", "朝霧　陽斗", "朝霧町"),
        ("2024-01-01", "RESIDENT", "霧ヶ丘　陽斗", "桜見町"),
    ):
        shown = (await house.data(SHOW, number="1", asOf=day))["person"]
        assert (shown["kind"], shown["name"], shown["address"]["town"]) == (kind, name, town)
    assert (await house.data(SHOW, number="1", asOf="2025-01-01"))["person"]["deathDate"] == "2025-01-01"
    assert (await house.data(SHOW, number="1", asOf="2024-12-31"))["person"]["deathDate"] is None
    async with database.read() as session:
        spans = await session.execute(
            select(tables.household_member.c.valid_from, tables.household_member.c.valid_to).where(
                known(tables.household_member, LATEST)
            )
        )
        assert sorted(tuple(span) for span in spans) == [
            (date(2020, 4, 1), date(2023, 1, 1)),
            (date(2024, 1, 1), date(2025, 1, 2)),
        ]


def register_address() -> dict[str, str]:
    return {**ELSEWHERE, "municipalityCode": "331015", "municipality": "岡山市北区"}


async def test_a_file_twice_changes_nothing(register: Any, database: Database, keyring: Keyring) -> None:
    lines = [register.arrival(myNumber=NUMBERS[0]), register.message("death", on="2025-01-01")]
    await register.apply(*lines)
    before = await end_state(database, keyring)

    again = await register.apply(*lines, lines[0])

    assert (again.read, again.applied, again.doubled, again.stop) == (3, 0, 3, None)
    assert await end_state(database, keyring) == before


async def test_a_gap_is_named_and_everything_before_it_is_applied(register: Any, database: Database) -> None:
    one, two, three, four = (register.arrival(str(number)) for number in range(1, 5))

    run = await register.apply(one, two, four)

    assert stopped(run) == {"code": "FEED_GAP", "missing": 3}
    assert run.applied == 2
    late = await register.apply(three)
    assert late.stop is None
    rest = await register.apply(one, two, four)
    assert (rest.applied, rest.doubled, rest.stop) == (1, 2, None)


@pytest.mark.parametrize("same_file", [True, False])
async def test_another_payload_under_a_number_is_refused(register: Any, same_file: bool) -> None:
    first = register.arrival()
    register.sequence = 0
    other = register.arrival(on="2020-04-02")

    if same_file:
        run = await register.apply(first, other)
    else:
        await register.apply(first)
        run = await register.apply(other)

    assert stopped(run) == {"code": "FEED_ALTERED", "sequence": 1}


@pytest.mark.parametrize(
    ("kind", "on", "items", "rule"),
    [
        ("death", "2024-01-01", {}, "unknown-person"),
        ("number_assigned", "2024-01-01", {"myNumber": NUMBERS[0]}, "unknown-person"),
    ],
)
async def test_nothing_can_happen_to_nobody(
    register: Any, kind: str, on: str, items: dict[str, Any], rule: str
) -> None:
    run = await register.apply(register.arrival("1"), register.message(kind, "2", on, **items))
    assert stopped(run) == {"code": "FEED_IMPOSSIBLE", "sequence": 2, "rule": rule}
    assert run.applied == 1


@pytest.mark.parametrize(
    ("kind", "on", "items", "rule"),
    [
        ("death", "2020-03-31", {}, "before-first"),
        ("name_change", "2020-03-31", {"name": "甲", "kana": "コウ"}, "before-first"),
        ("protection_set", "2024-01-01", {"until": "2024-01-01"}, "order"),
    ],
)
async def test_messages_that_contradict_what_came_before(
    register: Any, kind: str, on: str, items: dict[str, Any], rule: str
) -> None:
    run = await register.apply(register.arrival(), register.message(kind, on=on, **items))
    assert stopped(run) == {"code": "FEED_IMPOSSIBLE", "sequence": 2, "rule": rule}


async def test_nobody_is_born_twice(register: Any) -> None:
    household = {"number": "1", "relation": "子"}
    items = {"person": orjson.loads(register.arrival())["event"]["person"], "household": household}
    register.sequence = 0
    first = register.message("birth", address=ELSEWHERE, **items)

    run = await register.apply(first, register.message("birth", address=ELSEWHERE, **items))

    assert stopped(run) == {"code": "FEED_IMPOSSIBLE", "sequence": 2, "rule": "known-already"}


@pytest.mark.parametrize(
    ("change", "field", "rule"),
    [
        ({"kind": "resurrection"}, "event.kind", "code"),
        ({"atenaNumber": "1234567890123456"}, "event.atenaNumber", "code"),
        ({"atenaNumber": "900000000000017"}, "event.atenaNumber", "code"),
        ({"atenaNumber": 1}, "event.atenaNumber", "code"),
        ({"effectiveOn": "2024-02-30"}, "event.effectiveOn", "date"),
        ({"effectiveOn": "1700-01-01"}, "event.effectiveOn", "date"),
        ({"surprise": 1}, "event", "items"),
        ({"person": "X"}, "event.person", "items"),
        ({"person": None}, "event.person", "required"),
        ({"person": {"name": "X"}}, "event.person", "items"),
        ({"household": {"number": "A", "relation": "子"}}, "event.household.number", "code"),
        ({"household": {"number": "1", "relation": ""}}, "event.household.relation", "required"),
        ({"household": {"number": 1, "relation": "子"}}, "event.household.number", "text"),
        ({"address": {**ELSEWHERE, "postalCode": "700"}}, "event.address.postalCode", "code"),
        ({"address": {**ELSEWHERE, "lot": "甲\u0007"}}, "event.address.lot", "characters"),
        ({"myNumber": "621498320258"}, "event.myNumber", "check-digit"),
        ({"myNumber": 621498320257}, "event.myNumber", "check-digit"),
    ],
)
async def test_malformed_events_say_where_and_never_what(
    register: Any, change: dict[str, Any], field: str, rule: str
) -> None:
    event = {**orjson.loads(register.arrival())["event"], **change}
    register.sequence = 0
    given = {
        name: value for name, value in event.items() if name not in ("kind", "atenaNumber", "effectiveOn")
    }
    line = register.message(event["kind"], event["atenaNumber"], event["effectiveOn"], **given)

    found = stopped(await register.apply(line))

    assert (found["code"], found["sequence"]) == ("FEED_MALFORMED", 1)
    assert [(finding["field"], finding["rule"]) for finding in found["findings"]] == [(field, rule)]
    assert "621498320258" not in str(found)


@pytest.mark.parametrize(
    "line",
    [
        b"nonsense\n",
        b"[]\n",
        b"\n",
        b'{"sequence": 0}\n',
        b'{"sequence": "1"}\n',
        b'{"sequence": true}\n',
        b'{"sequence": 9223372036854775808}\n',
        b'{"sequence": 1, "x": "' + b"x" * 70_000 + b'"}\n',
        "﻿{}\n".encode(),
        b'{"sequence": 2, "name": "\xff"}\n',
    ],
)
async def test_a_line_without_a_number_stops_the_file_before_anything_is_applied(
    register: Any, line: bytes
) -> None:
    run = await register.apply(register.arrival(), line)

    found = stopped(run)
    assert (found["code"], found["line"], run.applied) == ("FEED_MALFORMED", 2, 0)


async def test_a_changed_byte_is_seen(register: Any) -> None:
    run = await register.apply(register.arrival().replace(b"9001", b"9007"))
    assert stopped(run)["rule"] == "digest"


@pytest.mark.parametrize("change", [{"issuedAt": "2026-06-10"}, {"issuedAt": 1}, {"extra": 1}, {"event": []}])
async def test_a_malformed_frame_is_refused(register: Any, change: dict[str, Any]) -> None:
    frame = orjson.loads(register.arrival()) | change
    assert stopped(await register.apply(json.dumps(frame).encode()))["code"] == "FEED_MALFORMED"


async def test_a_number_that_is_assigned_again_is_not_sealed_again(
    register: Any, database: Database, keyring: Keyring
) -> None:
    await register.apply(register.arrival(myNumber=NUMBERS[0]))
    await register.apply(
        register.message("number_assigned", on="2021-01-01", myNumber=NUMBERS[0]),
        register.message("number_assigned", on="2022-01-01", myNumber=NUMBERS[1]),
    )

    held = sorted(row[2:5] for row in await end_state(database, keyring) if row[0] == "my_number")

    assert held == [
        (date(2020, 4, 1), date(2022, 1, 1), NUMBERS[0]),
        (date(2022, 1, 1), date.max, NUMBERS[1]),
    ]


async def test_the_inbox_holds_no_digest_that_could_be_guessed(
    register: Any, database: Database, owner_database: Database
) -> None:
    line = register.arrival(myNumber=NUMBERS[0])
    await register.apply(line)

    digest = orjson.loads(line)["sha256"]
    async with owner_database.read() as session:
        for name in ("feed_message", "feed_run"):
            rows = str(await session.scalar(text(f"SELECT string_agg(t::text, ' ') FROM atena.{name} t")))  # noqa: S608 - two names of our own
            assert digest not in rows
            assert NUMBERS[0] not in rows


async def test_every_person_enters_the_access_log(register: Any, feed_records: list[Any]) -> None:
    await register.apply(register.arrival("1"), register.arrival("2"))

    [record] = feed_records
    assert (record.operation, record.action, record.actor.number) == ("atena feed", "write", "system")
    assert record.object_ids == ("1", "2")


async def test_a_clerks_change_and_the_feed_keep_their_order(register: Any, house: Any) -> None:
    await register.apply(register.arrival())
    correct = """
    mutation C($input: CorrectPersonInput!) { correctPerson(input: $input) { version } }
    """
    change = {"atenaNumber": "1", "expectedVersion": 1, "validFrom": "2021-01-01", "kana": "キリ"}
    await house.data(correct, input=change)
    await register.apply(register.message("name_change", on="2022-01-01", name="甲", kana="コウ"))

    shown = (await house.data(SHOW, number="1"))["person"]
    assert (shown["name"], shown["version"]) == ("甲", 3)
    assert (await house.refusal(correct, input={**change, "expectedVersion": 2}))["currentVersion"] == 3


# --- any order, drops, doubles -------------------------------------------------------------------------


def story(register: Any, chance: Random, length: int) -> list[bytes]:
    """Messages about a few people that could have happened in this order."""
    register.sequence, alive, lines = 0, list[str](), list[bytes]()
    while len(lines) < length:
        on = f"20{chance.randint(20, 25)}-{chance.randint(1, 12):02d}-{chance.randint(1, 28):02d}"
        if not alive or chance.random() < 0.15:
            alive.append(str(len(lines) + 1))
            lines.append(register.arrival(alive[-1], "2015-01-01"))
            continue
        number = chance.choice(alive)
        address = {**ELSEWHERE, "lot": f"{chance.randint(1, 99)}番地"}
        kind, items = chance.choice(
            [
                ("move_within", {"address": address}),
                ("move_out", {"address": address}),
                ("name_change", {"name": chance.choice("甲乙丙"), "kana": "コウ"}),
                ("number_assigned", {"myNumber": chance.choice(NUMBERS)}),
                ("household_change", {"household": {"number": str(chance.randint(1, 9)), "relation": "子"}}),
                ("protection_set", {}),
                ("protection_lifted", {}),
                ("death", {}),
            ]
        )
        lines.append(register.message(kind, number, on, **items))
    return lines


async def play(
    register: Any, database: Database, owner: Database, keyring: Keyring, seed: int, length: int
) -> None:
    chance = Random(seed)
    lines = story(register, chance, length)
    assert (await register.apply(*lines)).applied == length
    ordered = await end_state(database, keyring)
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
    assert await end_state(database, keyring) == ordered


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
    database: Database,
    owner_database: Database,
    keyring: Keyring,
    monkeypatch: pytest.MonkeyPatch,
    seed: int,
) -> None:
    monkeypatch.setattr(service, "BATCH", 7)
    await play(register, database, owner_database, keyring, seed, 40)


@pytest.mark.slow
async def test_ten_thousand_messages_in_any_order(
    register: Any, database: Database, owner_database: Database, keyring: Keyring
) -> None:
    chance = Random(5)
    lines = story(register, chance, 10_000)
    await register.apply(*lines)
    ordered = await end_state(database, keyring)
    async with owner_database.transaction() as session:
        await session.execute(text("TRUNCATE atena.person, atena.feed_run CASCADE"))
    dropped = sorted(chance.sample(range(10_000), 50))
    sent = [line for place, line in enumerate(lines) if place not in dropped]
    sent += chance.sample(sent, 500)
    chance.shuffle(sent)
    for place in dropped:
        assert stopped(await register.apply(*sent)) == {"code": "FEED_GAP", "missing": place + 1}
        await register.apply(lines[place])
    assert (await register.apply(*sent)).stop is None
    assert await end_state(database, keyring) == ordered


# --- how it stands -------------------------------------------------------------------------------------


async def test_how_the_feed_stands(register: Any, house: Any, database: Database) -> None:
    empty = (await house.data(STATUS, "administrator"))["registerFeed"]
    assert empty == {
        "appliedTo": 0,
        "lastIssuedAt": None,
        "waiting": 0,
        "stopCode": "",
        "stopSequence": None,
    }
    one, two, three = (register.arrival(str(number)) for number in (1, 2, 3))
    await register.apply(one, three)

    stuck = (await house.data(STATUS))["registerFeed"]

    assert (stuck["appliedTo"], stuck["waiting"], stuck["stopCode"], stuck["stopSequence"]) == (
        1,
        2,
        "FEED_GAP",
        2,
    )
    check = await check_feed(database, house.clock)
    assert check.state is CheckState.FAILED
    assert "通番 2 " in check.message
    await register.apply(two, three)
    assert (await check_feed(database, house.clock)).state is CheckState.OK


async def test_a_silent_feed_is_late(register: Any, house: Any, database: Database) -> None:
    assert (await check_feed(database, house.clock)).state is CheckState.OK
    await register.apply(register.arrival())
    house.clock.moment = house.clock.moment.replace(day=15)

    assert (await check_feed(database, house.clock)).state is CheckState.WARNING


@pytest.mark.parametrize("role", ["other_office", "auditor"])
async def test_the_state_is_for_those_who_run_it(house: Any, role: str) -> None:
    assert (await house.refusal(STATUS, role))["code"] == "FORBIDDEN"


class OneHouse:
    """Enough of a Runtime for the commands."""

    def __init__(self, settings: Any, url: str, clock: Any) -> None:
        self.settings, self.url, self.clock = settings, url, clock
        self.plugins = self

    async def run(self, _hook: str, **_: Any) -> list[Any]:
        return []

    def open_database(self) -> Any:
        return _Opened(self.url)


class _Opened:
    def __init__(self, url: str) -> None:
        self.database = Database(url)

    async def __aenter__(self) -> Database:
        return self.database

    async def __aexit__(self, *_: object) -> None:
        await self.database.close()


def test_the_commands(register: Any, settings: Any, address: Any, tmp_path: Path) -> None:
    [group] = atena.commands()
    runtime = OneHouse(settings, address.app_url, register.feed.clock)
    file = tmp_path / "feed.jsonl"
    one, _two, three = (register.arrival(str(number)) for number in (1, 2, 3))
    file.write_bytes(one + three)

    done = CliRunner().invoke(group, ["feed", str(file)], obj=runtime)
    again = CliRunner().invoke(group, ["feed", str(file), "--json"], obj=runtime)
    status = CliRunner().invoke(group, ["feed-status"], obj=runtime)
    as_json = CliRunner().invoke(group, ["feed-status", "--json"], obj=runtime)

    assert done.exit_code == again.exit_code == status.exit_code == as_json.exit_code == 1
    assert done.output.startswith("読込 2 件、適用 1 件、適用済み 0 件\nFEED_GAP: ")
    assert done.output.endswith("(欠番 2)\n")
    assert json.loads(again.output) == {
        "read": 2,
        "applied": 0,
        "doubled": 1,
        "stop": {"code": "FEED_GAP", "missing": 2},
    }
    assert status.output == "適用済み 1 まで、適用待ち 2 件\nFEED_GAP: 通番 2 で止まっています。\n"
    assert json.loads(as_json.output)["stop_sequence"] == 2


async def test_the_feed_never_went_back(register: Any, database: Database) -> None:
    one, two = register.arrival("1"), register.arrival("2")
    await register.apply(one, two)
    await register.apply(one)
    async with database.read() as session:
        status = await feed_status(session)
    assert (status.applied_to, status.waiting, status.stop_code) == (2, 0, "")
