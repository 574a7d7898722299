"""支援措置 reaches the documents: nobody reads off a slip where somebody under protection lives."""

from collections.abc import Mapping
from typing import Any

import pytest
from sqlalchemy import text

from core.access.journal import Journal
from core.work import Work
from plugins.shiryo.service.forwarding import dispatch_all, outgoing
from schema.testing import House
from tests.plugins.shiryo.conftest import YEAR, Someone
from tests.plugins.shiryo.test_graphql import data

TARO = Someone(1)
HANAKO = Someone(2, "山田　花子", "ヤマダ　ハナコ", town="西町")
SHOW = """
query($id: Int!) { document(documentId: $id) { address forwardedTo original items { label value } } }
"""
PROTECT = text("""
INSERT INTO atena.protection (person_id, valid_from, known_from, source)
VALUES (:id, '2024-01-01', now(), 'register')
""")
WRONG = "0" + TARO.number[:-1] + str((int(TARO.number[-1]) + 1) % 10)
STARS = "************"
TOLD = ("岡山県", "大供", TARO.town, "331007")
"""What tells a place: of the person, of the office, and where the slip was sent to."""


async def shown(city: Any, desk: House, report: Mapping[str, Any], **more: Any) -> Mapping[str, Any]:
    await city.deliver(report)
    async with city.database.transaction() as session:
        await session.execute(PROTECT, {"id": city.ids[1]})
    [(document,)] = await city.rows("SELECT max(id) FROM shiryo.document")
    found: Mapping[str, Any] = (await data(desk, SHOW, id=document, **more))["document"]
    return found


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({}, id="attached"),
        pytest.param({"my_number": WRONG}, id="held, by name"),
        pytest.param({"name": "佐藤　花子", "kana": "ｻﾄｳ ﾊﾅｺ"}, id="waiting, by number"),
        pytest.param({"correction": 3}, id="a cancellation without its document"),
    ],
)
async def test_a_document_of_the_protected_tells_no_place(
    city: Any, desk: House, changes: Mapping[str, Any]
) -> None:
    await city.settle(TARO)

    found = await shown(city, desk, TARO.report(**changes))

    assert (found["address"], found["original"]) == (STARS, STARS)
    values = {item["label"]: item["value"] for item in found["items"]}
    assert values["支払を受ける者_住所又は居所"] == STARS
    assert values["支払金額"] == "3000000"
    assert [value for value in values.values() if any(each in value for each in TOLD)] == []


async def test_who_may_and_says_why_reads_the_address(city: Any, desk: House) -> None:
    await city.settle(TARO)

    found = await shown(city, desk, TARO.report(), reason="原本の確認")

    assert found["address"] == TARO.address
    assert TARO.address in found["original"]


async def test_documents_of_others_stay_readable(city: Any, desk: House) -> None:
    await city.settle(TARO, HANAKO)

    found = await shown(city, desk, HANAKO.report())

    assert found["address"] == HANAKO.address


async def test_where_a_document_is_forwarded_to_is_hidden_too(city: Any, desk: House) -> None:
    away = Someone(1, municipality="332020")
    await city.settle(away)

    found = await shown(city, desk, away.report())

    assert found["forwardedTo"] == STARS


async def test_who_sends_a_file_on_is_told_of_the_protected_in_it(city: Any, desk: House) -> None:
    away = Someone(1, municipality="332020")
    await city.settle(away)
    await shown(city, desk, away.report())

    async with city.database.transaction() as session:
        work = Work(session, Journal(), "100101", city.runtime.clock.now())
        [dispatch_id] = await dispatch_all(work, YEAR)
        file = await outgoing(work, city.keyring, dispatch_id)

    assert (file.records, file.hidden) == (1, 1)
