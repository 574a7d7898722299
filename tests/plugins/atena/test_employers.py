"""Registering, correcting and searching employers by GraphQL."""

from typing import Any

import pytest

REGISTER = """
mutation R($input: RegisterEmployerInput!) {
  registerEmployer(input: $input) { designationNumber version name corporateNumber validFrom }
}
"""
CORRECT = """
mutation C($input: CorrectEmployerInput!) { correctEmployer(input: $input) { version name address } }
"""
EMPLOYER = """
query E($number: String!, $asOf: Date) { employer(designationNumber: $number, asOf: $asOf) { name address } }
"""
SEARCH = """
query S($search: EmployerSearchInput!) { searchEmployers(search: $search) { edges { node { name } } } }
"""
COLLECTION = """
query E($number: String!, $asOf: Date) {
  employer(designationNumber: $number, asOf: $asOf) { specialCollection paysHalfYearly filesElectronically }
}
"""
DAYS = ("2025-03-31", "2025-04-01")
GIVEN = {
    "name": "㈱朝霧製作所",
    "kana": "アサギリセイサクショ",
    "corporateNumber": "5835678256246",
    "postalCode": "7000000",
    "address": "岡山市北区桜見町9001番地",
    "validFrom": "2020-04-01",
}


async def register(house: Any, **more: Any) -> Any:
    return (await house.data(REGISTER, input={**GIVEN, **more}))["registerEmployer"]


async def test_an_employer_gets_the_next_number(house: Any) -> None:
    one = await register(house)
    other = await register(house, notTheSameAs=["00000001"])

    assert (one["designationNumber"], other["designationNumber"]) == ("00000001", "00000002")
    assert one["name"] == "㈱朝霧製作所"


async def test_a_number_is_given_once(house: Any) -> None:
    await register(house, designationNumber="A12")

    given = {**GIVEN, "designationNumber": "A12", "notTheSameAs": ["A12"]}

    assert (await house.refusal(REGISTER, input=given))["code"] == "DESIGNATION_NUMBER_TAKEN"


@pytest.mark.parametrize(
    ("items", "field"),
    [
        ({"corporateNumber": "2835678256246"}, "corporateNumber"),
        ({"designationNumber": "1234567890123"}, "designationNumber"),
        ({"designationNumber": "１"}, "designationNumber"),
        ({"name": ""}, "name"),
    ],
)
async def test_wrong_items_are_refused(house: Any, items: dict[str, str], field: str) -> None:
    refused = await house.refusal(REGISTER, input={**GIVEN, **items})
    assert [finding["field"] for finding in refused["findings"]] == [field]


async def test_a_correction_keeps_the_earlier_version_with_its_dates(house: Any) -> None:
    number = (await register(house))["designationNumber"]
    change = {
        "designationNumber": number,
        "expectedVersion": 1,
        "validFrom": "2025-04-01",
        "name": "朝霧工業",
    }

    corrected = (await house.data(CORRECT, input=change))["correctEmployer"]

    assert corrected == {"version": 2, "name": "朝霧工業", "address": "岡山市北区桜見町9001番地"}
    before = await house.data(EMPLOYER, number=number, asOf="2025-03-31")
    assert before["employer"]["name"] == "㈱朝霧製作所"
    assert (await house.refusal(CORRECT, input=change))["code"] == "CONFLICT"
    again = {**change, "expectedVersion": 2}
    assert (await house.refusal(CORRECT, input=again))["findings"][0]["rule"] == "no-change"


async def test_who_collects_and_when_has_a_history(house: Any) -> None:
    number = (await register(house, specialCollection="DESIGNATED"))["designationNumber"]
    change = {
        "designationNumber": number,
        "expectedVersion": 1,
        "validFrom": "2025-04-01",
        "specialCollection": "ENDED",
        "paysHalfYearly": True,
        "filesElectronically": True,
    }

    await house.data(CORRECT, input=change)

    shown = {day: (await house.data(COLLECTION, number=number, asOf=day))["employer"] for day in DAYS}
    assert shown == {
        "2025-03-31": {
            "specialCollection": "DESIGNATED",
            "paysHalfYearly": False,
            "filesElectronically": False,
        },
        "2025-04-01": {"specialCollection": "ENDED", "paysHalfYearly": True, "filesElectronically": True},
    }


async def test_nobody_is_designated_until_somebody_says_so(house: Any) -> None:
    number = (await register(house))["designationNumber"]

    shown = (await house.data(COLLECTION, number=number, asOf=DAYS[0]))["employer"]

    assert shown["specialCollection"] == "NONE"


@pytest.mark.parametrize("field", ["specialCollection", "paysHalfYearly", "filesElectronically"])
async def test_how_an_employer_collects_is_never_unsaid(house: Any, field: str) -> None:
    number = (await register(house))["designationNumber"]
    change = {"designationNumber": number, "expectedVersion": 1, "validFrom": "2025-04-01", field: None}

    assert (await house.refusal(CORRECT, input=change))["findings"][0]["field"] == field


@pytest.mark.parametrize(
    ("search", "count"),
    [
        ({"name": "（株）朝霧"}, 1),
        ({"kana": "ｱｻｷﾞﾘ"}, 1),
        ({"corporateNumber": "5835678256246"}, 1),
        ({"designationNumber": "00000001"}, 1),
        ({"kana": "ユウ"}, 0),
        ({"kana": "アサ", "corporateNumber": "8000020130001"}, 0),
    ],
)
async def test_searching(house: Any, search: dict[str, str], count: int) -> None:
    await register(house)
    assert len((await house.data(SEARCH, search=search))["searchEmployers"]["edges"]) == count


async def test_reads_and_writes_enter_the_access_log(house: Any) -> None:
    number = (await register(house))["designationNumber"]
    await house.data(EMPLOYER, number=number)

    entered = {(record.action, record.object_type, record.object_ids) for record in house.records}
    assert {("write", "atena.employer", (number,)), ("read", "atena.employer", (number,))} <= entered


@pytest.mark.parametrize("role", ["administrator", "auditor"])
async def test_administrators_see_no_employers(house: Any, role: str) -> None:
    assert (await house.refusal(EMPLOYER, role, number="1"))["code"] == "FORBIDDEN"
