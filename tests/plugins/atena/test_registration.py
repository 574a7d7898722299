"""Before somebody gets a number, those who may be the same are shown, and each must be refused by name."""

from typing import Any

import pytest

CANDIDATES = """
query C($input: RegisterNonResidentInput!) {
  nonResidentCandidates(input: $input) { person { atenaNumber } score enough reasons }
}
"""
REGISTER = """
mutation R($input: RegisterNonResidentInput!) { registerNonResident(input: $input) { atenaNumber } }
"""
EMPLOYERS = (
    "query E($input: RegisterEmployerInput!) { employerCandidates(input: $input) { designationNumber } }"
)
EMPLOYER = """
mutation R($input: RegisterEmployerInput!) { registerEmployer(input: $input) { designationNumber } }
"""
ADDRESS = {
    "municipalityCode": "331015",
    "prefecture": "岡山県",
    "municipality": "岡山市北区",
    "town": "桜見町",
    "lot": "9001番地",
}
GIVEN = {"name": "霧ヶ丘 陽斗", "kana": "ｷﾘｶﾞｵｶ ﾊﾙﾄ", "birthDate": "1980-05-01", "address": ADDRESS}
SHOP = {"name": "桜見商店", "corporateNumber": "7000012050002", "validFrom": "2020-01-01"}


@pytest.fixture
async def resident(register: Any) -> None:
    await register.apply(register.arrival("1"))


async def test_candidates_are_shown_city_wide(house: Any, resident: None) -> None:
    [shown] = (await house.data(CANDIDATES, input=GIVEN))["nonResidentCandidates"]

    assert shown == {
        "person": {"atenaNumber": "1"},
        "score": 90,
        "enough": True,
        "reasons": ["SAME_NAME", "SAME_KANA", "SAME_BIRTH_DATE", "SAME_ADDRESS"],
    }
    assert [(each.object_type, each.object_ids) for each in house.records] == [("atena.person", ("1",))]


@pytest.mark.parametrize(
    ("change", "count"),
    [
        ({"birthDate": "1981-05-01"}, 1),
        ({"birthDate": None}, 1),
        ({"name": "霧ヶ丘　咲"}, 1),
        ({"name": "霧ヶ丘　咲", "kana": "キリガオカ　サキ"}, 0),
        ({"kana": "", "birthDate": None}, 0),
    ],
)
async def test_two_of_three_make_a_candidate(
    house: Any, resident: None, change: dict[str, Any], count: int
) -> None:
    shown = await house.data(CANDIDATES, input={**GIVEN, **change})
    assert len(shown["nonResidentCandidates"]) == count


async def test_nobody_is_registered_until_every_candidate_is_refused(house: Any, resident: None) -> None:
    refused = await house.refusal(REGISTER, input=GIVEN)
    assert (refused["code"], refused["count"]) == ("CANDIDATES_NOT_REFUSED", 1)

    first = await house.data(REGISTER, input={**GIVEN, "notTheSameAs": ["1"]})
    again = await house.refusal(REGISTER, input={**GIVEN, "notTheSameAs": ["1"]})
    number = first["registerNonResident"]["atenaNumber"]
    await house.data(REGISTER, input={**GIVEN, "notTheSameAs": ["1", number]})

    assert again["count"] == 1
    [written] = [each for each in house.records if each.object_ids == (number, "1")]
    assert "notTheSameAs" in written.fields


async def test_naming_somebody_else_refuses_no_candidate(house: Any, resident: None) -> None:
    refused = await house.refusal(REGISTER, input={**GIVEN, "notTheSameAs": ["999"]})
    assert refused["code"] == "CANDIDATES_NOT_REFUSED"


@pytest.mark.parametrize(
    "change",
    [{"name": "別の名前"}, {"corporateNumber": None}, {"name": "桜見 商店", "corporateNumber": None}],
)
async def test_an_office_with_one_number_or_name_is_shown_first(house: Any, change: dict[str, Any]) -> None:
    first = (await house.data(EMPLOYER, input=SHOP))["registerEmployer"]["designationNumber"]
    given = {**SHOP, **change}

    shown = (await house.data(EMPLOYERS, input=given))["employerCandidates"]
    assert [each["designationNumber"] for each in shown] == [first]
    assert (await house.refusal(EMPLOYER, input=given))["code"] == "CANDIDATES_NOT_REFUSED"
    await house.data(EMPLOYER, input={**given, "notTheSameAs": [first]})


@pytest.mark.parametrize("role", ["other_office", "auditor"])
async def test_candidates_are_for_those_who_register(house: Any, role: str) -> None:
    assert (await house.refusal(CANDIDATES, role, input=GIVEN))["code"] == "FORBIDDEN"
