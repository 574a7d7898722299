"""The composed house: a read leaves its line, no line no data, a switched-off plug-in is gone."""

from pathlib import Path

import pytest
from sqlalchemy import text

from core.storage.address import ServerAddress
from core.storage.database import Database
from schema.testing import House, open_house

PERSON = "query ($number: String!) { person(atenaNumber: $number) { atenaNumber name } }"
MY_NUMBER = "query ($number: String!) { person(atenaNumber: $number) { atenaNumber myNumber } }"


async def test_a_read_leaves_one_line_with_ids_and_fields_but_no_data(
    house: House, owner_database: Database
) -> None:
    number = house.samples["person"]

    answer = await house.ask(PERSON, "tax_clerk", reason="窓口", number=number)

    name = answer.json()["data"]["person"]["name"]
    lines = [line for line in await house.audit(owner_database) if line.action == "read"]
    assert len(lines) == 1
    assert lines[0].operation == "person"
    assert lines[0].staff_number == house.people["tax_clerk"].staff_number
    assert lines[0].object_ids == [number]
    assert lines[0].fields == ["atenaNumber", "name"]
    assert lines[0].reason == "窓口"
    assert name not in str(lines[0])


async def test_without_a_line_there_are_no_data(house: House, owner_database: Database) -> None:
    async with owner_database.transaction() as session:
        await session.execute(text("REVOKE ALL ON audit.entry FROM juminzei_app"))

    answer = await house.ask(PERSON, "tax_clerk", number=house.samples["person"])

    assert answer.status_code == 503
    assert answer.json()["errors"][0]["extensions"]["code"] == "ACCESS_NOT_RECORDED"
    assert not answer.json().get("data")


@pytest.mark.parametrize(
    ("role", "reason", "shown"),
    [
        ("tax_clerk", "申告書の確認", "number"),
        ("tax_clerk", "", "REASON_REQUIRED"),
        ("other_office", "", "************"),
        ("administrator", "点検", "FORBIDDEN"),
    ],
)
async def test_who_sees_a_my_number(house: House, role: str, reason: str, shown: str) -> None:
    answer = await house.ask(MY_NUMBER, role, reason=reason, number=house.samples["person"])

    content = answer.json()
    person = (content.get("data") or {}).get("person") or {}
    codes = [error["extensions"]["code"] for error in content.get("errors", [])]
    seen = "number" if str(person.get("myNumber")).isdigit() else person.get("myNumber")
    assert [seen, *codes] == ([shown] if not codes else [None, shown])


async def test_a_refusal_is_recorded_without_ids(house: House, owner_database: Database) -> None:
    await house.ask(PERSON, "administrator", number=house.samples["person"])

    line = (await house.audit(owner_database))[-1]
    assert (line.operation, line.result, line.object_ids) == ("person", "FORBIDDEN", [])


async def test_nobody_in_particular_is_told_nothing(house: House) -> None:
    for query in (PERSON, "{ nothing }"):
        answer = await house.ask(query, number="1")
        assert answer.status_code == 401
        assert "nothing" not in answer.text


async def test_me_shows_the_menu_of_the_person(house: House) -> None:
    clerk = (await house.ask("{ me { menu { id } } }", "tax_clerk")).json()["data"]["me"]["menu"]
    administrator = (await house.ask("{ me { menu { id } } }", "administrator")).json()
    assert {"id": "atena.search_persons"} in clerk
    assert {"id": "atena.search_persons"} not in administrator["data"]["me"]["menu"]


async def test_a_switched_off_plugin_is_gone(tmp_path: Path, address: ServerAddress) -> None:
    async with open_house(tmp_path, address, JUMINZEI_PLUGINS="audit") as house:
        assert "person" not in house.runtime.plugins.answers("graphql")
        answer = await house.ask(PERSON, number="1")
        assert answer.status_code == 401


async def test_health_says_nothing_of_the_inside(house: House) -> None:
    answer = await house.client.get("/health")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})
