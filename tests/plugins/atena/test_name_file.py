"""The file of names and addresses: counted, hashed, logged; hidden addresses stay out."""

import csv
import hashlib
import json
from collections.abc import Awaitable, Callable
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from core.access.actor import SYSTEM
from core.graphql.records import Trace
from core.storage.database import Database
from plugins.atena.errors import NameFileThere
from plugins.atena.queries.bulk import PLACE
from plugins.atena.service import name_file
from plugins.atena.service.name_file import NameFile
from tests.plugins.atena.conftest import NOW, TODAY

ELSEWHERE = {
    "municipalityCode": "332020",
    "prefecture": "岡山県",
    "municipality": "倉敷市",
    "town": "朝霧町",
    "lot": "9002番地",
}
Write = Callable[..., Awaitable[list[dict[str, str]]]]


@pytest.fixture
def write(database: Database, house: Any, tmp_path: Path) -> Write:
    async def write(
        folder: str = "out", as_of: date = TODAY, since: datetime | None = None
    ) -> list[dict[str, str]]:
        file = NameFile(database, Trace(house.clock, SYSTEM, "file"), house.record, as_of, since)
        await file.write(tmp_path / folder)
        with (tmp_path / folder / "atena.csv").open(encoding="utf-8", newline="") as written:
            return list(csv.DictReader(written))

    return write


@pytest.fixture
async def city(register: Any) -> None:
    vague = {"name": "﨑　咲", "kana": "サキ", "birthDate": "1950", "sex": "2", "birthNote": "昭和25年頃"}
    await register.apply(
        register.arrival("1"),
        register.arrival("2", person=vague),
        register.arrival("3"),
        register.message("protection_set", "2", "2026-01-01"),
        register.message("move_out", "3", "2026-07-01", address=ELSEWHERE),
    )


async def test_names_and_addresses_of_a_day(write: Write, city: None) -> None:
    one, two, three = await write()

    assert (one["name"], one["birth_date"], one["town"], one["address_hidden"]) == (
        "霧ヶ丘　陽斗",
        "1980-05-01",
        "桜見町",
        "0",
    )
    assert (two["name"], two["birth_date"], two["birth_note"]) == ("﨑　咲", "1950", "昭和25年頃")
    assert (three["kind"], three["municipality"]) == ("resident", "岡山市北区")
    *_, later = await write("later", as_of=date(2026, 7, 1))
    assert (later["kind"], later["municipality"]) == ("non_resident", "倉敷市")


async def test_hidden_addresses_stay_out(write: Write, city: None, tmp_path: Path) -> None:
    shown = (await write())[1]
    before = (await write("before", as_of=date(2025, 12, 31)))[1]

    for each in (shown, before):
        assert each["address_hidden"] == "1"
        assert {each[name] for name in PLACE} == {""}


async def test_who_lives_with_the_protected_is_hidden_and_told_of(
    write: Write, city: None, register: Any, tmp_path: Path
) -> None:
    await register.apply(
        register.message("household_change", "1", "2021-01-01", household={"number": "2", "relation": "夫"}),
        register.message(
            "household_change", "3", "2021-01-01", household={"number": "9", "relation": "世帯主"}
        ),
    )
    since = register.feed.trace.clock.moment + timedelta(hours=1)
    register.feed.trace.clock.moment = since + timedelta(hours=1)
    await register.apply(register.message("protection_lifted", "2", "2026-06-01"))

    changed = await write("changed", as_of=date(2026, 5, 31), since=since)

    assert [(row["atena_number"], row["address_hidden"]) for row in changed] == [("1", "1"), ("2", "1")]
    later = await write("later", as_of=TODAY, since=since)
    assert [(row["atena_number"], row["address_hidden"]) for row in later] == [("1", "0"), ("2", "0")]


async def test_the_manifest_says_what_the_file_holds(write: Write, city: None, tmp_path: Path) -> None:
    rows = await write()

    manifest = json.loads((tmp_path / "out" / "manifest.json").read_text(encoding="utf-8"))
    written = (tmp_path / "out" / "atena.csv").read_bytes()
    assert manifest == {
        "file": "atena.csv",
        "sha256": hashlib.sha256(written).hexdigest(),
        "bytes": len(written),
        "asOf": "2026-06-10",
        "since": None,
        "madeAt": NOW.isoformat(),
        "records": len(rows),
        "residents": 3,
        "nonResidents": 0,
        "hiddenAddresses": 1,
    }
    assert (tmp_path / "out" / "atena.csv").stat().st_mode & 0o077 == 0


async def test_changes_are_what_was_entered_or_begun_since(
    write: Write, city: None, register: Any, house: Any
) -> None:
    since = NOW + timedelta(hours=1)
    assert await write("none", since=since) == []

    begun = await write("begun", as_of=date(2026, 7, 1), since=since)
    assert [row["atena_number"] for row in begun] == ["3"]

    register.feed.trace.clock.moment = since + timedelta(hours=1)
    await register.apply(register.message("name_change", "1", "2026-06-01", name="甲", kana="コウ"))
    entered = await write("entered", since=since)
    assert [(row["atena_number"], row["name"]) for row in entered] == [("1", "甲")]


async def test_everybody_in_the_file_enters_the_access_log(
    write: Write, city: None, house: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(name_file, "PAGE", 2)
    await write()
    assert [(each.action, each.object_ids) for each in house.records] == [
        ("read", ("1", "2")),
        ("read", ("3",)),
    ]


async def test_nothing_is_written_over(write: Write, city: None) -> None:
    await write()
    with pytest.raises(NameFileThere):
        await write()
