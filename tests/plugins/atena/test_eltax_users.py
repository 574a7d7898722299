"""eLTAX user ids: one holder at a time, looked up both ways, changed and ended with their days."""

from datetime import date
from typing import Any

import pytest
from sqlalchemy import event

from core.storage.database import Database
from plugins.atena.api import Moment, eltax_holders, person_ids

REGISTER = """
mutation R($input: RegisterEltaxUserInput!) {
  registerEltaxUser(input: $input) { userId version validFrom validTo }
}
"""
END = "mutation E($input: EndEltaxUserInput!) { endEltaxUser(input: $input) }"
HOLDER = """
query H($id: String!, $asOf: Date) {
  eltaxUser(userId: $id, asOf: $asOf) { person { atenaNumber } employer { designationNumber } }
}
"""
OF_PERSON = """
query P($number: String!, $asOf: Date) {
  person(atenaNumber: $number, asOf: $asOf) { eltaxUsers { userId } }
}
"""
OF_EMPLOYERS = """
{ searchEmployers(search: {name: "桜見"}) { edges { node { eltaxUsers { userId } } } } }
"""
EMPLOYER = (
    "mutation E($input: RegisterEmployerInput!) { registerEmployer(input: $input) { designationNumber } }"
)
ONE, OTHER = "abc12345678", "abc12345679"


@pytest.fixture
async def city(house: Any, register: Any) -> None:
    await register.apply(register.arrival("1"), register.arrival("2"))
    for number in ("S1", "S2"):
        given = {"name": f"桜見商店{number}", "designationNumber": number, "validFrom": "2020-01-01"}
        await house.data(EMPLOYER, input=given)


async def give(house: Any, user_id: str = ONE, **more: str) -> Any:
    given = {"userId": user_id, "validFrom": "2024-01-01", **(more or {"atenaNumber": "1"})}
    return (await house.data(REGISTER, input=given))["registerEltaxUser"]


async def refused(house: Any, **more: Any) -> Any:
    given = {"userId": ONE, "validFrom": "2024-01-01", "atenaNumber": "1", **more}
    return await house.refusal(REGISTER, input=given)


async def of_person(house: Any, as_of: str, number: str = "1") -> list[str]:
    shown = (await house.data(OF_PERSON, number=number, asOf=as_of))["person"]["eltaxUsers"]
    return [each["userId"] for each in shown]


async def test_an_id_is_looked_up_both_ways(house: Any, city: None, database: Database) -> None:
    await give(house)
    await give(house, OTHER, designationNumber="S1")

    assert (await house.data(HOLDER, id=ONE))["eltaxUser"] == {
        "person": {"atenaNumber": "1"},
        "employer": None,
    }
    assert (await house.data(HOLDER, id=OTHER))["eltaxUser"]["employer"] == {"designationNumber": "S1"}
    assert await of_person(house, "2026-06-10") == [ONE]
    async with database.read() as session:
        ids = await person_ids(session, ["1"])
        found = await eltax_holders(session, [ONE, OTHER, "zzz00000000"], Moment(date(2026, 6, 10)))
        assert {key: row.person_id for key, row in found.items()} == {ONE: ids["1"], OTHER: None}


async def test_an_id_has_its_days(house: Any, city: None) -> None:
    given = await give(house, atenaNumber="1", validTo="2025-01-01")

    assert (given["version"], given["validTo"]) == (1, "2025-01-01")
    assert [await of_person(house, day) for day in ("2023-12-31", "2024-12-31", "2025-01-01")] == [
        [],
        [ONE],
        [],
    ]
    assert (await house.data(HOLDER, id=ONE))["eltaxUser"] is None
    await give(house, atenaNumber="2", validFrom="2025-01-01")
    assert await of_person(house, "2026-01-01", "2") == [ONE]


async def test_an_id_belongs_to_one_at_a_time(house: Any, city: None) -> None:
    await give(house)

    assert (await refused(house, atenaNumber="2"))["code"] == "ELTAX_ID_TAKEN"
    assert (await refused(house, atenaNumber=None, designationNumber="S1"))["code"] == "ELTAX_ID_TAKEN"
    assert (await refused(house))["findings"][0]["rule"] == "no-change"


async def test_a_changed_id_ends_the_older_one(house: Any, city: None) -> None:
    await give(house)
    await give(house, OTHER, atenaNumber="1", replaces=ONE, validFrom="2026-01-01")

    assert await of_person(house, "2025-12-31") == [ONE]
    assert await of_person(house, "2026-01-01") == [OTHER]
    wrong = await refused(
        house, userId="abc12345670", atenaNumber="2", replaces=OTHER, validFrom="2026-02-01"
    )
    assert wrong["findings"][0]["rule"] == "other-holder"


async def test_an_id_ends_and_cannot_end_twice(house: Any, city: None) -> None:
    await give(house)
    end = {"userId": ONE, "expectedVersion": 1, "endsOn": "2026-01-01"}
    assert await house.data(END, input=end) == {"endEltaxUser": 2}

    assert await of_person(house, "2026-01-01") == []
    assert (await house.refusal(END, input=end))["code"] == "CONFLICT"
    again = await house.refusal(END, input={**end, "expectedVersion": 2})
    assert again["findings"][0]["rule"] == "no-change"
    assert (await house.refusal(END, input={**end, "userId": OTHER}))["code"] == "NOT_FOUND"


@pytest.mark.parametrize(
    ("change", "field", "rule"),
    [
        ({"userId": "abc1234567"}, "userId", "code"),
        ({"userId": "ａbc12345678"}, "userId", "code"),
        ({"atenaNumber": None}, "atenaNumber", "one"),
        ({"designationNumber": "S1"}, "atenaNumber", "one"),
        ({"validTo": "2024-01-01"}, "validTo", "order"),
    ],
)
async def test_ids_that_cannot_be(
    house: Any, city: None, change: dict[str, Any], field: str, rule: str
) -> None:
    [finding] = (await refused(house, **change))["findings"]
    assert (finding["field"], finding["rule"]) == (field, rule)


@pytest.mark.parametrize("change", [{"atenaNumber": "9"}, {"atenaNumber": None, "designationNumber": "S9"}])
async def test_nobody_holds_no_id(house: Any, city: None, change: dict[str, Any]) -> None:
    assert (await refused(house, **change))["code"] == "NOT_FOUND"


async def test_the_ids_of_a_page_come_with_one_statement(house: Any, city: None, database: Database) -> None:
    await give(house, designationNumber="S1")
    statements: list[str] = []
    event.listen(
        database.engine.sync_engine, "before_cursor_execute", lambda *args: statements.append(args[2])
    )

    shown = (await house.data(OF_EMPLOYERS))["searchEmployers"]["edges"]

    assert [edge["node"]["eltaxUsers"] for edge in shown] == [[{"userId": ONE}], []]
    assert sum("eltax_user" in statement for statement in statements) == 1


@pytest.mark.parametrize("role", ["other_office", "administrator", "auditor"])
async def test_ids_are_for_this_office(house: Any, city: None, role: str) -> None:
    assert (await house.refusal(HOLDER, role, id=ONE))["code"] == "FORBIDDEN"
