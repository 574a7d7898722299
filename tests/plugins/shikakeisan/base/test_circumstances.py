"""What the register does not tell: proposed by one, approved whole by another, then in the base."""

from datetime import date
from typing import Any

import pytest

from core.errors import Conflict, NotFound, SelfApproval
from core.graphql.masking import ReasonRequired
from plugins.shikakeisan.base import circumstances
from plugins.shikakeisan.base.circumstances import END, Proposed, Said, approve, propose, reject
from plugins.shikakeisan.base.errors import CircumstanceSettled, ListRefused
from plugins.shikakeisan.base.lists import read_list
from plugins.shikakeisan.base.standing import Circumstance
from tests.plugins.shikakeisan.base.conftest import CITY, KITA, KURASHIKI, NAKA, TAX_YEAR, City, address

HIGASHI = "331031"
HOUSE, WELFARE = Circumstance.HOUSE, Circumstance.WELFARE


def said(kind: Circumstance, *lines: tuple[str, str], action: str = circumstances.ADD) -> Proposed:
    return Proposed(TAX_YEAR, kind, action, "福祉事務所の通知", [Said(*line) for line in lines])


async def proposed(city: City, given: Proposed) -> int:
    async with city.database.transaction() as session:
        return await propose(city.work(session), given)


async def approved(city: City, given: Proposed) -> Any:
    proposal_id = await proposed(city, given)
    async with city.database.transaction() as session:
        return await approve(city.work(session, "chief"), proposal_id, 1)


async def refusal(city: City, given: Proposed) -> list[tuple[int, str]]:
    with pytest.raises(ListRefused) as caught:
        await proposed(city, given)
    findings: Any = caught.value.details["findings"]
    return [(one["line"], one["rule"]) for one in findings]


async def house_wards(city: City, number: str) -> tuple[str, str, str, int]:
    row = await city.base(number)
    return row.standing, row.reason, row.ward_code, row.house_wards


async def test_a_shop_in_another_ward_is_a_second_line(city: City) -> None:
    await city.feed(city.arrival("1"))
    await city.open()
    await approved(city, said(HOUSE, ("1", NAKA), ("1", KITA)))

    await city.freeze()

    assert await house_wards(city, "1") == ("resident", "", KITA, 1)


@pytest.mark.parametrize(
    ("events", "expected"),
    [
        pytest.param(
            [("move_out", "2025-06-01", {"address": address(KURASHIKI)})],
            ("house_only", "", NAKA, 2),
            id="moved out",
        ),
        pytest.param([("death", "2025-06-01", {})], ("outside", "DIED", KITA, 0), id="died"),
    ],
)
async def test_a_house_without_an_address(
    city: City, events: Any, expected: tuple[str, str, str, int]
) -> None:
    await city.feed(city.arrival("1"), *(city.event(kind, "1", on, **items) for kind, on, items in events))
    await city.open()
    await approved(city, said(HOUSE, ("1", NAKA), ("1", HIGASHI)))

    await city.freeze()

    assert await house_wards(city, "1") == expected


async def test_who_moves_in_later_with_a_house_is_taxed_for_the_house(city: City) -> None:
    await city.feed(city.arrival("1", "2026-01-02"))
    await city.open()
    await approved(city, said(HOUSE, ("1", NAKA)))

    await city.freeze()

    assert await house_wards(city, "1") == ("house_only", "", NAKA, 1)


async def test_who_lives_here_without_being_registered_here(city: City) -> None:
    out = city.event("move_out", "1", "2025-06-01", address=address(KURASHIKI))
    await city.feed(city.arrival("1"), out)
    await city.open()
    await approved(city, said(Circumstance.LIVES_HERE, ("1", NAKA)))

    await city.freeze()

    assert await house_wards(city, "1") == ("registered", "", NAKA, 0)


async def test_whom_another_municipality_taxes(city: City) -> None:
    await city.feed(city.arrival("1"))
    other = await city.register(date(2020, 4, 1))
    await city.open()
    await approved(city, said(Circumstance.TAXED_ELSEWHERE, ("1", ""), (other, "")))

    await city.freeze()

    assert await house_wards(city, "1") == ("outside", "TAXED_ELSEWHERE", KITA, 0)
    assert await house_wards(city, other) == ("outside", "TAXED_ELSEWHERE", KURASHIKI, 0)


async def test_what_is_said_of_another_number_counts_for_the_primary(city: City) -> None:
    await city.feed(city.arrival("1"))
    other = await city.register(date(2020, 4, 1))
    await city.link(other, "1")
    await city.open()
    await approved(city, said(WELFARE, (other, "")))

    await city.freeze()

    assert (await city.base("1")).is_welfare
    assert not (await city.base(other)).is_welfare


async def test_approval_after_the_freeze_changes_exactly_these_people(city: City) -> None:
    await city.feed(*(city.arrival(number) for number in "123"))
    await city.freeze()
    before = city.clock.now()
    city.clock.go_on(days=1)

    changed = await approved(city, said(WELFARE, ("1", ""), ("3", "")))

    assert list(changed) == sorted([await city.id_of("1"), await city.id_of("3")])
    assert [(await city.base(number)).is_welfare for number in "123"] == [True, False, True]
    assert not (await city.base("1", before)).is_welfare

    city.clock.go_on(days=1)
    await approved(city, said(WELFARE, ("1", ""), action=END))
    assert [(await city.base(number)).is_welfare for number in "123"] == [False, False, True]


async def test_nobody_approves_their_own(city: City) -> None:
    await city.feed(city.arrival("1"))
    await city.freeze()
    proposal_id = await proposed(city, said(WELFARE, ("1", "")))

    async with city.database.transaction() as session:
        with pytest.raises(SelfApproval):
            await approve(city.work(session), proposal_id, 1)

    assert not (await city.base("1")).is_welfare
    assert await city.rows("SELECT id FROM shikakeisan.circumstance") == []


@pytest.mark.parametrize(("staff", "state"), [("clerk", "withdrawn"), ("chief", "rejected")])
async def test_a_proposal_is_sent_back_once(city: City, staff: str, state: str) -> None:
    await city.feed(city.arrival("1"))
    await city.open()
    proposal_id = await proposed(city, said(WELFARE, ("1", "")))
    async with city.database.transaction() as session:
        await reject(city.work(session, staff), proposal_id, 1)

    [row] = await city.rows("SELECT state, version FROM shikakeisan.circumstance_proposal")
    assert (row.state, row.version) == (state, 2)
    for version, refused in ((1, Conflict), (2, CircumstanceSettled)):
        async with city.database.transaction() as session:
            with pytest.raises(refused):
                await approve(city.work(session, "chief"), proposal_id, version)
    async with city.database.transaction() as session:
        with pytest.raises(NotFound):
            await approve(city.work(session, "chief"), proposal_id + 1, 1)


@pytest.mark.parametrize(
    ("kind", "lines", "findings"),
    [
        (WELFARE, [("1", ""), ("77", ""), ("1", "")], [(2, "unknown"), (3, "twice")]),
        (WELFARE, [("1", KITA)], [(1, "ward")]),
        (
            HOUSE,
            [("1", ""), ("1", CITY), ("1", KURASHIKI), ("1", NAKA)],
            [(1, "ward"), (2, "ward"), (3, "ward")],
        ),
        (WELFARE, [], [(0, "size")]),
    ],
)
async def test_one_faulty_line_refuses_all(
    city: City, kind: Circumstance, lines: list[tuple[str, str]], findings: list[tuple[int, str]]
) -> None:
    await city.feed(city.arrival("1"))
    await city.open()

    assert await refusal(city, said(kind, *lines)) == findings
    assert await city.rows("SELECT id FROM shikakeisan.circumstance_proposal") == []


async def test_what_waits_or_holds_is_not_proposed_again(city: City) -> None:
    await city.feed(city.arrival("1"), city.arrival("2"))
    await city.open()
    proposal_id = await proposed(city, said(WELFARE, ("1", "")))

    assert await refusal(city, said(WELFARE, ("2", ""), ("1", ""))) == [(2, "waiting")]
    assert await refusal(city, said(WELFARE, ("2", ""), action=END)) == [(1, "not-known")]
    async with city.database.transaction() as session:
        await approve(city.work(session, "chief"), proposal_id, 1)
    assert await refusal(city, said(WELFARE, ("1", ""))) == [(1, "known")]


async def test_a_proposal_names_its_paper(city: City) -> None:
    await city.feed(city.arrival("1"))
    await city.open()
    async with city.database.transaction() as session:
        with pytest.raises(ReasonRequired):
            await propose(city.work(session), Proposed(TAX_YEAR, WELFARE, "add", " ", [Said("1")]))


@pytest.mark.parametrize(
    ("data", "lines"),
    [
        (b"atena_number\r\n1\r\n2\r\n", [Said("1"), Said("2")]),
        (b"\xef\xbb\xbfatena_number,ward_code\n1,331023\n", [Said("1", NAKA)]),
    ],
)
def test_lists_are_read(data: bytes, lines: list[Said]) -> None:
    assert read_list(data) == lines


@pytest.mark.parametrize(
    ("data", "finding"),
    [
        (b"", (0, "header")),
        (b"number\n1\n", (0, "header")),
        ("atena_number\n１\n".encode("cp932"), (0, "encoding")),
        (b"atena_number\n1\n2,331023\n", (2, "columns")),
        (b"atena_number\n" + b"1\n" * 100_001, (0, "size")),
        (b"x" * 10_485_761, (0, "size")),
    ],
    ids=["empty", "header", "encoding", "columns", "lines", "bytes"],
)
def test_faulty_lists_are_refused(data: bytes, finding: tuple[int, str]) -> None:
    with pytest.raises(ListRefused) as caught:
        read_list(data)

    assert caught.value.details["findings"] == [{"line": finding[0], "rule": finding[1]}]
