"""Deliveries under a 利用者ID of eLTAX: whose it is, and what waits where nobody knows."""

import json
from datetime import date
from typing import Any

import pytest

from core.access.journal import Journal
from core.work import Work
from plugins.atena.history import FOREVER, Span
from plugins.atena.service.eltax_users import Holder, register
from plugins.shiryo.errors import ManifestInvalid
from plugins.shiryo.manifest import parse_manifest
from plugins.shiryo.service.guidance import guide_of
from tests.plugins.shiryo.conftest import NOW, Someone, manifest_of, salary_file

TARO = Someone(1)
USER = "abc12345678"
ITEMS = "SELECT code, is_blocking, state, difference FROM shiryo.work_item"
SHOWN = "{ deliveries { edges { node { senderCode senderKind senderPerson { atenaNumber } } } } }"


def manifest(user_id: str = USER, kind: str = "eltax") -> dict[str, Any]:
    files = {"315.csv": salary_file(TARO.report())}
    return manifest_of(files, {"315.csv": 1}) | {
        "sender": {"code": user_id, "kind": kind, "name": "山田会計"}
    }


async def receive(city: Any, **more: str) -> None:
    await city.receive(manifest(**more), {"315.csv": salary_file(TARO.report())})
    await city.work()


async def give(city: Any) -> None:
    async with city.database.transaction() as session:
        work = Work(session, Journal(), "1", NOW)
        await register(work, USER, Holder(f"{TARO.serial:015d}"), Span(date(2020, 1, 1), FOREVER))


async def shown(desk: Any) -> list[Any]:
    answer = (await desk.ask(SHOWN, "tax_clerk")).json()
    return [edge["node"] for edge in answer["data"]["deliveries"]["edges"]]


async def test_a_known_id_brings_its_person(city: Any, desk: Any) -> None:
    await city.settle(TARO)
    await give(city)
    await receive(city)

    [delivery] = await shown(desk)

    assert delivery["senderPerson"] == {"atenaNumber": f"{TARO.serial:015d}"}
    assert await city.rows(ITEMS) == []


async def test_an_unknown_id_waits_in_the_work_list_and_the_documents_go_on(city: Any, desk: Any) -> None:
    await city.settle(TARO)
    await receive(city)

    [delivery] = await shown(desk)

    assert delivery == {"senderCode": USER, "senderKind": "ELTAX", "senderPerson": None}
    assert await city.rows(ITEMS) == [("ELTAX_USER_UNKNOWN", False, "open", 0)]
    assert await city.rows("SELECT state FROM shiryo.delivery") == [("attached",)]
    assert "利用者ID" in guide_of("ELTAX_USER_UNKNOWN").meaning


async def test_only_a_sender_of_that_kind_is_looked_up(city: Any, desk: Any) -> None:
    await city.settle(TARO)
    await give(city)
    await receive(city, kind="payer")

    assert [one["senderPerson"] for one in await shown(desk)] == [None]
    assert await city.rows(ITEMS) == []


@pytest.mark.parametrize("user_id", ["abc1234567", "abc123456789", "abc-1234567"])
def test_another_form_of_the_id_is_refused(user_id: str) -> None:
    with pytest.raises(ManifestInvalid) as refused:
        parse_manifest(json.dumps(manifest(user_id)).encode())

    assert refused.value.details["field"] == "sender.code"
