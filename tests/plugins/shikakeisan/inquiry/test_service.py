"""Inquiries: one for each municipality, once for each relative, the same file for ever."""

import csv
import io
import json
from datetime import date

import pytest
from sqlalchemy import text

from core.errors import Conflict, Invalid
from core.storage.database import Database
from plugins.shikakeisan.inquiry import queries, service
from plugins.shikakeisan.inquiry.errors import (
    InquiryNotRemade,
    InquiryPeople,
    InquiryProtected,
    InquirySettled,
    NobodyToAsk,
)
from plugins.shikakeisan.inquiry.letters import COLUMNS, files_of, letter_again
from tests.plugins.shikakeisan.base.conftest import CITY, KURASHIKI, TAX_YEAR
from tests.plugins.shikakeisan.inquiry.conftest import (
    FATHER,
    GRANDMOTHER,
    NUMBERS,
    SOJA,
    UNCLE,
    Asking,
    protect,
)

DUE = date(2026, 2, 4)


async def test_each_municipality_gets_one_inquiry_with_number_and_due_date(asking: Asking) -> None:
    made = await asking.make()

    rows = [await asking.inquiry(one) for one in made.inquiries]
    assert [(row.municipality_code, row.municipality_name) for row in rows] == [
        (KURASHIKI, "岡山県倉敷市"),
        (SOJA["municipalityCode"], "岡山県総社市"),
    ]
    assert [service.number_of(row) for row in rows] == ["2026-00001", "2026-00002"]
    assert {(row.state, row.due_on) for row in rows} == {("draft", DUE)}
    assert made.left_out == {}


async def test_nobody_is_asked_about_twice(asking: Asking) -> None:
    await asking.make(GRANDMOTHER)

    made = await asking.make()
    with pytest.raises(NobodyToAsk) as refused:
        await asking.make()

    assert (len(made.inquiries), made.left_out) == (1, {"asked": 1})
    assert refused.value.details == {"leftOut": {"asked": 2}}


async def test_after_a_cancelled_draft_people_wait_again(asking: Asking) -> None:
    [first] = (await asking.make(GRANDMOTHER)).inquiries
    async with asking.desk.work() as work:
        await service.cancel(work, first, 1)

    assert len((await asking.make(GRANDMOTHER)).inquiries) == 1


async def test_the_protected_stay_out(asking: Asking) -> None:
    await protect(asking, GRANDMOTHER)

    made = await asking.make()

    assert (len(made.inquiries), made.left_out) == (1, {"protected": 1})


@pytest.mark.parametrize(
    ("numbers", "findings"),
    [
        pytest.param(("999",), [{"line": 1, "rule": "unknown"}], id="nobody"),
        pytest.param((UNCLE, FATHER), [{"line": 2, "rule": "not-elsewhere"}], id="lives here"),
    ],
)
async def test_who_cannot_be_asked_about_is_named_by_line(
    asking: Asking, numbers: tuple[str, ...], findings: list[object]
) -> None:
    with pytest.raises(InquiryPeople) as refused:
        await asking.make(*numbers)

    assert refused.value.details["findings"] == findings
    assert await asking.rows("SELECT id FROM shikakeisan.inquiry") == []


async def test_a_protected_person_who_is_named_is_refused(asking: Asking) -> None:
    await protect(asking, GRANDMOTHER)

    with pytest.raises(InquiryPeople) as refused:
        await asking.make(UNCLE, GRANDMOTHER)

    assert refused.value.details["findings"] == [{"line": 2, "rule": "protected"}]


async def test_a_due_date_lies_ahead(asking: Asking) -> None:
    async with asking.desk.work() as work:
        with pytest.raises(Invalid):
            await service.make(work, TAX_YEAR, work.today)


async def test_the_file_holds_what_is_needed_and_neither_number_nor_claimant(asking: Asking) -> None:
    [inquiry_id] = (await asking.make(GRANDMOTHER)).inquiries

    sheet = await asking.send(inquiry_id)

    header, *rows = csv.reader(io.StringIO(sheet.data.decode()))
    assert tuple(header) == COLUMNS
    assert rows == [["1", "朝霧　ツル", "カナ　キ", "1950-02-02", "", "岡山県倉敷市桜見町9001番地", ""]]
    text = sheet.data.decode()
    assert NUMBERS[GRANDMOTHER] not in text
    assert "朝霧　太一" not in text
    row = await asking.inquiry(inquiry_id)
    files = files_of(row, sheet, CITY, date(2026, 1, 5))
    manifest = json.loads(files["inquiry_2026_00001.json"])
    assert (manifest["law"], manifest["to"], manifest["due_on"]) == (
        "地方税法20条の11",
        KURASHIKI,
        "2026-02-04",
    )
    assert (manifest["file"]["rows"], manifest["file"]["sha256"]) == (1, row.sha256.hex())


async def test_a_sent_file_is_made_again_byte_for_byte(asking: Asking) -> None:
    [inquiry_id] = (await asking.make(GRANDMOTHER)).inquiries
    sheet = await asking.send(inquiry_id)
    city = asking.city
    city.clock.go_on(days=1)
    await city.feed(
        city.event("move_in", GRANDMOTHER, "2026-01-06", **_again(asking)),
    )

    async with asking.desk.work() as work:
        again = await letter_again(
            work.session, work.journal, await asking.inquiry(inquiry_id), date(2026, 1, 6)
        )

    assert again == (sheet, 0)


async def test_who_is_protected_since_is_left_out_when_it_is_made_again(asking: Asking) -> None:
    inquiry_id = await asking.ask()
    await protect(asking, GRANDMOTHER)

    async with asking.desk.work() as work:
        again, left_out = await letter_again(
            work.session, work.journal, await asking.inquiry(inquiry_id), work.today
        )

    assert (again.rows, again.data.decode(), left_out) == (0, ",".join(COLUMNS) + "\n", 1)
    assert work.journal.read == {}


def _again(asking: Asking) -> dict[str, object]:
    arrival = asking.city.arrival(GRANDMOTHER)
    person = {"name": "夕霧　ツル", "kana": "ユウ", "birthDate": "1950-02-02", "sex": "2"}
    return {"person": person, "address": arrival["address"], "household": arrival["household"]}


async def test_a_file_that_is_not_the_one_that_was_sent_is_refused(
    asking: Asking, owner_database: Database
) -> None:
    inquiry_id = await asking.ask()
    async with owner_database.transaction() as session:
        altered = "UPDATE shikakeisan.inquiry SET sha256 = decode(repeat('00', 32), 'hex')"
        await session.execute(text(altered))

    row = await asking.inquiry(inquiry_id)
    async with asking.desk.work() as work:
        with pytest.raises(InquiryNotRemade):
            await letter_again(work.session, work.journal, row, work.today)


async def test_a_draft_is_sent_once(asking: Asking) -> None:
    [inquiry_id] = (await asking.make(GRANDMOTHER)).inquiries
    await asking.send(inquiry_id)

    with pytest.raises(Conflict):
        await asking.send(inquiry_id)
    with pytest.raises(InquirySettled):
        await asking.send(inquiry_id, 2)


async def test_a_draft_about_somebody_protected_since_is_not_sent(asking: Asking) -> None:
    [inquiry_id] = (await asking.make(GRANDMOTHER)).inquiries
    await protect(asking, GRANDMOTHER)

    with pytest.raises(InquiryProtected):
        await asking.send(inquiry_id)

    row = await asking.inquiry(inquiry_id)
    assert (row.state, row.sent_at, row.version) == ("draft", None, 1)


async def test_an_inquiry_is_overdue_the_day_after_it_was_due(asking: Asking) -> None:
    inquiry_id = await asking.ask()
    row = await asking.inquiry(inquiry_id)

    async with asking.city.database.read() as session:
        late = await queries.inquiries(session, TAX_YEAR, overdue_on=date(2026, 2, 5))
        on_the_day = await queries.inquiries(session, TAX_YEAR, overdue_on=DUE)

    assert ([one.id for one in late], on_the_day) == ([inquiry_id], [])
    assert [service.is_overdue(row, day) for day in (DUE, date(2026, 2, 5))] == [False, True]
