"""My Numbers that documents state: registered if nobody holds one, a case if they differ, never replaced."""

from dataclasses import replace
from typing import Any

from core.access.journal import Journal
from core.work import Work
from plugins.atena.vault.seal import unseal
from plugins.shiryo.service import resolving
from plugins.shiryo.service.resolving import Action, Proposal
from tests.plugins.shiryo.conftest import NOW, Someone, my_number

TARO = Someone(1)
NEW = replace(TARO, kind="non_resident", has_number=False)
NUMBERS = "SELECT person_id, source FROM atena.my_number WHERE known_to = 'infinity'"
CASES = "SELECT person_id, kind, source FROM atena.number_case"
ATTACHED = "SELECT person_id, method FROM shiryo.attachment WHERE known_to = 'infinity' ORDER BY id"


async def attach_by_officers(city: Any, person: int) -> None:
    proposal = Proposal(Action.ATTACH, "本人に確認", f"{person:015d}")
    for staff in ("100101", "100102"):
        async with city.database.transaction() as session:
            work = Work(session, Journal(), staff, NOW)
            if staff == "100101":
                await resolving.propose(work, 1, 1, proposal)
            else:
                await resolving.confirm(work, city.keyring, 1, 2, {"331015"})


async def test_a_number_that_nobody_holds_is_registered_with_its_document(city: Any) -> None:
    await city.settle(NEW)

    await city.deliver(TARO.report())
    await city.deliver(TARO.report(payment=7, recipient_number="2"))

    assert await city.rows(NUMBERS) == [(city.ids[1], "課税資料 1")]
    [row] = await city.rows("SELECT * FROM atena.my_number")
    assert unseal(city.keyring, city.ids[1], row) == TARO.number
    assert [row.method for row in await city.rows(ATTACHED)] == ["four_items", "my_number"]
    assert await city.rows(CASES) == []


async def test_a_residents_number_comes_by_the_feed_and_waits_as_a_case(city: Any) -> None:
    await city.settle(replace(TARO, has_number=False))

    await city.deliver(TARO.report())

    assert await city.rows(NUMBERS) == []
    assert await city.rows(CASES) == [(city.ids[1], "resident", "課税資料 1")]


async def test_officers_who_attach_a_document_with_another_number_open_a_case(city: Any) -> None:
    await city.settle(TARO)
    await city.deliver(TARO.report(my_number="0" + my_number(77)))

    await attach_by_officers(city, 1)

    assert await city.rows(ATTACHED) == [(city.ids[1], "officer")]
    assert await city.rows(NUMBERS) == [(city.ids[1], "")]
    assert await city.rows(CASES) == [(city.ids[1], "different", "課税資料 1")]


async def test_officers_who_attach_a_document_with_the_same_number_open_none(city: Any) -> None:
    await city.settle(TARO)
    await city.deliver(TARO.report(name="佐藤　花子", kana="ｻﾄｳ ﾊﾅｺ"))

    await attach_by_officers(city, 1)

    assert await city.rows(ATTACHED) == [(city.ids[1], "officer")]
    assert await city.rows(CASES) == []


async def test_a_document_that_is_forwarded_gives_no_number(city: Any) -> None:
    await city.settle(replace(TARO, municipality="332020", has_number=False))

    await city.deliver(TARO.report(address=TARO.address))

    assert await city.rows("SELECT municipality_code FROM shiryo.forwarding") == [("332020",)]
    assert await city.rows(NUMBERS) == []
    assert await city.rows(CASES) == []
