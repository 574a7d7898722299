"""A page of persons costs as many statements as one person: what hangs on them comes in batches."""

from typing import Any

import pytest
from sqlalchemy import event

from core.storage.database import Database

ELSEWHERE = {
    "municipalityCode": "332020",
    "prefecture": "岡山県",
    "municipality": "倉敷市",
    "town": "朝霧町",
    "lot": "9002番地",
}
LINK = "mutation L($input: LinkPersonInput!) { linkPerson(input: $input) { atenaNumber } }"
RECIPIENT = "mutation R($input: SetRecipientInput!) { setRecipient(input: $input) { atenaNumber } }"
BRANCH = "mutation B($input: RegisterBankBranchInput!) { registerBankBranch(input: $input) { code } }"
ACCOUNT = "mutation A($input: SetBankAccountInput!) { setBankAccount(input: $input) { atenaNumber } }"
PAGE = """
query P($first: Int!) {
  searchPersons(search: {kana: "キリガオカ"}, first: $first) { edges { node { atenaNumber %s } } }
}
"""
FIELDS = {
    "recipients": "recipients(kind: TAX_AGENT) { name }",
    "primary": "primary { atenaNumber }",
    "linked": "linked { atenaNumber }",
    "linkHistory": "linkHistory { primaryNumber }",
    "samePersonCandidates": "samePersonCandidates { other { atenaNumber } score }",
    "bankAccount": "bankAccount { branchCode }",
    "deliveryTarget": "deliveryTarget { name }",
    "household": "household { members { person { atenaNumber } } }",
    "eltaxUsers": "eltaxUsers { userId }",
}


@pytest.fixture
async def city(house: Any, register: Any) -> None:
    """Six people of one name and birth date; 4, 5 and 6 are other numbers of 1, 2 and 3."""
    await register.apply(*(register.arrival(str(number)) for number in range(1, 7)))
    branch = {"code": "9990-001", "bankName": "桜見銀行", "branchName": "本店", "validFrom": "2000-01-01"}
    await house.data(BRANCH, input=branch)
    for number in range(1, 7):
        who = {"atenaNumber": str(number), "expectedVersion": 1}
        agent = {**who, "kind": "TAX_AGENT", "name": f"管理人{number}", "address": ELSEWHERE}
        await house.data(RECIPIENT, input=agent)
        account = {"accountKind": "ORDINARY", "accountNumber": "0012345", "holderKana": "ｷﾘ"}
        account |= {"branchCode": "9990-001", "validFrom": "2020-01-01"}
        await house.data(ACCOUNT, input={**who, **account, "expectedVersion": 2})
    for number in range(4, 7):
        given = {"atenaNumber": str(number), "expectedVersion": 3, "primaryNumber": str(number - 3)}
        await house.data(LINK, reason="重複登録", input=given)


async def counted(house: Any, database: Database, field: str, first: int) -> tuple[int, list[Any]]:
    statements: list[str] = []

    def count(*args: Any) -> None:
        statements.append(args[2])

    event.listen(database.engine.sync_engine, "before_cursor_execute", count)
    shown = await house.data(PAGE % FIELDS[field], first=first)
    event.remove(database.engine.sync_engine, "before_cursor_execute", count)
    return len(statements), [edge["node"] for edge in shown["searchPersons"]["edges"]]


@pytest.mark.parametrize("field", FIELDS)
async def test_six_persons_cost_no_more_statements_than_two(
    house: Any, city: None, database: Database, field: str
) -> None:
    for_two, _ = await counted(house, database, field, 2)
    for_all, people = await counted(house, database, field, 6)

    assert len(people) == 6
    assert any(person[field] for person in people) or field == "eltaxUsers"
    # Whether a person has something to follow decides on one more look-up, never on one a person.
    assert for_all <= for_two + 1


async def test_everybody_gets_their_own(house: Any, city: None, database: Database) -> None:
    for field, expected in (
        ("primary", [None, None, None, *({"atenaNumber": number} for number in "123")]),
        ("linked", [*([{"atenaNumber": number}] for number in "456"), [], [], []]),
        ("recipients", [[{"name": f"管理人{number}"}] for number in range(1, 7)]),
        ("linkHistory", [[], [], [], *([{"primaryNumber": number}] for number in "123")]),
    ):
        _, people = await counted(house, database, field, 6)
        assert [person[field] for person in people] == expected
    _, people = await counted(house, database, "samePersonCandidates", 6)
    assert [each["other"]["atenaNumber"] for each in people[0]["samePersonCandidates"]] == list("2356")
