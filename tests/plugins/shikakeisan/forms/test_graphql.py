"""Return forms over GraphQL: counted, made, found again with the person."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from core.identity import demo
from core.identity.opening import open_identity
from core.storage.address import ServerAddress
from plugins.shikakeisan.forms.catalogue import conditions
from plugins.shikakeisan.forms.graphql import mutation
from schema.testing import House, open_house
from tests.plugins.shikakeisan.forms.conftest import ALONE, DAUGHTER, OPEN_COUNT, Office

CONDITIONS = "{ returnFormConditions { code side isDefault label law } }"
COUNT = """query($include: [String!], $exclude: [String!]) {
  returnFormCount(taxYear: 2026, include: $include, exclude: $exclude) {
    people already new conditions { condition { code } people } } }"""
MAKE = """mutation($input: MakeReturnFormsInput!) { makeReturnForms(input: $input) {
  id counts included excluded madeBy files } }"""
RUNS = "{ returnFormRuns(taxYear: 2026) { edges { node { id } } } }"
OF_PERSON = (
    "query($number: String!) { returnFormsOfPerson(atenaNumber: $number) { number taxYear sentTo madeBy } }"
)


@pytest.fixture
async def house(
    office: Office, tmp_path: Path, address: ServerAddress, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[House]:
    """The house above the people, with an auditor, too."""
    auditor = ("100202", "試験　職員", demo.PEOPLE[0][2], "auditor")
    monkeypatch.setattr(demo, "PEOPLE", (*demo.PEOPLE, auditor))
    async with open_house(tmp_path, address) as house:
        async with house.database.transaction() as session:
            sign_ins = await demo.create_demo_staff(session, open_identity(house.runtime, house.database))
        house.people = {person.role: person for person in sign_ins}
        yield house


async def data(house: House, query: str, role: str = "tax_clerk", **variables: Any) -> Any:
    answer = (await house.ask(query, role, **variables)).json()
    assert "errors" not in answer, answer
    [found] = answer["data"].values()
    return found


async def refusal(house: House, query: str, role: str = "tax_clerk", **variables: Any) -> Any:
    answer = (await house.ask(query, role, **variables)).json()
    return answer["errors"][0]["extensions"]


def given(count: int, **more: Any) -> dict[str, Any]:
    return {"taxYear": 2026, "expectedCount": count, **more}


async def test_conditions_are_listed_with_their_law(house: House) -> None:
    found = await data(house, CONDITIONS)

    assert [one["code"] for one in found] == list(conditions())
    assert all(one["law"].startswith("地方税法") and one["label"] for one in found)


async def test_a_count_is_shown_for_each_choice_and_made_as_shown(house: House) -> None:
    usual = await data(house, COUNT)
    minors = await data(house, COUNT, include=["NO_DOCUMENT"], exclude=["WELFARE"])
    stale = await refusal(house, MAKE, input=given(OPEN_COUNT + 1))
    run = await data(house, MAKE, input=given(usual["new"]))

    assert (usual["people"], minors["people"]) == (OPEN_COUNT, OPEN_COUNT + 1)
    assert [one["condition"]["code"] for one in minors["conditions"]] == ["NO_DOCUMENT", "WELFARE"]
    assert (stale["code"], stale["currentCount"]) == ("FORMS_COUNT_CHANGED", OPEN_COUNT)
    assert run["counts"] == {"made": OPEN_COUNT, "already": 0}
    assert len(run["files"]) == 2
    assert [edge["node"]["id"] for edge in (await data(house, RUNS))["edges"]] == [run["id"]]


async def test_the_history_of_a_person_shows_the_form(house: House) -> None:
    await data(house, MAKE, input=given(OPEN_COUNT))

    [form] = await data(house, OF_PERSON, number=ALONE)

    assert (form["taxYear"], form["sentTo"], form["number"][:11]) == (2026, "home", "20260000004")
    assert await data(house, OF_PERSON, number=DAUGHTER) == []


async def test_a_large_making_belongs_to_the_terminal(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mutation, "MOST", OPEN_COUNT - 1)

    assert (await refusal(house, MAKE, input=given(OPEN_COUNT)))["code"] == "FORMS_TOO_MANY"


async def test_a_condition_that_there_is_not_is_refused(house: House) -> None:
    assert (await refusal(house, COUNT, include=["EVERYBODY"]))["code"] == "FORMS_CONDITION"


@pytest.mark.parametrize("role", ["auditor", "other_office"])
async def test_others_see_nothing(house: House, role: str) -> None:
    assert (await refusal(house, COUNT, role))["code"] == "FORBIDDEN"
    assert (await refusal(house, MAKE, role, input=given(OPEN_COUNT)))["code"] == "FORBIDDEN"
