"""The composed house: a read leaves its line, no line no data, a switched-off plug-in is gone."""

import asyncio
import gc
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import text

from core.checks import CheckState
from core.demo.city import DemoCity
from core.storage.address import DATABASE_URL, ServerAddress
from core.storage.database import Database
from schema.build import build_runtime
from schema.main import build_cli
from schema.serve import application
from schema.testing import PEOPLE, House, environ_of, open_house

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


async def test_the_queries_to_paste_find_something(house: House) -> None:
    city = DemoCity(house.runtime, PEOPLE, 1, house.samples)
    queries = house.runtime.plugins.gather("demo_queries", city=city)
    assert len(queries) >= 3
    for query in queries:
        answer = (await house.ask(query.query, query.staff, **query.variables)).json()
        assert "errors" not in answer
        assert all(answer["data"].values())


async def test_selfcheck_of_a_fresh_city_names_what_is_there(house: House) -> None:
    answers = await house.runtime.plugins.run("selfcheck", runtime=house.runtime, database=house.database)
    states = {check.name: check.state for answer in answers for check in answer}
    assert states["データベース"] is CheckState.OK
    assert states["プロファイル"] is CheckState.WARNING


async def test_services_run_beside_the_server_and_end_with_it(tmp_path: Path, address: ServerAddress) -> None:
    runtime = build_runtime(environ_of(tmp_path, **{DATABASE_URL.variable: address.app_url}))
    async with application(runtime):
        running = {task.get_name() for task in asyncio.all_tasks()}
        assert {"audit.sealer"} <= running
    assert "audit.sealer" not in {task.get_name() for task in asyncio.all_tasks()}


async def test_a_server_sets_its_program_aside_from_the_collector(
    tmp_path: Path, address: ServerAddress
) -> None:
    runtime = build_runtime(environ_of(tmp_path, **{DATABASE_URL.variable: address.app_url}))
    gc.unfreeze()
    async with application(runtime):
        assert gc.get_freeze_count() > len(gc.get_objects())
    gc.unfreeze()


def test_generated_pages_are_current(tmp_path: Path) -> None:
    runtime = build_runtime(environ_of(tmp_path))
    result = CliRunner().invoke(build_cli(runtime), ["docs", "check"], obj=runtime)
    assert (result.exit_code, result.output) == (0, "")
