"""Whose a document is: what is certain, and what waits for a person."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from plugins.atena.api import Likeness, address_key
from plugins.shiryo.service.matching import Decision, Stated, Wait, decide
from tests.plugins.shiryo.conftest import Someone

OURS = frozenset({"331015"})
BIRTH = date(1980, 4, 5)
HOME = address_key("岡山県岡山市北区中央町９００１番地")
STATED = Stated(False, "山田太郎", "ヤマタタロウ", BIRTH, address_key("岡山県岡山市北区中央町9001番地"))


def person(person_id: int = 1, **more: Any) -> Likeness:
    given: dict[str, Any] = {
        "is_resident": True,
        "name_keys": {"山田太郎"},
        "kana_keys": {"ヤマタタロウ"},
        "birth_dates": {BIRTH},
        "municipality_code": "331015",
        "address_key": HOME,
        "address_keys": {HOME},
    }
    return Likeness(person_id, **{**given, **more})


ELSEWHERE = {"address_key": "倉敷市", "address_keys": {"倉敷市"}}


def decided(stated: Stated, *people: Likeness, by_number: bool = False) -> Decision:
    known = {each.person_id: each for each in people}
    return decide(stated, known if by_number else (), () if by_number else known, known, OURS)


@pytest.mark.parametrize(
    ("stated", "someone"),
    [
        pytest.param(STATED, person(), id="all four"),
        pytest.param(replace(STATED, kana_key=""), person(), id="name, birth date, address"),
        pytest.param(replace(STATED, name_key=""), person(), id="reading, birth date, address"),
        pytest.param(replace(STATED, has_number=True), person(), id="a number that nobody holds"),
    ],
)
def test_birth_date_address_and_a_name_are_certain(stated: Stated, someone: Likeness) -> None:
    found = decided(stated, someone)
    assert (found.match is not None and found.match.person_id, found.method) == (1, "four_items")


@pytest.mark.parametrize(
    ("stated", "someone", "wait"),
    [
        pytest.param(STATED, person(**ELSEWHERE), Wait.UNCERTAIN, id="name and birth date alone"),
        pytest.param(replace(STATED, birth_date=None), person(), Wait.UNCERTAIN, id="no birth date"),
        pytest.param(
            STATED, person(birth_dates={date(1950, 1, 1)}), Wait.UNCERTAIN, id="father of the same name"
        ),
        pytest.param(
            replace(STATED, has_number=True),
            person(has_my_number=True),
            Wait.NUMBER_DIFFERS,
            id="other number",
        ),
    ],
)
def test_less_than_that_waits(stated: Stated, someone: Likeness, wait: Wait) -> None:
    found = decided(stated, someone)
    assert (found.match, found.wait, [each.person_id for each in found.candidates]) == (None, wait, [1])


def test_namesakes_with_the_same_birthday_wait_even_where_the_address_fits() -> None:
    found = decided(STATED, person(1), person(2, **ELSEWHERE))
    assert (found.wait, [each.person_id for each in found.candidates]) == (Wait.NAMESAKE, [1, 2])


def test_nobody_alike_is_nobody() -> None:
    assert decided(STATED) == Decision(wait=Wait.PERSON_UNKNOWN)


@pytest.mark.parametrize(
    "someone",
    [
        pytest.param(person(kana_keys=set(), birth_dates=set()), id="name"),
        pytest.param(person(name_keys={"佐藤太郎"}), id="reading"),
        pytest.param(person(name_keys={"佐藤太郎", "山田太郎"}), id="former name"),
    ],
)
def test_a_number_borne_out_by_a_name_is_certain(someone: Likeness) -> None:
    found = decided(STATED, someone, by_number=True)
    assert (found.method, found.match is not None and found.match.score) == ("my_number", 100)


def test_a_number_of_somebody_with_another_name_waits() -> None:
    other = person(name_keys={"山田花子"}, kana_keys={"ヤマタハナコ"})
    assert decided(STATED, other, by_number=True).wait is Wait.NAME_DIFFERS


def test_a_number_that_two_hold_waits() -> None:
    assert decided(STATED, person(1), person(2), by_number=True).wait is Wait.NUMBER_SHARED


@pytest.mark.parametrize(
    ("someone", "expected"),
    [
        (person(), ("", None)),
        (person(municipality_code="332020"), ("332020", None)),
        (person(municipality_code=None), ("", Wait.TAXED_ELSEWHERE)),
        (person(municipality_code=None, is_resident=False), ("", None)),
        (person(municipality_code="332020", is_resident=False), ("", None)),
    ],
)
def test_who_lives_elsewhere_on_1_january_is_forwarded(
    someone: Likeness, expected: tuple[str, Wait | None]
) -> None:
    found = decided(STATED, someone, by_number=True)
    assert (found.municipality, found.wait) == expected


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("岡山県岡山市北区大供一丁目1番1号", "岡山市北区大供１－１－１"),
        ("岡山市北区大供十二丁目3番地の4", "岡山市北区大供12丁目3-4"),
        ("東京都千代田区千代田１－１", "千代田区千代田1番1号"),
        ("京都府京都市中京区１番地", "京都市中京区1"),
    ],
)
def test_addresses_that_are_the_same(left: str, right: str) -> None:
    assert address_key(left) == address_key(right)


@pytest.mark.parametrize(
    ("lot", "agrees"),
    [("9001番地", True), ("9001番地　中央ハイツ101号", True), ("9001-2", False), ("90011", False)],
)
def test_an_address_agrees_with_or_without_a_building(lot: str, *, agrees: bool) -> None:
    stated = replace(STATED, address_key=address_key(f"岡山市北区中央町{lot}"))
    assert (decided(stated, person()).match is not None) is agrees


async def test_documents_without_numbers_find_their_people(city: Any) -> None:
    taro = Someone(1)
    twin = Someone(2, "鈴木　一", "スズキ　イチ", lot="１番地")
    namesake = replace(twin, serial=3, lot="２番地")
    mover = Someone(4, "佐藤　花子", "サトウ　ハナコ", municipality="332020")
    await city.settle(taro, twin, namesake, mover)
    blank = {"my_number": ""}

    await city.deliver(
        taro.report(**blank),
        twin.report(**blank),
        mover.report(**blank),
        Someone(9, "無名　氏", "ヤマ　タロウ").report(),
    )

    assert await city.rows("SELECT person_id, method FROM shiryo.attachment") == [(city.ids[1], "four_items")]
    assert await city.rows("SELECT municipality_code FROM shiryo.forwarding") == [("332020",)]
    codes = [row.code for row in await city.rows("SELECT code FROM shiryo.work_item ORDER BY id")]
    assert codes == ["NAMESAKE", "PERSON_UNKNOWN"]
    candidates = await city.rows("SELECT person_id FROM shiryo.candidate ORDER BY person_id")
    assert candidates == [(city.ids[2],), (city.ids[3],)]
