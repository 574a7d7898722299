"""A number typed by hand: a card is misread, several people may fit; so another officer looks as well."""

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
mutation P($input: ProposeMyNumberInput!) {
  proposeMyNumber(input: $input) { id atenaNumber evidence hits reason validFrom proposedBy outcome }
}
"""
CONFIRM = """
mutation C($id: Int!, $number: String!) {
  confirmMyNumber(proposalId: $id, myNumber: $number) { outcome decidedBy }
}
"""
REJECT = "mutation R($id: Int!) { rejectMyNumber(proposalId: $id) { outcome } }"
SEARCHED = {"evidence": "JUKI_NET", "hits": 2, "reason": "前の住所が一致"}
CARD = {"evidence": "SHOWN", "reason": "個人番号カード", "hits": None}
SHOW = "query S($number: String!) { person(atenaNumber: $number) { myNumber } }"
LIST = "{ myNumberProposals { edges { node { id atenaNumber outcome } } } }"


@pytest.fixture
async def person(house: Any) -> str:
    given = {"name": "霧ヶ丘　陽斗", "validFrom": "2020-04-01"}
    return str((await house.data(REGISTER, input=given))["registerNonResident"]["atenaNumber"])


def said(person: str, **more: Any) -> dict[str, Any]:
    given = {"atenaNumber": person, "myNumber": NUMBER, **SEARCHED}
    return {**given, **more}


async def propose(house: Any, person: str, **more: Any) -> Any:
    return (await house.data(PROPOSE, input=said(person, **more)))["proposeMyNumber"]


async def number_of(house: Any, person: str) -> str | None:
    shown: str | None = (await house.data(SHOW, CLERK, "照合", number=person))["person"]["myNumber"]
    return shown


@pytest.mark.parametrize("evidence", [SEARCHED, CARD], ids=["searched", "shown"])
async def test_what_one_typed_counts_when_another_has_looked(
    house: Any, person: str, evidence: dict[str, Any]
) -> None:
    proposal = await propose(house, person, **evidence)
    before = await number_of(house, person)

    confirmed = await house.data(CONFIRM, CHIEF, id=proposal["id"], number=NUMBER)

    assert (before, await number_of(house, person)) == (None, NUMBER)
    assert {name: proposal[name] for name in evidence} == evidence
    assert (proposal["outcome"], proposal["validFrom"]) == ("OPEN", house.clock.today().isoformat())
    assert confirmed["confirmMyNumber"]["outcome"] == "CONFIRMED"
    assert confirmed["confirmMyNumber"]["decidedBy"] != proposal["proposedBy"]
    written = [each.object_ids for each in house.records if "myNumberProposal" in each.fields]
    assert written == [(person,)] * 2


async def test_nobody_confirms_their_own_choice(house: Any, person: str) -> None:
    proposal = await propose(house, person)

    refused = await house.refusal(CONFIRM, id=proposal["id"], number=NUMBER)

    assert refused["code"] == "SELF_APPROVAL"
    assert await number_of(house, person) is None


async def test_another_number_than_was_chosen_is_refused(house: Any, person: str) -> None:
    proposal = await propose(house, person)

    refused = await house.refusal(CONFIRM, CHIEF, id=proposal["id"], number=OTHER)

    assert (refused["code"], OTHER in str(refused)) == ("MY_NUMBER_DIFFERS", False)
    assert await number_of(house, person) is None


async def test_one_choice_waits_at_a_time_and_is_decided_once(house: Any, person: str) -> None:
    proposal = await propose(house, person)
    assert (await house.refusal(PROPOSE, input=said(person)))["code"] == "MY_NUMBER_PROPOSED"

    await house.data(REJECT, id=proposal["id"])

    again = await house.refusal(CONFIRM, CHIEF, id=proposal["id"], number=NUMBER)
    assert again["code"] == "MY_NUMBER_DECIDED"
    second = await propose(house, person)
    listed = [edge["node"] for edge in (await house.data(LIST))["myNumberProposals"]["edges"]]
    assert [(one["id"], one["outcome"]) for one in listed] == [
        (second["id"], "OPEN"),
        (proposal["id"], "REJECTED"),
    ]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"myNumber": "621498320258"}, "myNumber"),
        ({"hits": 0}, "hits"),
        ({"hits": None}, "hits"),
        ({"evidence": "SHOWN"}, "hits"),
        ({"reason": ""}, "reason"),
        ({**CARD, "validFrom": "1600-01-01"}, "validFrom"),
    ],
)
async def test_a_proposal_says_what_it_rests_on(
    house: Any, person: str, change: dict[str, Any], field: str
) -> None:
    refused = await house.refusal(PROPOSE, input=said(person, **change))
    assert [each["field"] for each in refused["findings"]] == [field]


async def test_the_number_waits_nowhere_in_the_open(house: Any, person: str, database: Database) -> None:
    await propose(house, person)

    async with database.read() as session:
        rows = (await session.execute(text("SELECT * FROM atena.number_proposal"))).all()
    assert len(rows) == 1
    assert NUMBER not in str(rows) + str(house.records)


async def test_what_became_of_the_person_meanwhile_is_asked_again(
    house: Any, person: str, owner_database: Database
) -> None:
    proposal = await propose(house, person)
    async with owner_database.transaction() as session:
        await session.execute(text("UPDATE atena.person_revision SET kind = 'resident'"))

    refused = await house.refusal(CONFIRM, CHIEF, id=proposal["id"], number=NUMBER)

    assert refused["code"] == "RESIDENT_NUMBER_BY_FEED_ONLY"


async def test_a_number_that_somebody_else_got_meanwhile_is_refused(house: Any, person: str) -> None:
    proposal = await propose(house, person)
    given = {"name": "霧ヶ丘　月", "validFrom": "2020-04-01"}
    other = (await house.data(REGISTER, input=given))["registerNonResident"]["atenaNumber"]
    first = await propose(house, other, **CARD)
    await house.data(CONFIRM, CHIEF, id=first["id"], number=NUMBER)

    refused = await house.refusal(CONFIRM, CHIEF, id=proposal["id"], number=NUMBER)

    assert (refused["code"], await number_of(house, person)) == ("MY_NUMBER_REFUSED", None)


@pytest.mark.parametrize("role", ["other_office", "administrator", "auditor"])
async def test_choices_are_for_this_office(house: Any, role: str) -> None:
    assert (await house.refusal(LIST, role))["code"] == "FORBIDDEN"
