"""Files of 住登外者: everything or nothing, faults with their lines, the same file twice changes nothing."""

import json
from collections.abc import Awaitable, Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from core.access.journal import Journal
from core.storage.database import Database
from core.work import Work
from plugins.atena.errors import FileRefused
from plugins.atena.service.jutogai import Intake, Taken
from plugins.atena.vault.keyring import Keyring

NUMBERS = ("621498320257", "123456789018")
DAY = date(2026, 1, 1)
SEARCH = """
{
  searchPersons(search: {kana: "ウシオ"}) {
    edges { node { name kind validFrom address { town } myNumber } }
  }
}
"""
Take = Callable[..., Awaitable[Taken]]


def person(serial: int, **more: Any) -> dict[str, Any]:
    given = {
        "serial": serial,
        "my_number": None,
        "name": f"潮　{serial}",
        "kana": "ウシオ　ナギ",
        "birth_date": f"19{serial % 90 + 10}-04-01",
        "sex": "2",
        "municipality_code": "332020",
        "prefecture": "岡山県",
        "municipality": "倉敷市",
        "town": "朝霧町",
        "lot": f"{serial}番地",
        "building": "",
        "postal_code": "7100000",
    }
    return {**given, **more}


@pytest.fixture
def take(database: Database, keyring: Keyring, house: Any, tmp_path: Path) -> Take:
    async def take(*people: Any) -> Taken:
        file = tmp_path / "jutogai.jsonl"
        lines = (each if isinstance(each, str) else json.dumps(each, ensure_ascii=False) for each in people)
        file.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
        async with database.transaction() as session:
            work = Work(session, Journal(), "1", house.clock.now())
            return await Intake(work, keyring).take(file, DAY)

    return take


async def faults(take: Take, *people: Any) -> list[tuple[int, str, str]]:
    with pytest.raises(FileRefused) as refused:
        await take(*people)
    assert NUMBERS[0] not in str(refused.value.details)
    return [fault[:3] for fault in refused.value.faults]


async def test_people_are_registered_with_address_and_number(house: Any, take: Take) -> None:
    assert await take(person(1, my_number=NUMBERS[0]), person(2)) == Taken(2, 2, 0)

    [one, other] = [
        edge["node"] for edge in (await house.data(SEARCH, reason="確認"))["searchPersons"]["edges"]
    ]
    assert one == {
        "name": "潮　1",
        "kind": "NON_RESIDENT",
        "validFrom": "2026-01-01",
        "address": {"town": "朝霧町"},
        "myNumber": NUMBERS[0],
    }
    assert other["myNumber"] is None


async def test_a_file_twice_registers_once_and_its_new_lines_follow(house: Any, take: Take) -> None:
    await take(person(1, my_number=NUMBERS[0]), person(2))

    assert await take(person(1, my_number=NUMBERS[0]), person(2)) == Taken(2, 0, 2)
    assert await take(person(2), person(3)) == Taken(2, 1, 1)


async def test_one_fault_keeps_everybody_out_and_all_faults_are_told(house: Any, take: Take) -> None:
    found = await faults(
        take,
        person(1),
        "nonsense",
        person(2, my_number="621498320258", sex="5"),
        person(1, lot="別"),
        person(0, name=""),
        person(6, kana=None),
        person(7, birth_date="2027-01-01"),
    )

    assert found == [
        (2, "line", "items"),
        (3, "my_number", "check-digit"),
        (3, "sex", "code"),
        (4, "serial", "doubled"),
        (5, "name", "required"),
        (5, "serial", "range"),
        (6, "kana", "text"),
        (7, "birth_date", "range"),
    ]
    assert (await house.data(SEARCH, reason="確認"))["searchPersons"]["edges"] == []


async def test_a_line_that_changed_is_a_fault(take: Take) -> None:
    await take(person(1))
    assert await faults(take, person(1, lot="2番地")) == [(1, "serial", "altered")]


async def test_numbers_belong_to_one(take: Take) -> None:
    await take(person(1, my_number=NUMBERS[0]))
    assert await faults(
        take,
        person(2, my_number=NUMBERS[0]),
        person(3, my_number=NUMBERS[1]),
        person(4, my_number=NUMBERS[1]),
    ) == [(1, "my_number", "held"), (3, "my_number", "doubled")]


async def test_who_seems_to_be_there_is_left_to_a_clerk(take: Take) -> None:
    await take(person(1))
    same = person(2, **{name: person(1)[name] for name in ("name", "birth_date", "lot")})

    assert await faults(take, same) == [(1, "name", "candidate")]
    assert (await take({**same, "lot": "9番地"})).registered == 1


@pytest.mark.slow
async def test_twenty_thousand(take: Take) -> None:
    assert (await take(*map(person, range(1, 20_001)))).registered == 20_000
