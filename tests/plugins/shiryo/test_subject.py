"""Which documents, items and deliveries tell of a person: also those of the past, and those that moved."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import update

from core.storage.database import WriteSession
from plugins.atena import tables as atena
from plugins.shiryo import tables, tables_keying
from plugins.shiryo.service.subject import objects_of
from tests.rows import NOW, put

ASKED, OTHER = "91000001", "91000002"
USER = "abc00000001"


def at(hour: int) -> datetime:
    return NOW.replace(hour=hour)


@pytest.fixture
async def people(session: WriteSession) -> Mapping[str, int]:
    return {number: (await put(session, atena.person, atena_number=number)).id for number in (ASKED, OTHER)}


async def new_document(session: WriteSession, code: str, **said: Any) -> int:
    sender = await put(session, tables.sender, code=code, kind="payer")
    delivery = await put(session, tables.delivery, sender_id=sender.id, channel="eltax", state="received")
    file = await put(session, tables.file, delivery_id=delivery.id)
    given = {"file_id": file.id, "sender_id": sender.id, "action": "new", **said}
    return int((await put(session, tables.document, **given)).id)


async def attach(
    session: WriteSession, document_id: int, person_id: int, begin: int, end: int | None = None
) -> None:
    said = {"document_id": document_id, "person_id": person_id, "known_from": at(begin)}
    ended = {} if end is None else {"known_to": at(end)}
    await put(session, tables.attachment, method="officer", **said, **ended)


async def new_item(session: WriteSession, document_id: int | None, begin: int, end: int | None = None) -> str:
    given = {"document_id": document_id, "sender_id": 1, "state": "open", "opened_at": at(begin)}
    if end is not None:
        ended = {
            "state": "closed",
            "proposal": {},
            "proposed_by": "1",
            "closed_by": "2",
            "closed_at": at(end),
        }
        given = {**given, **ended}
    return str((await put(session, tables.work_item, **given)).id)


async def about(session: WriteSession, number: str, kind: str) -> set[tuple[Any, ...]]:
    return {each[1:] for each in await objects_of(session, number) if each.object_type == kind}


async def test_a_document_that_moved_tells_of_the_first_for_its_time_and_of_the_second_always(
    session: WriteSession, people: Mapping[str, int]
) -> None:
    document_id = await new_document(session, "1")
    await attach(session, document_id, people[ASKED], 9, 11)
    await attach(session, document_id, people[OTHER], 11)
    assert await about(session, ASKED, "shiryo.document") == {(str(document_id), at(9), at(11))}
    assert await about(session, OTHER, "shiryo.document") == {(str(document_id), None, None)}


async def test_a_document_that_came_back_or_left_the_city_tells_of_them_always(
    session: WriteSession, people: Mapping[str, int]
) -> None:
    back, forwarded = await new_document(session, "1"), await new_document(session, "2")
    await attach(session, back, people[ASKED], 9, 10)
    await attach(session, back, people[OTHER], 10, 11)
    await attach(session, back, people[ASKED], 11)
    await attach(session, forwarded, people[ASKED], 9, 10)
    always = {(str(each), None, None) for each in (back, forwarded)}
    assert await about(session, ASKED, "shiryo.document") == always
    assert await about(session, OTHER, "shiryo.document") == {(str(back), at(10), at(11))}


async def test_what_stands_in_a_line_with_a_document_tells_of_the_same_person(
    session: WriteSession, people: Mapping[str, int]
) -> None:
    """A held one that was superseded, and a cancellation: nobody attached them. Not what is another's."""
    cancelled = await new_document(session, "1", action="cancel")
    over = {"superseded_at": at(10), "superseded_by": cancelled}
    held = await new_document(session, "2", **over)
    attached = await new_document(session, "3", **over)
    foreign = await new_document(session, "4", **over)
    await attach(session, attached, people[ASKED], 9)
    await attach(session, foreign, people[OTHER], 9)
    found = {int(each[0]) for each in await about(session, ASKED, "shiryo.document")}
    assert found == {cancelled, held, attached}


@pytest.mark.parametrize(
    ("begin", "end", "is_theirs"),
    [(8, 9, True), (8, 8, False), (9, 10, True), (10, None, True), (11, None, False), (8, None, True)],
)
async def test_an_item_of_a_document_that_moved_tells_of_whom_it_was_taken_for_meanwhile(
    session: WriteSession, people: Mapping[str, int], begin: int, end: int | None, is_theirs: bool
) -> None:
    document_id = await new_document(session, "1")
    await attach(session, document_id, people[ASKED], 9, 11)
    await attach(session, document_id, people[OTHER], 11)
    item = await new_item(session, document_id, begin, end)
    assert (await about(session, ASKED, "shiryo.work_item") == {(item, None, None)}) is is_theirs
    assert await about(session, OTHER, "shiryo.work_item") == {(item, None, None)}


async def test_an_item_that_would_have_given_them_a_document_tells_of_them(
    session: WriteSession, people: Mapping[str, int]
) -> None:
    """Sent back: open again, with what was proposed."""
    item = await new_item(session, await new_document(session, "1"), 9)
    proposed = {"action": "attach", "person_id": people[ASKED]}
    await session.execute(update(tables.work_item).values(proposal=proposed, proposed_by="100001"))
    assert await about(session, ASKED, "shiryo.work_item") == {(item, None, None)}
    assert await about(session, OTHER, "shiryo.work_item") == set()


async def test_a_paper_that_was_keyed_tells_of_whom_it_became_a_document(
    session: WriteSession, people: Mapping[str, int]
) -> None:
    made = await new_document(session, "1")
    await attach(session, made, people[ASKED], 10)
    item = await new_item(session, None, 9)
    keying = await put(session, tables_keying.keying, item_id=int(item), made_id=made)
    assert await about(session, ASKED, "shiryo.keying") == {(str(keying.id), None, None)}
    assert await about(session, ASKED, "shiryo.work_item") == {(item, None, None)}


@pytest.mark.parametrize(("received", "is_theirs"), [(8, False), (9, True), (10, True), (11, False)])
async def test_a_delivery_tells_of_whoever_had_its_user_id_when_it_came(
    session: WriteSession, people: Mapping[str, int], received: int, is_theirs: bool
) -> None:
    user = await put(session, atena.eltax_user, user_id=USER)
    for number, begin, day in ((ASKED, 9, 1), (OTHER, 11, 2)):
        held = {
            "person_id": people[number],
            "known_from": at(begin),
            "valid_from": NOW.replace(day=day).date(),
        }
        until = {} if number == OTHER else {"valid_to": NOW.replace(day=2).date()}
        await put(session, atena.eltax_user_holder, eltax_user_id=user.id, **held, **until)
    sender = await put(session, tables.sender, code=USER, kind="eltax")
    came = {"sender_id": sender.id, "channel": "eltax", "state": "received", "received_at": at(received)}
    delivery = await put(session, tables.delivery, **came)
    found = await about(session, ASKED, "shiryo.delivery")
    assert ((str(delivery.id), None, None) in found) is is_theirs
    assert (USER, at(9), at(11)) in found
    assert await about(session, ASKED, "shiryo.expectation") == {(USER, at(9), at(11))}
