"""The set attaches exactly what the rules for one document would: nobody more, with the same reasons."""

from collections.abc import Sequence
from datetime import date
from typing import Any

import pytest
from sqlalchemy import false, text

from plugins.shiryo.queries import attaching
from tests.plugins.shiryo.conftest import Someone, my_number

PEOPLE = [Someone(serial, lot=f"９００{serial}番地") for serial in range(1, 6)]
ELSEWHERE = Someone(6, municipality="332020")
MOVED_IN = Someone(7, lives_since=date(2025, 1, 2))
OUTSIDER = Someone(8, kind="non_resident", municipality="332020")
NUMBERLESS = Someone(9, name="佐藤　花子", kana="サトウ　ハナコ", has_number=False)
TARO = PEOPLE[0]


def reports(run: int) -> list[dict[str, Any]]:
    """Return slips of every kind of agreement; those of another run are other bytes."""
    stated: list[tuple[Someone, dict[str, Any]]] = [
        (TARO, {}),
        (TARO, {"name": "山田　次郎"}),
        (TARO, {"kana": "ｽｽﾞｷ ｲﾁﾛｳ"}),
        (TARO, {"name": "山田　次郎", "kana": "ｽｽﾞｷ ｲﾁﾛｳ"}),
        (TARO, {"birth_day": 6}),
        (TARO, {"address": "岡山県倉敷市１－１"}),
        (TARO, {"address": f"{TARO.address}　中央ハイツ１０１号"}),
        (TARO, {"address": f"{TARO.address}の２"}),
        (TARO, {"kana": "", "birth_day": 6}),
        *((someone, {}) for someone in (*PEOPLE[1:], ELSEWHERE, MOVED_IN, OUTSIDER, NUMBERLESS)),
        (NUMBERLESS, {"my_number": "0" + my_number(99)}),
        (TARO, {"my_number": "0" + my_number(98), "name": "誰某"}),
    ]
    return [
        someone.report(payment=1_000_000 * run + place, recipient_number=f"{place:04d}", **more)
        for place, (someone, more) in enumerate(stated)
    ]


async def outcome(city: Any, code: str) -> Sequence[tuple[object, ...]]:
    rows = await city.rows(
        "SELECT d.line, a.person_id, a.method, a.score, a.reasons, a.decided_by, f.municipality_code, w.code"
        " FROM shiryo.document d JOIN shiryo.sender s ON s.id = d.sender_id"
        " LEFT JOIN shiryo.attachment a ON a.document_id = d.id"
        " LEFT JOIN shiryo.forwarding f ON f.document_id = d.id"
        " LEFT JOIN shiryo.work_item w ON w.document_id = d.id"
        " WHERE s.code = :code ORDER BY d.line, w.code",
        code=code,
    )
    return [tuple(row) for row in rows]


async def test_the_set_decides_as_the_rules_do(city: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    await city.settle(*PEOPLE, ELSEWHERE, MOVED_IN, OUTSIDER, NUMBERLESS)

    with monkeypatch.context() as patch:
        patch.setattr(attaching, "_is_certain", lambda *_: false())  # all is left to the rules for one
        await city.deliver(*reports(1), code="0001")
    await city.deliver(*reports(2), code="0002")

    by_rules, by_set = await outcome(city, "0001"), await outcome(city, "0002")
    assert by_set == by_rules
    assert sum(row[2] == "my_number" for row in by_set) >= len(PEOPLE)
    assert {row[7] for row in by_set} >= {None, "NAME_DIFFERS"}


async def test_a_number_that_two_hold_is_left_to_people(city: Any) -> None:
    await city.settle(TARO, NUMBERLESS)
    async with city.database.transaction() as session:
        await session.execute(
            text(
                "INSERT INTO atena.my_number (person_id, valid_from, known_from, sealed, blind_index,"
                " key_version) SELECT :other, '2024-01-01', now(), sealed, blind_index, key_version"
                " FROM atena.my_number WHERE person_id = :id"
            ),
            {"other": city.ids[NUMBERLESS.serial], "id": city.ids[TARO.serial]},
        )

    await city.deliver(TARO.report())

    assert await city.rows("SELECT code FROM shiryo.work_item WHERE is_blocking") == [("NUMBER_SHARED",)]
    assert await city.rows("SELECT count(*) FROM shiryo.attachment") == [(0,)]
