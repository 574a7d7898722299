"""Keyed and corrected values count only when a second person confirms them against the original."""

from collections.abc import Mapping
from typing import Any

import pytest

from core.access.journal import Journal
from core.errors import Conflict, Invalid, SelfApproval
from core.work import Work
from plugins.shiryo.api import blocking_items, documents_of, persons_touched
from plugins.shiryo.errors import DocumentChanged, ItemClosed, KeyingDiffers, KeyingInvalid
from plugins.shiryo.manifest import Sender
from plugins.shiryo.queries import documents
from plugins.shiryo.queries import ledger as ledger_queries
from plugins.shiryo.service import keying, resolving
from plugins.shiryo.service.keying import Paper
from plugins.shiryo.service.ledger import read_ledger
from plugins.shiryo.service.resolving import Action, Proposal
from plugins.shiryo.service.showing import masked, masked_text, read_items
from tests.plugins.shiryo.conftest import NOW, YEAR, Someone

TARO = Someone(1)
HANAKO = Someone(2, "山田　花子", "ヤマダ　ハナコ")
OURS = ("331015",)
COUNTER = Sender("madoguchi", "counter", "窓口")


async def act(city: Any, staff: str, what: Any, *arguments: Any) -> Any:
    async with city.database.transaction() as session:
        return await what(Work(session, Journal(), staff, NOW), *arguments)


async def correct(city: Any, document_id: int, changes: Mapping[str, str], *more: Any, by: str = "A") -> int:
    item: int = await act(
        city, by, keying.propose_correction, city.keyring, document_id, changes, "原本と相違", *more
    )
    return item


async def confirm(
    city: Any, item: int, version: int = 1, numbers: Mapping[str, str] | None = None, by: str = "B"
) -> int:
    made: int = await act(city, by, keying.confirm, city.keyring, item, version, numbers or {}, OURS)
    return made


async def first_document(city: Any) -> int:
    rows = await city.rows("SELECT min(id) AS id FROM shiryo.document")
    found: int = rows[0].id
    return found


async def amounts(city: Any, serial: int = 1) -> list[tuple[str, int]]:
    async with city.database.read() as session:
        found = await documents_of(session, [city.ids[serial]], YEAR)
    return [(each.action, each.amounts["salary"]) for each in found]


async def balances(city: Any) -> bool:
    async with city.database.read() as session:
        balanced: bool = (await read_ledger(session, YEAR)).balances
        return balanced


def paper(someone: Someone, **more: Any) -> dict[str, str]:
    return {name: str(value) for name, value in someone.report(**more).items()}


async def key_paper(city: Any, values: Mapping[str, str], *more: Any) -> int:
    given = Paper(YEAR, COUNTER, "counter", "salary_report", "2020")
    item: int = await act(
        city, "A", keying.propose_document, city.keyring, given, values, "窓口で受領", *more
    )
    return item


async def test_a_correction_counts_when_somebody_else_confirms_it(city: Any) -> None:
    await city.settle(TARO)
    await city.deliver(TARO.report(payment=3_000_000))
    document = await first_document(city)

    item = await correct(city, document, {"payment": "3100000"})
    before = await amounts(city)
    async with city.database.read() as session:
        blocking = await blocking_items(session, YEAR)
    made = await confirm(city, item)

    assert (before, blocking) == ([("new", 3_000_000)], 1)
    assert await amounts(city) == [("correct", 3_100_000)]
    [old, new] = await city.rows(
        "SELECT id, superseded_by, record_key, fingerprint FROM shiryo.document ORDER BY id"
    )
    assert (old.superseded_by, new.id) == (made, made)
    assert (old.record_key, old.fingerprint) == (new.record_key, new.fingerprint)
    assert await balances(city)


async def test_the_received_bytes_stay_beside_the_correction(city: Any) -> None:
    await city.deliver(TARO.report(payment=3_000_000))
    document = await first_document(city)
    made = await confirm(city, await correct(city, document, {"payment": "3100000"}))

    async with city.database.read() as session:
        rows = await documents.documents_by_id(session, [document, made])
        texts = [await masked_text(session, city.keyring, rows[each]) for each in (document, made)]
        [paid] = [
            item.value
            for item in await read_items(session, city.keyring, rows[made])
            if item.label == "支払金額"
        ]

    assert ("3000000" in texts[0], "3100000" in texts[0]) == (True, False)
    assert paid == "3100000"


async def test_a_corrected_person_is_touched(city: Any) -> None:
    await city.settle(TARO)
    await city.deliver(TARO.report())
    made = await confirm(city, await correct(city, await first_document(city), {"payment": "1"}))

    async with city.database.read() as session:
        touched = await persons_touched(session, YEAR, NOW.replace(year=2020))
        kept = await documents.documents_by_id(session, [made])

    assert touched == [city.ids[1]]
    assert (kept[made].person_id, kept[made].method) == (city.ids[1], "my_number")


async def test_a_correction_of_the_person_is_attached_anew(city: Any) -> None:
    await city.settle(TARO, HANAKO)
    await city.deliver(TARO.report(my_number=""))
    changes = {"name": HANAKO.name, "kana": "ﾔﾏﾀﾞ ﾊﾅｺ"}

    made = await confirm(city, await correct(city, await first_document(city), changes))

    [row] = await city.rows(
        "SELECT person_id, method FROM shiryo.attachment WHERE document_id = :id", id=made
    )
    assert row == (city.ids[2], "four_items")


async def test_a_wrong_number_is_keyed_by_both(city: Any) -> None:
    await city.settle(TARO)
    wrong = "0" + TARO.number[:-1] + str((int(TARO.number[-1]) + 1) % 10)
    await city.deliver(TARO.report(my_number=wrong))
    item = await correct(city, await first_document(city), {"my_number": "0" + TARO.number})

    for numbers in ({}, {"my_number": HANAKO.number}, {"my_number": TARO.number, "payment": "1"}):
        with pytest.raises(KeyingDiffers):
            await confirm(city, item, numbers=numbers)
    made = await confirm(city, item, numbers={"my_number": TARO.number})

    [row] = await city.rows(
        "SELECT person_id, method FROM shiryo.attachment WHERE document_id = :id", id=made
    )
    assert row == (city.ids[1], "my_number")
    assert await city.rows("SELECT count(*) FROM shiryo.work_item WHERE state <> 'closed'") == [(0,)]
    assert await balances(city)


async def test_nobody_confirms_their_own_keying_nor_by_another_door(city: Any) -> None:
    await city.deliver(TARO.report())
    item = await correct(city, await first_document(city), {"payment": "1"})

    with pytest.raises(SelfApproval):
        await confirm(city, item, by="A")
    with pytest.raises(Invalid):
        await act(city, "B", resolving.confirm, city.keyring, item, 1, OURS)


@pytest.mark.parametrize(
    ("changes", "code", "name"),
    [
        ({"payment": "12e4"}, "DIGITS", "payment"),
        ({"birth_month": "13"}, "DATE", "birth_era"),
        ({"my_number": "0123456789012"}, "CHECK_DIGIT", "my_number"),
        ({"payer_name": ""}, "REQUIRED", "payer_name"),
        ({"name": "山田\U0001f600"}, "WRITE_REFUSED", "name"),
    ],
)
async def test_what_the_layout_cannot_hold_is_refused_by_item(
    city: Any, changes: dict[str, str], code: str, name: str
) -> None:
    await city.deliver(TARO.report())

    with pytest.raises(KeyingInvalid) as refused:
        await correct(city, await first_document(city), changes)

    findings: Any = refused.value.details["findings"]
    assert (code, name) in [(finding["code"], finding["name"]) for finding in findings]
    assert not any(value and value in str(refused.value.details) for value in changes.values())


@pytest.mark.parametrize("changes", [{"payment": "3000000"}, {"colour": "red"}, {"payment[2]": "1"}])
async def test_no_change_and_unknown_items_are_refused(city: Any, changes: dict[str, str]) -> None:
    await city.deliver(TARO.report(payment=3_000_000))

    with pytest.raises(Invalid):
        await correct(city, await first_document(city), changes)


async def test_a_document_that_changed_meanwhile_is_not_corrected(city: Any) -> None:
    await city.deliver(TARO.report())
    document = await first_document(city)
    item = await correct(city, document, {"payment": "1"})
    await city.deliver(TARO.report(payment=2, correction=2))

    with pytest.raises(ItemClosed):
        await confirm(city, item)
    with pytest.raises(DocumentChanged):
        await correct(city, document, {"payment": "3"}, 1)


async def test_the_senders_own_cancellation_still_meets_a_corrected_document(city: Any) -> None:
    await city.settle(TARO)
    await city.deliver(TARO.report())
    await confirm(city, await correct(city, await first_document(city), {"name": "山田　太朗"}))

    await city.deliver(TARO.report(correction=3))

    assert await amounts(city) == []
    assert await city.rows("SELECT code FROM shiryo.work_item WHERE state <> 'closed'") == []


async def test_a_correction_is_proposed_anew_only_by_who_saw_the_last_one(city: Any) -> None:
    await city.settle(TARO)
    await city.deliver(TARO.report())
    document = await first_document(city)
    item = await correct(city, document, {"payment": "1"})

    with pytest.raises(Conflict):
        await correct(city, document, {"payment": "2"}, by="C")
    again = await correct(city, document, {"payment": "2"}, 1, by="C")
    with pytest.raises(Conflict):
        await confirm(city, item, 1)
    await confirm(city, item, 2)

    assert (again, await amounts(city)) == (item, [("correct", 2)])
    attempts = await city.rows("SELECT keyed_by, made_id IS NOT NULL AS made FROM shiryo.keying ORDER BY id")
    assert attempts == [("A", False), ("C", True)]


async def test_a_correction_is_dropped_by_two(city: Any) -> None:
    await city.settle(TARO)
    await city.deliver(TARO.report(payment=5))
    item = await correct(city, await first_document(city), {"payment": "1"})

    with pytest.raises(Invalid):
        await act(city, "A", resolving.propose, item, 1, Proposal(Action.EXPLAIN, "訂正不要"))
    await act(city, "A", resolving.propose, item, 1, Proposal(Action.DROP, "訂正不要"))
    await act(city, "B", resolving.confirm, city.keyring, item, 2, OURS)

    assert await amounts(city) == [("new", 5)]
    with pytest.raises(ItemClosed):
        await confirm(city, item, 3)


async def test_a_paper_document_counts_when_it_is_confirmed(city: Any) -> None:
    await city.settle(TARO)
    item = await key_paper(city, paper(TARO, payment=7))
    before = await balances(city)
    number = {"my_number": TARO.number, "payer_number": "8000020130001"}

    await confirm(city, item, numbers=number)

    assert (before, await amounts(city), await balances(city)) == (False, [("new", 7)], True)
    [row] = await city.rows("SELECT channel, state, received_by FROM shiryo.delivery")
    assert row == ("counter", "attached", "A")


async def test_a_paper_that_was_keyed_before_is_held_as_a_duplicate(city: Any) -> None:
    await city.settle(TARO)
    number = {"my_number": TARO.number, "payer_number": "8000020130001"}
    for _ in "ab":
        await confirm(city, await key_paper(city, paper(TARO)), numbers=number)

    assert len(await amounts(city)) == 1
    assert await city.rows("SELECT code, state FROM shiryo.work_item WHERE code <> 'KEYED_DOCUMENT'") == [
        ("DUPLICATE_DOCUMENT", "open")
    ]


async def test_a_correction_is_not_one_more_document_of_its_sender(city: Any) -> None:
    await city.settle(TARO, HANAKO)
    await city.deliver(TARO.report(), code="0007")
    await act(city, "A", _expect_two)

    await confirm(city, await correct(city, await first_document(city), {"payment": "1"}))

    async with city.database.read() as session:
        gaps = [line for line in (await read_ledger(session, YEAR)).lines if line.code == "DOCUMENTS_SHORT"]
    assert [(line.sender_code, line.unexplained) for line in gaps] == [("0007", 1)]


async def _expect_two(work: Work) -> None:
    await ledger_queries.expect(work.session, YEAR, "0007", "summary_report", 2, "A", NOW)


async def test_no_number_is_readable_in_what_was_keyed(city: Any) -> None:
    await key_paper(city, paper(TARO))

    [row] = await city.rows("SELECT sealed FROM shiryo.keying")
    rest = await city.rows("SELECT to_jsonb(w)::text AS all FROM shiryo.work_item w")
    assert TARO.number.encode() not in row.sealed
    assert TARO.number not in str(rest)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("山田123456789018", "山田************"),
        ("山田１２３４５６７８９０１８様", "山田************様"),
        ("1234-5678-9018", "************"),
        ("1234 5678 9018", "************"),
        ("8000020130001", "8000020130001"),
        ("大供1-1-1 電話0862341111", "大供1-1-1 電話0862341111"),
    ],
)
def test_what_looks_like_a_number_is_masked(text: str, shown: str) -> None:
    assert masked(text) == shown
