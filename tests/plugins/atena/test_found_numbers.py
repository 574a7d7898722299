"""A number found at 住基ネット: several may fit, so one officer chooses and another looks as well."""

from typing import Any

import pytest
from sqlalchemy import text

from core.storage.database import Database

NUMBER, OTHER = "621498320257", "123456789018"
CLERK, CHIEF = "tax_clerk", "tax_chief"
REGISTER = """
mutation R($input: RegisterNonResidentInput!) { registerNonResident(input: $input) { atenaNumber } }
"""
PROPOSE = """
mutation P($input: ProposeFoundNumberInput!) {
  proposeFoundNumber(input: $input) { id atenaNumber hits reason proposedBy outcome }
}
"""
CONFIRM = """
mutation C($id: Int!, $number: String!) {
  confirmFoundNumber(foundId: $id, myNumber: $number) { outcome decidedBy }
}
"""
REJECT = "mutation R($id: Int!) { rejectFoundNumber(foundId: $id) { outcome } }"
SHOW = "query S($number: String!) { person(atenaNumber: $number) { myNumber } }"
LIST = "{ foundNumbers { edges { node { id atenaNumber outcome } } } }"


@pytest.fixture
async def person(house: Any) -> str:
    given = {"name": "霧ヶ丘　陽斗", "validFrom": "2020-04-01"}
    return str((await house.data(REGISTER, input=given))["registerNonResident"]["atenaNumber"])


def said(person: str, **more: Any) -> dict[str, Any]:
    given = {"atenaNumber": person, "myNumber": NUMBER, "hits": 2, "reason": "前の住所が一致"}
    return {**given, **more}


async def propose(house: Any, person: str) -> Any:
    return (await house.data(PROPOSE, input=said(person)))["proposeFoundNumber"]


async def number_of(house: Any, person: str) -> str | None:
    shown: str | None = (await house.data(SHOW, CLERK, "照合", number=person))["person"]["myNumber"]
    return shown


async def test_what_one_chose_counts_when_another_has_looked(house: Any, person: str) -> None:
    proposal = await propose(house, person)
    before = await number_of(house, person)

    confirmed = await house.data(CONFIRM, CHIEF, id=proposal["id"], number=NUMBER)

    assert (before, await number_of(house, person)) == (None, NUMBER)
    assert (proposal["hits"], proposal["reason"], proposal["outcome"]) == (2, "前の住所が一致", "OPEN")
    assert confirmed["confirmFoundNumber"]["outcome"] == "CONFIRMED"
    assert confirmed["confirmFoundNumber"]["decidedBy"] != proposal["proposedBy"]
    written = [each.object_ids for each in house.records if "foundNumber" in each.fields]
    assert written == [(person,)] * 2


async def test_nobody_confirms_their_own_choice(house: Any, person: str) -> None:
    proposal = await propose(house, person)

    refused = await house.refusal(CONFIRM, id=proposal["id"], number=NUMBER)

    assert refused["code"] == "SELF_APPROVAL"
    assert await number_of(house, person) is None


async def test_another_number_than_was_chosen_is_refused(house: Any, person: str) -> None:
    proposal = await propose(house, person)

    refused = await house.refusal(CONFIRM, CHIEF, id=proposal["id"], number=OTHER)

    assert (refused["code"], OTHER in str(refused)) == ("FOUND_NUMBER_DIFFERS", False)
    assert await number_of(house, person) is None


async def test_one_choice_waits_at_a_time_and_is_decided_once(house: Any, person: str) -> None:
    proposal = await propose(house, person)
    assert (await house.refusal(PROPOSE, input=said(person)))["code"] == "FOUND_NUMBER_OPEN"

    await house.data(REJECT, id=proposal["id"])

    again = await house.refusal(CONFIRM, CHIEF, id=proposal["id"], number=NUMBER)
    assert again["code"] == "FOUND_NUMBER_DECIDED"
    second = await propose(house, person)
    listed = [edge["node"] for edge in (await house.data(LIST))["foundNumbers"]["edges"]]
    assert [(one["id"], one["outcome"]) for one in listed] == [
        (second["id"], "OPEN"),
        (proposal["id"], "REJECTED"),
    ]


@pytest.mark.parametrize(
    ("change", "field"),
    [({"myNumber": "621498320258"}, "myNumber"), ({"hits": 0}, "hits"), ({"reason": ""}, "reason")],
)
async def test_a_choice_says_which_of_how_many_and_why(
    house: Any, person: str, change: dict[str, Any], field: str
) -> None:
    refused = await house.refusal(PROPOSE, input=said(person, **change))
    assert [each["field"] for each in refused["findings"]] == [field]


async def test_the_number_waits_nowhere_in_the_open(house: Any, person: str, database: Database) -> None:
    await propose(house, person)

    async with database.read() as session:
        rows = (await session.execute(text("SELECT * FROM atena.found_number"))).all()
    assert len(rows) == 1
    assert NUMBER not in str(rows) + str(house.records)


@pytest.mark.parametrize("role", ["other_office", "administrator", "auditor"])
async def test_choices_are_for_this_office(house: Any, role: str) -> None:
    assert (await house.refusal(LIST, role))["code"] == "FORBIDDEN"
