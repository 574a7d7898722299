"""Persons found by where they live on a day: folded, by the beginning, never whose address is hidden."""

from typing import Any

import pytest

from plugins.atena.search_keys import address_key, fold_addresses

SEARCH = """
query S($search: PersonSearchInput!, $asOf: Date, $first: Int, $after: String) {
  searchPersons(search: $search, asOf: $asOf, first: $first, after: $after) {
    edges { node { atenaNumber } } pageInfo { endCursor hasNextPage }
  }
}
"""
PLACE = {"municipalityCode": "331015", "prefecture": "岡山県", "municipality": "岡山市北区"}


@pytest.fixture
async def city(house: Any, register: Any) -> None:
    homes = [("桜見町二丁目", "１番地の３"), ("桜見町二丁目", "12番地"), ("若竹町", "5番1号")]
    await register.apply(
        *(
            register.arrival(str(number), address={**PLACE, "town": town, "lot": lot})
            for number, (town, lot) in enumerate(homes, 1)
        ),
        register.message("move_within", "3", "2026-01-01", address={**PLACE, "town": "朝霧町", "lot": "7"}),
        register.message("protection_set", "2", "2026-01-01"),
    )


async def found(house: Any, search: dict[str, str], reason: str = "調査", **more: Any) -> list[str]:
    shown = (await house.data(SEARCH, reason=reason, search=search, **more))["searchPersons"]
    return [edge["node"]["atenaNumber"] for edge in shown["edges"]]


@pytest.mark.parametrize(
    ("search", "numbers"),
    [
        ({"address": "岡山県岡山市北区桜見町2丁目"}, ["1", "2"]),
        ({"address": "岡山市北区 桜見町２－１－３"}, ["1"]),
        ({"address": "岡山市北区"}, ["3", "1", "2"]),
        ({"town": "桜見町二丁目12"}, ["2"]),
        ({"town": "若竹町"}, []),
        ({"town": "桜見町", "number": "2"}, ["2"]),
        ({"address": "岡山市北区", "town": "朝霧町"}, ["3"]),
    ],
)
async def test_who_lives_there(house: Any, city: None, search: dict[str, str], numbers: list[str]) -> None:
    assert await found(house, search) == numbers


async def test_who_lived_there_that_day(house: Any, city: None) -> None:
    assert await found(house, {"town": "若竹町"}, asOf="2025-12-31") == ["3"]


async def test_pages_follow_each_other(house: Any, city: None) -> None:
    first = await house.data(SEARCH, reason="調査", search={"address": "岡山市"}, first=2)
    after = first["searchPersons"]["pageInfo"]["endCursor"]
    assert await found(house, {"address": "岡山市"}, first=2, after=after) == ["2"]


@pytest.mark.parametrize(("role", "reason"), [("tax_clerk", ""), ("other_office", "調査")])
async def test_a_hidden_address_cannot_be_searched(house: Any, city: None, role: str, reason: str) -> None:
    shown = await house.data(SEARCH, role, reason, search={"town": "桜見町"})
    assert [edge["node"]["atenaNumber"] for edge in shown["searchPersons"]["edges"]] == ["1"]
    by_number = await house.data(SEARCH, role, reason, search={"number": "2"})
    assert len(by_number["searchPersons"]["edges"]) == 1


async def test_who_was_found_enters_the_access_log(house: Any, city: None) -> None:
    await found(house, {"town": "桜見町"})
    assert [(each.object_type, each.object_ids) for each in house.records] == [("atena.person", ("1", "2"))]


@pytest.mark.parametrize("field", ["address", "town"])
async def test_what_folds_to_nothing_is_refused(house: Any, field: str) -> None:
    [finding] = (await house.refusal(SEARCH, search={field: "－　"}))["findings"]
    assert (finding["field"], finding["rule"]) == (f"search.{field}", "required")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("岡山県岡山市北区桜見町二丁目1番地の3", "岡山市北区桜見町２－１－３"),
        ("東京都千代田区霞が関十二丁目１番６号", "千代田区霞が関12-1-6"),
        ("倉敷市朝霧町 ５ノ２", "倉敷市朝霧町5-2"),
        ("北海道札幌市二十三丁目", "札幌市23"),
    ],
)
def test_addresses_that_fold_alike(one: str, other: str) -> None:
    assert address_key(one) == address_key(other)


def test_many_addresses_fold_as_each_does_alone() -> None:
    addresses = [
        "岡山市北区桜見町２－１",
        "",
        "-",
        "倉敷市\n朝霧町５ノ２",
        "三丁目",
        "か\u3099",
        "岡山県\x00津山市",
    ]
    assert fold_addresses(addresses) == [address_key(each) for each in addresses]
    assert fold_addresses(addresses)[3:5] == ["倉敷市朝霧町5-2", "3"]
    assert fold_addresses([]) == []
