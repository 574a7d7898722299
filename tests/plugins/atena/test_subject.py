"""Under which objects a person of 宛名 stands: all numbers, what came to nothing, what was once theirs."""

from datetime import date, datetime
from typing import Any

import pytest

from core.access.subject import About
from core.storage.database import WriteSession
from plugins.atena import tables
from plugins.atena.api import one_person
from plugins.atena.service.subject import objects_of
from tests.rows import NOW, put

USER = "abc00000001"


def at(hour: int) -> datetime:
    return NOW.replace(hour=hour)


async def new_person(session: WriteSession, number: str) -> int:
    return int((await put(session, tables.person, atena_number=number)).id)


async def link(session: WriteSession, person_id: int, primary_id: int, **more: Any) -> None:
    await put(session, tables.person_link, person_id=person_id, primary_id=primary_id, **more)


@pytest.mark.parametrize("number", ["91000001", "91000002", "91000003"])
async def test_all_numbers_of_a_person_are_one_person(session: WriteSession, number: str) -> None:
    numbers = ["91000001", "91000002", "91000003", "91000004", "91000005"]
    ids = {each: await new_person(session, each) for each in numbers}
    await link(session, ids["91000002"], ids["91000001"])
    await link(session, ids["91000003"], ids["91000001"])
    await link(session, ids["91000004"], ids["91000001"], known_to=at(10))  # undone: somebody else
    found = await one_person(session, number)
    assert found == {ids[each]: each for each in numbers[:3]}


async def test_nobody_is_nobody(session: WriteSession) -> None:
    assert await one_person(session, "91000001") == {}
    assert await objects_of(session, "91000001") == []


async def new_remedy(session: WriteSession, sequence: int, replacement: Any) -> int:
    said = {"action": "skip" if replacement is None else "replace", "replacement": replacement}
    given = {"sequence": sequence, "fingerprint": bytes(16), "reason": "確認", **said}
    return int((await put(session, tables.feed_remedy, **given)).id)


async def test_a_remedy_tells_of_whom_it_names_and_of_whom_its_message_was_applied(
    session: WriteSession,
) -> None:
    person_id = await new_person(session, "91000001")
    named = await new_remedy(session, 1, {"atenaNumber": "91000001"})
    applied = await new_remedy(session, 2, {"atenaNumber": "91000009"})
    await new_remedy(session, 3, None)
    message = {"sequence": 2, "person_id": person_id, "remedy_id": applied, "fingerprint": bytes(16)}
    await put(session, tables.feed_message, **message)
    found = await objects_of(session, "91000001")
    remedies = {each.object_id for each in found if each.object_type == "atena.feed_remedy"}
    assert remedies == {str(named), str(applied)}


HAD = {"known_from": at(9), "valid_from": date(2026, 1, 1)}
ENDED = {"valid_to": date(2026, 6, 1)}


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        pytest.param([("own", HAD)], [(at(9), None)], id="theirs"),
        pytest.param([("own", {**HAD, **ENDED})], [(at(9), None)], id="ended-and-nobody-elses"),
        pytest.param(
            [("own", {**HAD, **ENDED}), ("other", {"known_from": at(11), "valid_from": date(2026, 6, 1)})],
            [(at(9), at(11))],
            id="another-persons-now",
        ),
        pytest.param(
            [("own", {**HAD, "known_to": at(10)}), ("employer", {"known_from": at(10)})],
            [(at(9), at(10))],
            id="entered-wrongly-for-an-employer",
        ),
        pytest.param(
            [
                ("own", {**HAD, "valid_to": date(2026, 7, 1)}),
                ("other", {"known_from": at(11), "valid_from": date(2026, 7, 1)}),
            ],
            [(at(9), datetime.fromisoformat("2026-07-01T00:00+09:00"))],
            id="another-persons-from-next-month",
        ),
        pytest.param([("other", HAD)], [], id="never-theirs"),
    ],
)
async def test_a_user_id_tells_of_its_holder_until_it_is_another_ones(
    session: WriteSession, rows: list[tuple[str, dict[str, Any]]], expected: list[tuple[Any, Any]]
) -> None:
    employer = await put(session, tables.employer, designation_number="33000001")
    holders = {
        "own": {"person_id": await new_person(session, "91000001")},
        "other": {"person_id": await new_person(session, "91000002")},
        "employer": {"employer_id": employer.id},
    }
    user = await put(session, tables.eltax_user, user_id=USER)
    for whose, said in rows:
        await put(session, tables.eltax_user_holder, eltax_user_id=user.id, **holders[whose], **said)
    found = await objects_of(session, "91000001")
    assert [each for each in found if each.object_type == "atena.eltax_user"] == [
        About("atena.eltax_user", USER, *span) for span in expected
    ]
