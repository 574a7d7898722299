"""応対記録: how identity and authority were checked stands beside the person, and enters the access log."""

from typing import Any

import pytest

RECORD = """
mutation R($input: RecordContactInput!) {
  recordContact(input: $input) { contacts { channel party evidence authority subject recordedBy } }
}
"""
CONTACTS = "query P($number: String!) { person(atenaNumber: $number) { contacts { subject } } }"
NAME = """
mutation R($input: RegisterNonResidentInput!) { registerNonResident(input: $input) { atenaNumber } }
"""
CAME = {"channel": "COUNTER", "party": "SELF", "evidence": ["MY_NUMBER_CARD"], "subject": "申告の相談"}


@pytest.fixture
async def number(house: Any) -> str:
    said = {"name": "朝霧　花", "kana": "アサギリ　ハナ"}
    return str((await house.data(NAME, input=said))["registerNonResident"]["atenaNumber"])


async def test_each_note_says_how_identity_was_checked_and_by_whom(house: Any, number: str) -> None:
    await house.data(RECORD, input={"atenaNumber": number, **CAME})
    agent = {"channel": "TELEPHONE", "party": "AGENT", "evidence": ["QUESTIONS"], "authority": "MANDATE"}

    noted = await house.data(
        RECORD, input={"atenaNumber": number, **CAME, **agent, "subject": "送付先の変更"}
    )

    first, second = noted["recordContact"]["contacts"]
    assert {name: first[name] for name in agent} == agent
    assert second.pop("recordedBy") == first["recordedBy"] != ""
    assert second == {**CAME, "authority": None}
    written = [(each.action, each.object_ids) for each in house.records if "contact" in each.fields]
    assert written == [("write", (number,))] * 2


@pytest.mark.parametrize(
    ("change", "field", "rule"),
    [
        ({"evidence": []}, "evidence", "required"),
        ({"party": "AGENT"}, "authority", "required"),
        ({"authority": "MANDATE"}, "authority", "self"),
        ({"subject": ""}, "subject", "required"),
        ({"subject": "番号は123456789018とのこと"}, "subject", "my-number"),
    ],
)
async def test_a_note_that_says_too_little_or_too_much_is_refused(
    house: Any, number: str, change: dict[str, Any], field: str, rule: str
) -> None:
    refused = await house.refusal(RECORD, input={"atenaNumber": number, **CAME, **change})

    assert [(each["field"], each["rule"]) for each in refused["findings"]] == [(field, rule)]
    assert (await house.data(CONTACTS, number=number))["person"]["contacts"] == []


async def test_nobody_has_no_note(house: Any) -> None:
    refused = await house.refusal(RECORD, input={"atenaNumber": "999999999999999", **CAME})
    assert refused["code"] == "NOT_FOUND"


@pytest.mark.parametrize("role", ["other_office", "administrator", "auditor"])
async def test_notes_are_for_this_office(house: Any, number: str, role: str) -> None:
    assert (await house.refusal(CONTACTS, role, number=number))["code"] == "FORBIDDEN"
