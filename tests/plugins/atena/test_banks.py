"""Branches, their mergers on a day, and the accounts that are debited."""

from typing import Any

import pytest

BRANCH = """
mutation B($input: RegisterBankBranchInput!) { registerBankBranch(input: $input) { code version } }
"""
MERGE = """
mutation M($input: MergeBankBranchInput!) { mergeBankBranch(input: $input) { successorCode } }
"""
SET = "mutation S($input: SetBankAccountInput!) { setBankAccount(input: $input) { version } }"
END = "mutation E($input: EndBankAccountInput!) { endBankAccount(input: $input) { version } }"
ACCOUNT = """
query A($number: String!, $asOf: Date) {
  person(atenaNumber: $number) {
    bankAccount(asOf: $asOf) { registeredBranchCode branchCode accountNumber validTo }
  }
}
"""
SHOW = "query B($code: String!, $asOf: Date) { bankBranch(code: $code, asOf: $asOf) { successorCode } }"
GIVEN = {
    "atenaNumber": "1",
    "expectedVersion": 1,
    "branchCode": "9990-001",
    "accountKind": "ORDINARY",
    "accountNumber": "0012345",
    "holderKana": "ｷﾘｶﾞｵｶ ﾊﾙﾄ",
    "validFrom": "2026-07-01",
}


def branch(code: str, **more: str) -> dict[str, str]:
    return {"code": code, "bankName": "桜見銀行", "branchName": "本店", "validFrom": "2000-01-01", **more}


def merger(code: str, successor: str, on: str = "2026-10-01") -> dict[str, Any]:
    return {"code": code, "expectedVersion": 1, "successorCode": successor, "mergedOn": on}


@pytest.fixture
async def bank(house: Any, register: Any) -> None:
    await register.apply(register.arrival())
    for number in (1, 2, 3):
        await house.data(BRANCH, input=branch(f"9990-00{number}"))


async def account(house: Any, as_of: str) -> Any:
    return (await house.data(ACCOUNT, number="1", asOf=as_of))["person"]["bankAccount"]


async def test_an_account_is_used_from_its_day_on(house: Any, bank: None) -> None:
    await house.data(SET, input=GIVEN)

    assert await account(house, "2026-06-30") is None
    assert await account(house, "2026-07-01") == {
        "registeredBranchCode": "9990-001",
        "branchCode": "9990-001",
        "accountNumber": "0012345",
        "validTo": None,
    }


async def test_a_merger_changes_future_debits_and_no_past_ones(house: Any, bank: None) -> None:
    await house.data(SET, input=GIVEN)
    await house.data(MERGE, input=merger("9990-001", "9990-002"))
    await house.data(MERGE, input=merger("9990-002", "9990-003", "2027-01-01"))

    for day, code in (
        ("2026-09-30", "9990-001"),
        ("2026-10-01", "9990-002"),
        ("2026-12-31", "9990-002"),
        ("2027-01-01", "9990-003"),
    ):
        shown = await account(house, day)
        assert (shown["registeredBranchCode"], shown["branchCode"]) == (code, code)
    assert (await house.data(SHOW, code="9990-001", asOf="2026-09-30"))["bankBranch"] == {
        "successorCode": None
    }


async def test_an_account_given_at_a_branch_that_merges_later_follows_it(house: Any, bank: None) -> None:
    await house.data(MERGE, input=merger("9990-001", "9990-002"))
    await house.data(SET, input=GIVEN)

    shown = await account(house, "2026-10-01")

    assert (shown["registeredBranchCode"], shown["branchCode"]) == ("9990-001", "9990-002")
    late = await house.refusal(SET, input={**GIVEN, "expectedVersion": 2, "validFrom": "2026-10-01"})
    assert late["findings"][0]["rule"] == "merged"


@pytest.mark.parametrize("on", ["2026-10-01", "2026-09-01", "2026-11-01"])
async def test_branches_cannot_become_part_of_each_other(house: Any, bank: None, on: str) -> None:
    await house.data(MERGE, input=merger("9990-001", "9990-002"))
    refused = await house.refusal(MERGE, input=merger("9990-002", "9990-001", on))
    assert refused["code"] == "MERGER_REFUSED"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"successorCode": "9990-001"}, "MERGER_REFUSED"),
        ({"successorCode": "9990-009"}, "NOT_FOUND"),
        ({"code": "9990-009"}, "NOT_FOUND"),
        ({"expectedVersion": 2}, "CONFLICT"),
    ],
)
async def test_mergers_that_cannot_be(house: Any, bank: None, change: dict[str, Any], code: str) -> None:
    given = {**merger("9990-001", "9990-002"), **change}
    assert (await house.refusal(MERGE, input=given))["code"] == code


@pytest.mark.parametrize(
    ("change", "field", "rule"),
    [
        ({"branchCode": "9990-009"}, "branchCode", "unknown"),
        ({"branchCode": "99901"}, "branchCode", "code"),
        ({"accountNumber": "12345"}, "accountNumber", "code"),
        ({"accountNumber": "００１２３４５"}, "accountNumber", "code"),
        ({"holderKana": "キリガオカ"}, "holderKana", "kana"),
        ({"validTo": "2026-07-01"}, "validTo", "order"),
        ({"validFrom": "1999-12-31"}, "branchCode", "unknown"),
    ],
)
async def test_accounts_that_cannot_be(
    house: Any, bank: None, change: dict[str, str], field: str, rule: str
) -> None:
    refused = await house.refusal(SET, input={**GIVEN, **change})
    assert [(each["field"], each["rule"]) for each in refused["findings"]] == [(field, rule)]


async def test_an_account_ends_and_cannot_end_twice(house: Any, bank: None) -> None:
    await house.data(SET, input=GIVEN)
    end = {"atenaNumber": "1", "expectedVersion": 2, "endsOn": "2027-01-01"}
    await house.data(END, input=end)

    assert (await account(house, "2026-12-31"))["validTo"] == "2027-01-01"
    assert await account(house, "2027-01-01") is None
    again = await house.refusal(END, input={**end, "expectedVersion": 3})
    assert again["findings"][0]["rule"] == "no-change"


async def test_a_branch_is_registered_once(house: Any, bank: None) -> None:
    assert (await house.refusal(BRANCH, input=branch("9990-001")))["code"] == "BRANCH_TAKEN"
    refused = await house.refusal(BRANCH, input=branch("1", bankName=""))
    assert [each["field"] for each in refused["findings"]] == ["code", "bankName"]


@pytest.mark.parametrize("role", ["other_office", "administrator", "auditor"])
async def test_accounts_are_for_this_office(house: Any, role: str) -> None:
    assert (await house.refusal(SET, role, input=GIVEN))["code"] == "FORBIDDEN"
    assert (await house.refusal(ACCOUNT, role, number="1"))["code"] == "FORBIDDEN"
