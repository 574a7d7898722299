"""The bank master and mergers from files: dated, whole or not at all, the same file twice changes nothing."""

from collections.abc import Awaitable, Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from core.access.journal import Journal
from core.storage.database import Database
from core.work import Work
from plugins.atena import tables
from plugins.atena.errors import FileRefused
from plugins.atena.service.bank_files import MasterTaken, MergersTaken, take_master, take_mergers

HEADER = "bank_code,bank_kana,bank_name,branch_code,branch_kana,branch_name"
MERGERS = "old_code,new_code,merged_on"
FIRST, LATER = date(2000, 1, 1), date(2026, 7, 1)
SHOW = "query B($code: String!, $asOf: Date) { bankBranch(code: $code, asOf: $asOf) { branchName } }"
SET = "mutation S($input: SetBankAccountInput!) { setBankAccount(input: $input) { version } }"
ACCOUNT = """
query A($number: String!, $asOf: Date, $known: DateTime) {
  person(atenaNumber: $number, asKnownAt: $known) {
    bankAccount(asOf: $asOf) { registeredBranchCode branchCode }
  }
}
"""
STRANDED = """
query S($asOf: Date) {
  accountsOfClosedBranches(asOf: $asOf) { edges { node { person { atenaNumber } account { branchCode } } } }
}
"""
CLOSE = "mutation C($input: CloseBankBranchInput!) { closeBankBranch(input: $input) }"
Take = Callable[..., Awaitable[Any]]


def branch(number: int, name: str = "") -> str:
    return f"9990,ｻｸﾗﾐ,桜見銀行,{number:03d},ｼﾃﾝ,{name or f'第{number}支店'}"


@pytest.fixture
def take(database: Database, house: Any, tmp_path: Path) -> Take:
    async def take(header: str, *lines: str, encoding: str = "utf-8", **more: Any) -> Any:
        file = tmp_path / "file.csv"
        file.write_text("\n".join([header, *lines]) + "\n", encoding=encoding)
        async with database.transaction() as session:
            work = Work(session, Journal(), "1", house.clock.now())
            if header == MERGERS:
                return await take_mergers(work, file)
            return await take_master(work, file, **{"valid_from": FIRST, **more})

    return take


@pytest.fixture
async def master(take: Take) -> list[str]:
    lines = [branch(number) for number in range(1, 21)]
    assert await take(HEADER, *lines) == MasterTaken(20, 20, 0, 0)
    return lines


@pytest.fixture
async def accounts(house: Any, register: Any, master: list[str]) -> None:
    await register.apply(register.arrival("1"), register.arrival("2"))
    for number, code in (("1", "9990-001"), ("2", "9990-002")):
        given = {
            "accountKind": "ORDINARY",
            "accountNumber": "0012345",
            "holderKana": "ｷﾘ",
            "validFrom": "2020-01-01",
        }
        await house.data(
            SET, input={**given, "atenaNumber": number, "expectedVersion": 1, "branchCode": code}
        )


async def account(house: Any, number: str, as_of: str, known: str | None = None) -> Any:
    shown = await house.data(ACCOUNT, number=number, asOf=as_of, known=known)
    return tuple(shown["person"]["bankAccount"].values())


async def names(house: Any, code: str, *days: str) -> list[Any]:
    shown = [(await house.data(SHOW, code=code, asOf=day))["bankBranch"] for day in days]
    return [each and each["branchName"] for each in shown]


async def test_a_later_master_adds_changes_and_closes_from_its_day(
    house: Any, take: Take, master: list[str]
) -> None:
    later = [branch(1, "本店"), *master[2:], branch(21)]

    assert await take(HEADER, *later, valid_from=LATER) == MasterTaken(20, 1, 1, 1)

    days = ("2026-06-30", "2026-07-01")
    assert await names(house, "9990-001", *days) == ["第1支店", "本店"]
    assert await names(house, "9990-002", *days) == ["第2支店", None]
    assert await names(house, "9990-021", *days) == [None, "第21支店"]
    assert await take(HEADER, *later, valid_from=LATER) == MasterTaken(20, 0, 0, 0)


async def test_a_closed_branch_may_come_back(house: Any, take: Take, master: list[str]) -> None:
    await take(HEADER, *master[1:], valid_from=LATER)
    await take(HEADER, *master, valid_from=date(2027, 1, 1))
    assert await names(house, "9990-001", "2026-12-31", "2027-01-01") == [None, "第1支店"]


async def test_a_piece_of_a_master_closes_nothing_unless_said_so(take: Take, master: list[str]) -> None:
    with pytest.raises(FileRefused) as refused:
        await take(HEADER, *master[3:], valid_from=LATER)
    assert refused.value.faults[0].rule == "many-closed"
    assert (await take(HEADER, *master[3:], valid_from=LATER, many_closed=True)).closed == 3


@pytest.mark.parametrize(
    ("lines", "found"),
    [
        ([branch(1), branch(1)], [(3, "branch_code", "doubled")]),
        (["999,ｻ,桜,001,ｼ,本店", "9990,ｻ,,1,ｼ,本店"], [(2, "bank_code", "code"), (3, "branch_code", "code")]),
        (["9990,ｻ,桜,001,ｼ"], [(2, "line", "columns")]),
        (['9990,ｻ,"桜,001,ｼ,本店'], [(2, "line", "csv")]),
        ([], [(1, "file", "empty")]),
    ],
)
async def test_masters_that_cannot_be(
    take: Take, database: Database, lines: list[str], found: list[tuple[int, str, str]]
) -> None:
    with pytest.raises(FileRefused) as refused:
        await take(HEADER, *lines)
    assert [fault[:3] for fault in refused.value.faults][: len(found)] == found
    async with database.read() as session:
        assert (await session.scalars(select(tables.bank_branch.c.code))).all() == []


@pytest.mark.parametrize(
    ("header", "encoding", "rule"), [("a,b", "utf-8", "columns"), (HEADER, "cp932", "encoding")]
)
async def test_other_files_are_refused(take: Take, header: str, encoding: str, rule: str) -> None:
    with pytest.raises(FileRefused) as refused:
        await take(header, branch(1), encoding=encoding)
    assert refused.value.faults[0].rule == rule


async def test_a_merger_moves_accounts_from_its_day_on(
    house: Any, take: Take, accounts: None, database: Database
) -> None:
    before = (house.clock.moment + timedelta(minutes=1)).isoformat()
    house.clock.moment += timedelta(hours=1)
    lines = ("9990-001,9990-003,2026-10-01", "9990-002,9990-003,2027-01-01")

    assert await take(MERGERS, *lines) == MergersTaken(2, 2, 2)

    assert await account(house, "1", "2026-09-30") == ("9990-001", "9990-001")
    assert await account(house, "1", "2026-10-01") == ("9990-003", "9990-003")
    assert await account(house, "2", "2026-12-31") == ("9990-002", "9990-002")
    assert await account(house, "1", "2026-10-01", before) == ("9990-001", "9990-001")
    assert await take(MERGERS, *lines) == MergersTaken(2, 0, 0)


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("9990-001,9990-099,2026-10-01", (3, "new_code", "unknown")),
        ("9990-099,9990-001,2026-10-01", (3, "old_code", "unknown")),
        ("9990-003,9990-001,2026-10-01", (3, "new_code", "circle")),
        ("9990-004,9990-004,2026-10-01", (3, "new_code", "circle")),
        ("999,9990-001,2026-10-01", (3, "old_code", "code")),
        ("9990-002,9990-001,10/1", (3, "merged_on", "date")),
    ],
)
async def test_one_merger_that_cannot_be_stops_all(
    house: Any, take: Take, accounts: None, line: str, found: tuple[int, str, str]
) -> None:
    with pytest.raises(FileRefused) as refused:
        await take(MERGERS, "9990-001,9990-003,2026-10-01", line)
    assert [fault[:3] for fault in refused.value.faults] == [found]
    assert await account(house, "1", "2026-10-01") == ("9990-001", "9990-001")


async def test_accounts_of_closed_branches_are_listed_and_those_of_merged_ones_are_not(
    house: Any, take: Take, accounts: None
) -> None:
    await take(MERGERS, "9990-001,9990-003,2026-10-01")
    await house.data(CLOSE, input={"code": "9990-002", "expectedVersion": 1, "closesOn": "2026-11-01"})

    async def stranded(day: str) -> list[Any]:
        edges = (await house.data(STRANDED, asOf=day))["accountsOfClosedBranches"]["edges"]
        return [
            (edge["node"]["person"]["atenaNumber"], edge["node"]["account"]["branchCode"]) for edge in edges
        ]

    assert await stranded("2026-10-31") == []
    assert await stranded("2026-11-01") == [("2", "9990-002")]
    again = {"code": "9990-002", "expectedVersion": 2, "closesOn": "2026-11-01"}
    assert (await house.refusal(CLOSE, input=again))["findings"][0]["rule"] == "no-change"
