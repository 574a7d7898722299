"""Households as the register tells them, and addresses that must stay hidden."""

from typing import Any

import pytest

from core.storage.database import Database
from plugins.atena.api import Moment, hidden_ids, households_of, person_ids, protected_ids

HOUSEHOLD = """
query H($number: String!, $asOf: Date) {
  person(atenaNumber: $number, asOf: $asOf) {
    household { number members { relation isHead person { atenaNumber } } }
  }
}
"""
ADDRESS = """
query A($number: String!, $asOf: Date) {
  person(atenaNumber: $number, asOf: $asOf) {
    protection { validFrom validTo byRegister }
    address { masked municipalityCode prefecture municipality townCode town lot building postalCode }
    addresses { masked town }
  }
}
"""
REGISTER = """
mutation R($input: RegisterNonResidentInput!) { registerNonResident(input: $input) { atenaNumber } }
"""
PROTECT = "mutation P($input: ProtectPersonInput!) { protectPerson(input: $input) { version } }"
UNPROTECT = "mutation U($input: UnprotectPersonInput!) { unprotectPerson(input: $input) { version } }"
STARS = "************"
ELSEWHERE = {
    "municipalityCode": "332020",
    "prefecture": "岡山県",
    "municipality": "倉敷市",
    "town": "朝霧町",
    "lot": "9002番地",
}


def household(number: str, relation: str) -> dict[str, str]:
    return {"number": number, "relation": relation}


async def members(house: Any, number: str, as_of: str) -> Any:
    shown = (await house.data(HOUSEHOLD, number=number, asOf=as_of))["person"]["household"]
    if shown is None:
        return None
    people = [(each["person"]["atenaNumber"], each["relation"]) for each in shown["members"]]
    assert [each["isHead"] for each in shown["members"]] == [True] + [False] * (len(people) - 1)
    return shown["number"], people


@pytest.fixture
async def family(register: Any) -> None:
    await register.apply(
        register.arrival("1", household=household("7", "子")),
        register.arrival("2", household=household("7", "世帯主")),
        register.arrival("3", household=household("8", "世帯主")),
        register.message("household_change", "1", "2022-01-01", household=household("9", "世帯主")),
        register.message("move_out", "2", "2024-01-01", address=ELSEWHERE),
    )


@pytest.mark.parametrize(
    ("number", "as_of", "expected"),
    [
        ("1", "2021-12-31", ("7", [("2", "世帯主"), ("1", "子")])),
        ("2", "2021-12-31", ("7", [("2", "世帯主"), ("1", "子")])),
        ("3", "2021-12-31", ("8", [("3", "世帯主")])),
        ("1", "2022-01-01", ("9", [("1", "世帯主")])),
        ("2", "2022-01-01", ("7", [("2", "世帯主")])),
        ("2", "2024-01-01", None),
    ],
)
async def test_who_lives_together(house: Any, family: None, number: str, as_of: str, expected: Any) -> None:
    assert await members(house, number, as_of) == expected


async def test_household_members_enter_the_access_log(house: Any, family: None) -> None:
    await members(house, "1", "2021-12-31")
    assert set(house.records[-1].object_ids) == {"1", "2"}


async def test_others_ask_for_households_and_the_protected(
    register: Any, family: None, database: Database, house: Any
) -> None:
    await register.apply(register.message("protection_set", "3", "2025-01-01"))
    moment = Moment(house.clock.today())
    async with database.read() as session:
        ids = await person_ids(session, ["1", "2", "3"])
        found = await households_of(session, list(ids.values()), moment)
        hidden = await protected_ids(session, list(ids.values()), moment)
    assert [row.person_id for row in found[ids["3"]]] == [ids["3"]]
    assert ids["2"] not in found
    assert hidden == {ids["3"]}


async def address(house: Any, role: str, reason: str = "", **more: str) -> Any:
    return (await house.data(ADDRESS, role, reason, number="1", **more))["person"]


@pytest.mark.parametrize(
    ("role", "reason", "masked"),
    [
        ("tax_clerk", "通知書の返戻", False),
        ("tax_chief", "通知書の返戻", False),
        ("tax_clerk", "", True),
        ("tax_clerk", " ", True),
        ("other_office", "通知書の返戻", True),
        ("other_office", "", True),
    ],
)
async def test_a_protected_address_is_for_those_who_may_and_say_why(
    register: Any, house: Any, role: str, reason: str, masked: bool
) -> None:
    await register.apply(register.arrival(), register.message("protection_set", on="2026-01-01"))

    shown = await address(house, role, reason)

    assert shown["protection"] == {"validFrom": "2026-01-01", "validTo": None, "byRegister": True}
    assert shown["addresses"][0]["masked"] is masked
    places = {value for name, value in shown["address"].items() if name != "masked"}
    assert (places == {STARS}) is masked


async def test_addresses_of_all_times_are_hidden(register: Any, house: Any) -> None:
    await register.apply(
        register.arrival(),
        register.message("move_within", on="2021-01-01", address=ELSEWHERE),
        register.message("protection_set", on="2026-01-01"),
    )
    for as_of in ("2020-06-01", "2021-06-01", "2026-06-10"):
        shown = await address(house, "other_office", asOf=as_of)
        assert [each["town"] for each in shown["addresses"]] == [STARS, STARS]


@pytest.mark.parametrize(
    ("kind", "on", "items"),
    [
        ("protection_lifted", "2026-06-10", {}),
        ("protection_set", "2026-01-01", {"until": "2026-06-10"}),
    ],
)
async def test_an_ended_protection_hides_nothing(
    register: Any, house: Any, kind: str, on: str, items: dict[str, str]
) -> None:
    await register.apply(
        register.arrival(),
        register.message("protection_set", on="2026-01-01"),
        register.message("protection_lifted", on="2026-01-01"),
        register.message("protection_set", on="2026-02-01", until="2026-06-10"),
        register.message(kind, on=on, **items),
    )

    shown = await address(house, "other_office")

    assert (shown["protection"], shown["address"]["town"]) == (None, "桜見町")


async def test_an_officer_protects_non_residents_only(register: Any, house: Any) -> None:
    given = {"name": "霧ヶ丘　陽斗", "validFrom": "2020-04-01"}
    number = (await house.data(REGISTER, input=given))["registerNonResident"]["atenaNumber"]
    change = {"atenaNumber": number, "expectedVersion": 1, "validFrom": "2026-01-01"}

    assert (await house.refusal(PROTECT, "tax_clerk", input=change))["code"] == "FORBIDDEN"
    await house.data(PROTECT, "tax_chief", input=change)

    shown = (await house.data(ADDRESS, number=number))["person"]
    assert shown["protection"] == {"validFrom": "2026-01-01", "validTo": None, "byRegister": False}
    again = await house.refusal(PROTECT, "tax_chief", input={**change, "expectedVersion": 2})
    assert again["findings"][0]["rule"] == "no-change"
    end = {"atenaNumber": number, "expectedVersion": 2, "endsOn": "2026-06-01"}
    await house.data(UNPROTECT, "tax_chief", input=end)
    assert (await house.data(ADDRESS, number=number))["person"]["protection"] is None


async def test_a_residents_protection_comes_by_the_feed(register: Any, house: Any) -> None:
    await register.apply(register.arrival())
    change = {"atenaNumber": "1", "expectedVersion": 1, "validFrom": "2026-01-01"}

    refused = await house.refusal(PROTECT, "tax_chief", input=change)

    assert refused["code"] == "PROTECTION_BY_FEED_ONLY"


FAMILY = """
query F($number: String!) {
  person(atenaNumber: $number) {
    household { members { person { atenaNumber address { masked } } } }
    deliveryTarget { address { masked } }
  }
}
"""
LINK = "mutation L($input: LinkPersonInput!) { linkPerson(input: $input) { version } }"
SEARCH = """
query S($search: PersonSearchInput!) { searchPersons(search: $search) { edges { node { atenaNumber } } } }
"""


@pytest.fixture
async def hidden_family(register: Any) -> None:
    """1 is protected and lives with 2; 3 lived there before, 4 lives elsewhere."""
    await register.apply(
        *(
            register.arrival(each, household=household("7", "子" if each > "1" else "世帯主"))
            for each in "123"
        ),
        register.arrival("4", household=household("8", "世帯主")),
        register.message("household_change", "3", "2022-01-01", household=household("9", "世帯主")),
        register.message("protection_set", "1", "2026-01-01"),
    )


async def masked(house: Any, number: str, **more: Any) -> bool:
    shown = (await house.data(FAMILY, number=number, **more))["person"]
    found: bool = shown["deliveryTarget"]["address"]["masked"]
    return found


async def test_who_lives_with_the_protected_does_not_tell_the_address(
    house: Any, hidden_family: None
) -> None:
    assert [await masked(house, number) for number in "1234"] == [True, True, False, False]
    assert await masked(house, "2", reason="通知書の返戻") is False
    members = (await house.data(FAMILY, number="2"))["person"]["household"]["members"]
    assert [each["person"]["address"]["masked"] for each in members] == [True, True]


async def test_a_search_by_address_finds_nobody_of_the_household(house: Any, hidden_family: None) -> None:
    async def found(reason: str = "") -> list[str]:
        edges = (await house.data(SEARCH, reason=reason, search={"town": "桜見町"}))["searchPersons"]["edges"]
        return [edge["node"]["atenaNumber"] for edge in edges]

    assert await found() == ["3", "4"]
    assert await found("通知書の返戻") == ["1", "2", "3", "4"]


async def test_another_number_of_the_protected_is_protected(
    house: Any, hidden_family: None, database: Database
) -> None:
    link = {"atenaNumber": "4", "expectedVersion": 1, "primaryNumber": "1"}
    await house.data(LINK, reason="戸籍の附票で確認", input=link)

    assert await masked(house, "4") is True
    async with database.read() as session:
        ids = await person_ids(session, list("1234"))
        moment = Moment(house.clock.today())
        assert await protected_ids(session, list(ids.values()), moment) == {ids["1"], ids["4"]}
        assert await hidden_ids(session, list(ids.values()), moment) == {ids[each] for each in "124"}
