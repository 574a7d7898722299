"""How the feed stands: by GraphQL, by selfcheck, by command."""

import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from core.checks import CheckState
from core.settings import Settings
from core.storage.database import Database
from plugins import atena
from plugins.atena.queries.feed import add_run
from plugins.atena.service.feed_status import check_feed, feed_status

STATUS = "{ registerFeed { appliedTo lastIssuedAt waiting stopCode stopSequence isLate earlyFiles } }"


async def test_how_the_feed_stands(register: Any, house: Any, database: Database, settings: Settings) -> None:
    empty = (await house.data(STATUS, "administrator"))["registerFeed"]
    assert empty == {
        "appliedTo": 0,
        "lastIssuedAt": None,
        "waiting": 0,
        "stopCode": "",
        "stopSequence": None,
        "isLate": False,
        "earlyFiles": 0,
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
    check = await check_feed(database, settings, house.clock)
    assert check.state is CheckState.FAILED
    assert "通番 2 " in check.message
    await register.apply(two, three)
    assert (await check_feed(database, settings, house.clock)).state is CheckState.OK


async def test_a_silent_feed_is_late(
    register: Any, house: Any, database: Database, settings: Settings
) -> None:
    assert (await check_feed(database, settings, house.clock)).state is CheckState.OK
    await register.apply(register.arrival())
    house.clock.moment = house.clock.moment.replace(day=15)

    check = await check_feed(database, settings, house.clock)
    assert (check.state, "取り決めた時間を過ぎても" in check.message) == (CheckState.WARNING, True)
    assert (await house.data(STATUS))["registerFeed"]["isLate"] is True


async def came(database: Database, *runs: tuple[str, datetime, str]) -> None:
    """Note runs that brought something: file, time, and why it stopped."""
    async with database.transaction() as session:
        for name, at, stop in runs:
            said = {"file_name": name, "started_at": at, "ended_at": at, "stop_code": stop}
            await add_run(session, {**said, "read": 1, "applied": 1, "doubled": 0, "highest_seen": 0})


@pytest.mark.parametrize(
    ("runs", "early"),
    [
        ([("a", 60, ""), ("b", 36, ""), ("c", 12, "")], 0),
        ([("a", 60, ""), ("b", 36, ""), ("c", 26, ""), ("d", 12, "")], 2),
        ([("a", 300, ""), ("b", 299, "")], 0),
        ([("a", 40, ""), ("b", 12, "FEED_GAP"), ("c", 11, ""), ("b", 10, "")], 0),
    ],
    ids=["every day", "twice a day", "long ago", "given again"],
)
async def test_a_file_that_comes_sooner_than_agreed_is_told(
    register: Any, house: Any, database: Database, settings: Settings, runs: Any, early: int
) -> None:
    register.feed.trace.clock.moment -= timedelta(hours=84)
    await register.apply(register.arrival())
    await came(
        database, *((name, house.clock.now() - timedelta(hours=ago), stop) for name, ago, stop in runs)
    )

    check = await check_feed(database, settings, house.clock)

    assert (await house.data(STATUS))["registerFeed"]["earlyFiles"] == early
    assert check.state is (CheckState.WARNING if early else CheckState.OK)
    assert (f"7日間に {early} 件" in check.message) is bool(early)


@pytest.mark.parametrize("role", ["other_office", "auditor"])
async def test_the_state_is_for_those_who_run_it(house: Any, role: str) -> None:
    assert (await house.refusal(STATUS, role))["code"] == "FORBIDDEN"


class OneHouse:
    """Enough of a Runtime for the commands."""

    is_production = False

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
    runtime = OneHouse(settings, address.app_url, register.feed.trace.clock)
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
