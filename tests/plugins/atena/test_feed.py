"""The register feed: each message once and in order, whatever order they come in; a gap has a name."""

import json
from datetime import date
from typing import Any

import orjson
import pytest
from sqlalchemy import select, text

from core.storage.database import Database
from plugins.atena import tables
from plugins.atena.history import LATEST
from plugins.atena.queries.history import known
from plugins.atena.service.feed import Run

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


async def test_a_file_twice_changes_nothing(register: Any, end_state: Any) -> None:
    lines = [register.arrival(myNumber=NUMBERS[0]), register.message("death", on="2025-01-01")]
    await register.apply(*lines)
    before = await end_state()

    again = await register.apply(*lines, lines[0])

    assert (again.read, again.applied, again.doubled, again.stop) == (3, 0, 3, None)
    assert await end_state() == before


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


async def test_a_number_that_is_assigned_again_is_not_sealed_again(register: Any, end_state: Any) -> None:
    await register.apply(register.arrival(myNumber=NUMBERS[0]))
    await register.apply(
        register.message("number_assigned", on="2021-01-01", myNumber=NUMBERS[0]),
        register.message("number_assigned", on="2022-01-01", myNumber=NUMBERS[1]),
    )

    held = sorted(row[2:5] for row in await end_state() if row[0] == "my_number")

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


async def test_a_resident_is_corrected_by_the_feed_alone(register: Any, house: Any) -> None:
    correct = """
    mutation C($input: CorrectPersonInput!) { correctPerson(input: $input) { version } }
    """
    await register.apply(register.arrival(), register.message("move_out", on="2023-01-01", address=ELSEWHERE))
    change = {"atenaNumber": "1", "expectedVersion": 1, "validFrom": "2023-01-01", "kana": "キリ"}

    for days in ({"validFrom": "2022-12-31"}, {"validFrom": "2020-04-01", "validTo": "2021-01-01"}):
        refused = await house.refusal(correct, input={**change, **days})
        assert refused["code"] == "RESIDENT_BY_FEED_ONLY"

    await house.data(correct, input=change)
    await register.apply(register.message("move_within", on="2024-01-01", address=ELSEWHERE))
    shown = (await house.data(SHOW, number="1"))["person"]
    assert (shown["kind"], shown["version"]) == ("NON_RESIDENT", 3)
    assert (await house.refusal(correct, input={**change, "expectedVersion": 2}))["currentVersion"] == 3
