"""Who the relatives on documents are: by number, else by name within the household; nobody is guessed."""

from typing import Any

import pytest

from plugins.atena.api import blind_index
from tests.plugins.shikakeisan.base.conftest import City
from tests.plugins.shikakeisan.correction.papers import Paper
from tests.plugins.shikakeisan.merge.desk import Desk, family, named, slip, somebody

NUMBER = "123456789018"


def with_number(arrival: dict[str, Any], number: str = NUMBER) -> dict[str, Any]:
    return {**arrival, "myNumber": number}


async def claimed(desk: Desk, said: dict[str, Any]) -> tuple[str | None, list[tuple[str, str]]]:
    """Return whom a return of the father claims, and what is found."""
    await desk.file("1", Paper({"salary": 5_000_000}, "resident_return", relatives=[said]))
    await desk.merge("1")
    [(_, relative, _)] = await desk.claims()
    return relative, await desk.findings()


@pytest.mark.parametrize(
    ("said", "relative"),
    [
        pytest.param({"name": "朝霧　一郎"}, "3", id="the name"),
        pytest.param({"name": "朝霧一郎"}, "3", id="without the space"),
        pytest.param({"name": "", "kana": "カナ　エ"}, "3", id="the reading"),
        pytest.param({"name": "朝霧　一郎", "birth": "2005-08-09"}, "3", id="name and birth"),
        pytest.param({"name": "朝霧　一郎", "birth": "2005-08-10"}, None, id="another birth"),
        pytest.param({"name": "夕凪　実"}, None, id="another household"),
        pytest.param({"name": "朝霧　二郎"}, None, id="nobody's name"),
        pytest.param({"name": ""}, None, id="no name"),
    ],
)
async def test_by_name_within_the_household(
    city: City, desk: Desk, said: dict[str, Any], relative: str | None
) -> None:
    await desk.register(*family(city))

    assert await claimed(desk, {"role": "dependant", "place": 1, **said}) == (relative, [])


async def test_two_of_one_name_in_a_household_are_nobody(city: City, desk: Desk) -> None:
    await desk.register(*family(city), somebody(city, "6", "朝霧　一郎", "2012-01-02", "子"))

    assert await claimed(desk, named("dependant", "朝霧　一郎")) == (None, [])


async def test_the_birth_date_tells_two_of_one_name(city: City, desk: Desk) -> None:
    await desk.register(*family(city), somebody(city, "6", "朝霧　一郎", "2012-01-02", "子"))

    assert await claimed(desk, named("dependant", "朝霧　一郎", birth="2012-01-02")) == ("6", [])


async def test_a_number_names_somebody_of_another_household_and_name(city: City, desk: Desk) -> None:
    *home, alone = family(city)
    await desk.register(*home, with_number(alone))
    number = blind_index(city.keyring, NUMBER).hex()

    assert await claimed(desk, named("dependant", "別　名", number=number)) == ("5", [])


async def test_a_number_that_nobody_holds_is_kept(city: City, desk: Desk) -> None:
    await desk.register(*family(city))
    number = blind_index(city.keyring, NUMBER).hex()

    assert await claimed(desk, named("dependant", "遠方　児", number=number)) == (None, [])

    [row] = await city.rows("SELECT stated FROM shikakeisan.claim")
    assert row.stated == number
    assert NUMBER not in str(await city.rows("SELECT facts, origins FROM shikakeisan.basis"))


async def test_a_household_is_that_of_1_january(city: City, desk: Desk) -> None:
    *home, alone = family(city)
    await desk.register(*home, alone)
    await city.feed(
        city.event("household_change", "3", "2026-01-03", household={"number": "9", "relation": "世帯主"})
    )

    assert await claimed(desk, named("dependant", "朝霧　一郎")) == ("3", [])


async def test_parents_who_live_there_are_known_by_the_register(city: City, desk: Desk) -> None:
    await desk.register(*family(city), somebody(city, "6", "朝霧　キク", "1950-07-01", "母"))
    await desk.file(
        "1", slip(5_000_000, named("dependant", "朝霧　キク"), elderly_main=1, elderly_cohabiting=1)
    )

    await desk.merge("1")

    [parent] = (await desk.facts("1"))["dependants"]
    assert (parent["age"], parent["cohabit"]) == (75, True)
