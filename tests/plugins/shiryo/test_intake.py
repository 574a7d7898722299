"""From files to attached documents: what is accepted, held, superseded, attached."""

import asyncio
import hashlib
import json
from typing import Any

import pytest
from sqlalchemy import text

from core.access.journal import Journal
from core.work import Work
from plugins.shiryo.errors import AlreadyImported
from plugins.shiryo.manifest import parse_manifest
from plugins.shiryo.queries.documents import keep_live
from plugins.shiryo.service.receiving import Parcel, receive_all
from tests.plugins.shiryo.conftest import NOW, Someone, manifest_of, salary_file

TARO = Someone(1)
HANAKO = Someone(2, "山田　花子", "ヤマダ　ハナコ")
SUPERSEDED = "SELECT id FROM shiryo.document WHERE superseded_by IS NOT NULL"
ITEMS = "SELECT code, is_blocking, difference FROM shiryo.work_item ORDER BY id"
CLOSE_ALL = """
UPDATE shiryo.work_item
SET state = 'closed', proposal = '{"action": "refuse"}', proposed_by = 'A', closed_by = 'B', closed_at = now()
"""
STATES = "SELECT state, held_for FROM shiryo.delivery ORDER BY id"


async def test_a_report_with_a_number_is_attached(city: Any) -> None:
    await city.settle(TARO, HANAKO)

    await city.deliver(HANAKO.report())

    [row] = await city.rows("SELECT person_id, method, score, reasons FROM shiryo.attachment")
    assert row == (city.ids[2], "my_number", 100, ["MY_NUMBER", "NAME", "KANA", "BIRTH_DATE", "ADDRESS"])
    assert await city.rows(STATES) == [("attached", "")]
    assert await city.rows(ITEMS) == []


async def test_what_a_document_says_is_kept_without_its_number(city: Any) -> None:
    await city.deliver(TARO.report(payment=4_800_000))

    [row] = await city.rows("SELECT name, amounts, to_jsonb(d)::text AS all FROM shiryo.document d")
    assert (row.name, row.amounts["salary"]) == (TARO.name, 4_800_000)
    assert TARO.number not in row.all


async def test_the_bytes_are_kept_unchanged_and_sealed(city: Any) -> None:
    files = {"315.csv": salary_file(*(TARO.report(payment) for payment in range(1, 900)))}
    received = await city.receive(manifest_of(files, {"315.csv": 899}), files)

    [kept] = await city.rows("SELECT sha256, size FROM shiryo.file")
    sealed = b"".join(row.sealed for row in await city.rows("SELECT sealed FROM shiryo.chunk"))

    assert received.held_for == ""
    assert kept == (hashlib.sha256(files["315.csv"]).digest(), len(files["315.csv"]))
    assert TARO.number.encode() not in sealed


async def test_the_same_file_twice_is_refused(city: Any) -> None:
    await city.deliver(TARO.report())

    with pytest.raises(AlreadyImported) as refused:
        await city.deliver(TARO.report(), code="0002")

    assert refused.value.details["state"] == "attached"
    assert len(await city.rows("SELECT id FROM shiryo.document")) == 1


@pytest.mark.parametrize(
    ("change", "cause"),
    [
        ({"records": 2}, "RECORD_COUNT_DIFFERS"),
        ({"totals": {"payment": 2_999_999}}, "TOTAL_DIFFERS"),
        ({"totals": {"nothing": 1}}, "TOTAL_DIFFERS"),
        ({"sha256": "0" * 64}, "SHA256_DIFFERS"),
        ({"name": "316.csv"}, "MISSING_FILE"),
        ({"version": "1999"}, "LAYOUT_UNKNOWN"),
        ({"kind": ""}, "LAYOUT_UNKNOWN"),
    ],
)
async def test_a_difference_from_the_manifest_holds_the_delivery_whole(
    city: Any, change: dict[str, Any], cause: str
) -> None:
    await city.settle(TARO)
    files = {"315.csv": salary_file(TARO.report())}
    manifest = manifest_of(files, {"315.csv": 1})
    manifest["files"][0].update(change)

    await city.receive(manifest, files)
    await city.work()

    assert await city.rows(STATES) == [("held", cause)]
    assert [row.code for row in await city.rows(ITEMS)] == [cause]
    assert await city.rows("SELECT id FROM shiryo.attachment") == []


async def test_the_right_totals_are_accepted(city: Any) -> None:
    files = {"315.csv": salary_file(TARO.report(), HANAKO.report(payment=1))}
    manifest = manifest_of(files, {"315.csv": 2})
    manifest["files"][0]["totals"] = {"payment": 3_000_001}

    await city.receive(manifest, files)
    await city.work()

    assert await city.rows(STATES) == [("attached", "")]


async def test_the_same_bytes_may_come_again_after_a_delivery_was_held(city: Any) -> None:
    files = {"315.csv": salary_file(TARO.report())}
    await city.receive(manifest_of(files, {"315.csv": 7}), files)
    await city.work()

    await city.receive(manifest_of(files, {"315.csv": 1}), files)
    await city.work()

    assert await city.rows(STATES) == [("held", "RECORD_COUNT_DIFFERS"), ("attached", "")]


async def test_of_the_same_that_comes_together_one_is_held(city: Any) -> None:
    files = {"315.csv": salary_file(TARO.report())}
    manifest = manifest_of(files, {"315.csv": 1})
    manifest["files"][0]["sha256"] = "0" * 64
    parcel = Parcel(parse_manifest(json.dumps(manifest).encode()), files)

    async with city.database.transaction() as session:
        work = Work(session, Journal(), "100101", NOW)
        [first, second] = await receive_all(work, city.keyring, [parcel, parcel])

    assert first.held_for == "SHA256_DIFFERS"
    assert second.code == "ALREADY_IMPORTED"


@pytest.mark.parametrize("change", [{"records": 7}, {"sha256": "0" * 64}, {"name": "316.csv"}])
async def test_what_is_held_is_not_held_twice_until_it_was_closed(city: Any, change: dict[str, Any]) -> None:
    files = {"315.csv": salary_file(TARO.report())}
    manifest = manifest_of(files, {"315.csv": 1})
    manifest["files"][0].update({"totals": {"payment": 3_000_000, "salary": 3_000_000}} | change)
    await city.receive(manifest, files)
    await city.work()

    with pytest.raises(AlreadyImported) as refused:
        await city.receive(manifest, files)
    await city.work()
    once = await city.rows(STATES)
    async with city.database.transaction() as session:
        await session.execute(text(CLOSE_ALL))
    await city.receive(manifest, files)
    await city.work()

    assert refused.value.details == {"delivery": 1, "state": "held"}
    assert len(once) == 1
    assert [row.state for row in await city.rows(STATES)] == ["held", "held"]


@pytest.mark.parametrize(
    "damage",
    [
        pytest.param(lambda data: data[: len(data) * 2 // 3], id="cut off"),
        pytest.param(lambda data: data.decode("cp932").encode("utf-8"), id="wrong encoding"),
        pytest.param(lambda data: data.replace(b"315,", b"315,,"), id="columns moved"),
        pytest.param(lambda data: b"", id="empty"),
    ],
)
async def test_a_broken_file_holds_the_delivery_and_says_where(city: Any, damage: Any) -> None:
    data = damage(salary_file(TARO.report(), HANAKO.report()))
    files = {"315.csv": data}

    await city.receive(manifest_of(files, {"315.csv": 2}), files)
    await city.work()

    assert await city.rows(STATES) == [("held", "UNREADABLE")]
    found = await city.rows("SELECT code FROM shiryo.finding WHERE severity = 'fatal'")
    assert found != []


async def test_a_wrong_check_digit_holds_one_record_and_no_other(city: Any) -> None:
    await city.settle(TARO, HANAKO)
    wrong = "0" + TARO.number[:-1] + str((int(TARO.number[-1]) + 1) % 10)

    await city.deliver(TARO.report(my_number=wrong), HANAKO.report())

    assert await city.rows("SELECT person_id FROM shiryo.attachment") == [(city.ids[2],)]
    assert await city.rows(ITEMS) == [("CHECK_DIGIT", True, 1)]
    assert await city.rows("SELECT is_held FROM shiryo.document ORDER BY id") == [(True,), (False,)]


async def test_a_correction_supersedes_and_nothing_is_overwritten(city: Any) -> None:
    await city.settle(TARO)
    await city.deliver(TARO.report(payment=3_000_000))

    await city.deliver(TARO.report(payment=3_100_000, correction=2))

    rows = await city.rows(
        "SELECT id, amounts->>'salary' AS salary, superseded_by FROM shiryo.document ORDER BY id"
    )
    assert [(row.salary, row.superseded_by) for row in rows] == [
        ("3000000", rows[1].id),
        ("3100000", None),
    ]


async def test_nothing_is_superseded_while_it_is_being_attached(city: Any) -> None:
    await city.settle(TARO)
    await city.deliver(TARO.report())
    [[document_id]] = await city.rows("SELECT id FROM shiryo.document")

    async with city.database.transaction() as session:
        assert await keep_live(session, [document_id]) == {document_id}
        correcting = asyncio.create_task(city.deliver(TARO.report(3100000, correction=2)))
        await _somebody_waits(city)
        assert await city.rows(SUPERSEDED) == []

    await correcting
    assert await city.rows(SUPERSEDED) == [(document_id,)]
    async with city.database.transaction() as session:
        assert await keep_live(session, [document_id]) == set()


async def _somebody_waits(city: Any) -> None:
    waiting = (
        "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    )
    async with asyncio.timeout(4):
        while True:
            if await city.rows(waiting):
                return
            await asyncio.sleep(0.02)


async def test_a_cancellation_leaves_nothing_that_counts(city: Any) -> None:
    await city.settle(TARO)
    await city.deliver(TARO.report())

    await city.deliver(TARO.report(correction=3))

    live = await city.rows(
        "SELECT id FROM shiryo.document WHERE superseded_by IS NULL AND action <> 'cancel'"
    )
    assert live == []
    assert await city.rows(ITEMS) == []


@pytest.mark.parametrize("correction", [2, 3])
async def test_a_change_without_a_target_waits(city: Any, correction: int) -> None:
    await city.settle(TARO)

    await city.deliver(TARO.report(correction=correction))

    assert await city.rows(ITEMS) == [("NO_TARGET", True, 1)]
    assert await city.rows("SELECT id FROM shiryo.attachment") == []


async def test_a_correction_by_another_sender_supersedes_nothing(city: Any) -> None:
    await city.deliver(TARO.report())

    await city.deliver(TARO.report(correction=2, payment=5), code="0002")

    assert await city.rows("SELECT id FROM shiryo.document WHERE superseded_by IS NOT NULL") == []


async def test_the_same_report_in_another_file_is_held_as_a_duplicate(city: Any) -> None:
    await city.settle(TARO, HANAKO)
    await city.deliver(TARO.report())

    await city.deliver(TARO.report(), HANAKO.report())

    assert await city.rows(ITEMS) == [("DUPLICATE_DOCUMENT", True, 1)]
    assert await city.rows("SELECT person_id FROM shiryo.attachment ORDER BY person_id") == [
        (city.ids[1],),
        (city.ids[2],),
    ]


async def test_a_large_delivery_takes_many_steps_and_is_accepted_in_one(
    city: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("plugins.shiryo.service.intake.RECORDS_PER_STEP", 7)
    people = [Someone(serial, lot=f"{serial}番地") for serial in range(1, 31)]
    await city.settle(*people)

    status = await city.deliver(*(person.report() for person in people)) and await city.rows(
        "SELECT read_records, accepted_records FROM shiryo.file"
    )

    assert status == [(30, 30)]
    attached = await city.rows(
        "SELECT count(DISTINCT document_id), count(DISTINCT person_id) FROM shiryo.attachment"
    )
    assert attached == [(30, 30)]
