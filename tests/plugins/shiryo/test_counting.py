"""What the merge gets of documents: kept items, relatives, ranges of persons, and who was touched."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from core.access.journal import Journal
from core.work import Work
from plugins.atena.api import blind_index
from plugins.atena.service.links import link, unlink
from plugins.shiryo.api import DocumentFacts, documents_between, documents_of, persons_touched
from tests.plugins.shiryo.conftest import YEAR, Someone, my_number

TARO = Someone(1)
HANAKO = Someone(2, "山田　花子", "ヤマダ　ハナコ")
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
FAMILY = {
    "spouse_claimed": 1,
    "spouse_name": "山田　花子",
    "spouse_kana": "ヤマダ　ハナコ",
    "spouse_residence": "00",
    "spouse_number": f"0{my_number(2)}",
    "other_main": 1,
    "dependant_1_name": "山田　一郎",
    "under16_count": 1,
    "under16_1_name": "山田　次郎",
}


async def between(city: Any, *people: Someone) -> list[DocumentFacts]:
    ids = [city.ids[one.serial] for one in people]
    async with city.database.read() as session:
        return list(await documents_between(session, YEAR, min(ids), max(ids)))


async def relink(city: Any, someone: Someone, primary: Someone | None) -> None:
    """Link a number to its primary, or take the link back."""
    numbers = {row.id: row for row in await city.rows("SELECT id, atena_number, version FROM atena.person")}
    row, clock = numbers[city.ids[someone.serial]], city.runtime.clock
    async with city.database.transaction() as session:
        work = Work(session, Journal(), "1", clock.now())
        if primary is None:
            await unlink(work, row.atena_number, row.version)
        else:
            await link(work, row.atena_number, row.version, numbers[city.ids[primary.serial]].atena_number)


async def test_further_items_are_kept_as_they_were_read(city: Any) -> None:
    await city.settle(TARO)

    await city.deliver(
        TARO.report(secondary_column=0, joined_or_left=2, joined_or_left_year=6)
        | {"joined_or_left_month": 3, "joined_or_left_day": 31, "deductions_total": 480_000}
    )

    [found] = await between(city, TARO)
    assert found.items == {
        "secondary_column": "0",
        "deductions_total": 480_000,
        "joined_or_left": "2",
        "joined_or_left_on": "2024-03-31",
        "municipality": "331007",
        "recipient_number": "1",
    }


async def test_relatives_are_kept_without_their_numbers(city: Any) -> None:
    await city.settle(TARO)

    await city.deliver(TARO.report(**FAMILY))

    [found] = await between(city, TARO)
    assert found.relatives == [
        {
            "role": "spouse",
            "place": 1,
            "kana": "ヤマダ　ハナコ",
            "name": "山田　花子",
            "residence": "00",
            "number": blind_index(city.keyring, my_number(2)).hex(),
        },
        {"role": "dependant", "place": 1, "name": "山田　一郎"},
        {"role": "under16", "place": 1, "name": "山田　次郎"},
    ]
    [row] = await city.rows("SELECT to_jsonb(d)::text AS all FROM shiryo.document d")
    assert my_number(2) not in row.all


async def test_a_document_comes_with_its_sender_and_key(city: Any) -> None:
    await city.settle(TARO)

    await city.deliver(TARO.report())

    [found] = await between(city, TARO)
    [row] = await city.rows("SELECT id, sender_id, record_key FROM shiryo.document")
    assert (found.id, found.sender_id, found.record_key) == (row.id, row.sender_id, row.record_key.hex())
    assert (found.person_id, found.kind, found.sender_code) == (city.ids[1], "salary_report", "0001")
    assert (found.birth_date, found.action, found.amounts) == (date(1980, 4, 5), "new", {"salary": 3_000_000})
    async with city.database.read() as session:
        assert await documents_of(session, [city.ids[1]], YEAR) == [found]


async def test_what_was_superseded_cancelled_or_held_does_not_count(city: Any) -> None:
    await city.settle(TARO, HANAKO)
    await city.deliver(TARO.report(), HANAKO.report())

    await city.deliver(TARO.report(correction=2, payment=7), HANAKO.report(correction=3))
    await city.deliver(HANAKO.report(my_number="0" * 13))

    found = await between(city, TARO, HANAKO)
    assert [(each.person_id, each.amounts["salary"]) for each in found] == [(city.ids[1], 7)]


async def test_documents_of_a_linked_number_count_for_its_primary(city: Any) -> None:
    await city.settle(TARO, HANAKO)
    await city.deliver(TARO.report(), HANAKO.report())
    before = city.runtime.clock.now()
    city.runtime.clock.move(timedelta(days=1))
    first, other = city.ids[1], city.ids[2]

    await relink(city, HANAKO, primary=TARO)

    assert [each.person_id for each in await between(city, TARO, HANAKO)] == [first, first]
    assert [each.person_id for each in await between(city, TARO)] == [first, first]
    assert await between(city, HANAKO) == []
    async with city.database.read() as session:
        assert [each.person_id for each in await documents_of(session, [first], YEAR)] == [first, first]
        assert await documents_of(session, [other], YEAR) == []
        assert list(await persons_touched(session, YEAR, before)) == [first, other]


async def test_documents_are_their_own_again_when_the_link_is_undone(city: Any) -> None:
    await city.settle(TARO, HANAKO)
    await city.deliver(TARO.report(), HANAKO.report())
    stood = await between(city, TARO, HANAKO)
    await relink(city, HANAKO, primary=TARO)
    city.runtime.clock.move(timedelta(days=1))
    before = city.runtime.clock.now() - timedelta(seconds=1)

    await relink(city, HANAKO, primary=None)

    assert await between(city, TARO, HANAKO) == stood
    async with city.database.read() as session:
        assert list(await persons_touched(session, YEAR, before)) == [city.ids[1], city.ids[2]]


async def test_whose_documents_changed_is_told(city: Any) -> None:
    await city.settle(TARO, HANAKO)
    await city.deliver(TARO.report(), HANAKO.report())
    before = city.runtime.clock.now()
    city.runtime.clock.move(timedelta(days=1))

    await city.deliver(TARO.report(correction=3))

    async with city.database.read() as session:
        assert list(await persons_touched(session, YEAR, before)) == [city.ids[1]]
        assert list(await persons_touched(session, YEAR, LONG_AGO)) == sorted(city.ids.values())
        assert list(await persons_touched(session, YEAR, city.runtime.clock.now())) == []
