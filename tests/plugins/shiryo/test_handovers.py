"""What a vendor who punches holds: counted both ways, until it reports that nothing is kept."""

import asyncio
import hashlib
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from core.commands.desk import TOKEN
from core.identity import demo
from core.identity.opening import open_identity
from core.runtime import Runtime
from plugins.shiryo.commands.handover import handover
from schema.testing import House
from tests.plugins.shiryo.conftest import YEAR, Someone

LIST_SHA256 = hashlib.sha256(b"1,2").hexdigest()
RECORD = """
mutation($input: RecordHandoverInput!) { recordHandover(input: $input) {
  id vendorCode documents listSha256 delivered returned erasedOn isOut recordedBy } }
"""
NOTE = """
mutation($input: NoteHandoverInput!) { noteHandover(input: $input) {
  delivered returned erasedOn isOut events { kind documents deliveryId reference } } }
"""
OUT = "query($all: Boolean!) { handovers(onlyOut: $all) { edges { node { id isOut } } } }"
VENDOR = {"sender": {"code": "V001", "kind": "vendor", "name": "（株）入力"}, "channel": "punched"}


def today(desk: House) -> date:
    return desk.runtime.clock.today()


async def ask(desk: House, query: str, role: str, **variables: Any) -> Any:
    return (await desk.ask(query, role, **variables)).json()


def batch(desk: House, **more: Any) -> dict[str, Any]:
    said = {"taxYear": YEAR, "vendorCode": "V001", "vendorName": "（株）入力", "contents": "給与支払報告書"}
    day = today(desk).isoformat()
    return {**said, "documents": 3, "listSha256": LIST_SHA256, "handedOn": day, **more}


async def handed(desk: House, **more: Any) -> int:
    answer = await ask(desk, RECORD, "tax_clerk", input=batch(desk, **more))
    number: int = answer["data"]["recordHandover"]["id"]
    return number


async def note(desk: House, number: int, kind: str, **more: Any) -> Any:
    said = {"handoverId": number, "kind": kind, "happenedOn": today(desk).isoformat(), **more}
    return await ask(desk, NOTE, "tax_clerk", input=said)


async def out(desk: House, *, only_out: bool = True) -> list[int]:
    answer = await ask(desk, OUT, "tax_clerk", all=only_out)
    return [edge["node"]["id"] for edge in answer["data"]["handovers"]["edges"]]


async def test_a_batch_is_out_until_all_came_back_and_nothing_is_kept(city: Any, desk: House) -> None:
    number = await handed(desk)
    delivery = await city.deliver(Someone(1).report(), Someone(2).report(), **VENDOR)

    came = await note(desk, number, "DELIVERED", deliveryId=delivery)
    sheet = await note(desk, number, "RETURNED", documents=1, reference="返却書1号")
    before = await out(desk)
    erased = await note(desk, number, "ERASED", reference="消去報告書7号")

    figures = [answer["data"]["noteHandover"] for answer in (came, sheet, erased)]
    assert [(each["delivered"], each["returned"], each["isOut"]) for each in figures] == [
        (2, 0, True),
        (2, 1, True),
        (2, 1, False),
    ]
    assert figures[2]["erasedOn"] == today(desk).isoformat()
    assert [(each["kind"], each["documents"], each["deliveryId"]) for each in figures[2]["events"]] == [
        ("DELIVERED", None, delivery),
        ("RETURNED", 1, None),
        ("ERASED", None, None),
    ]
    assert (before, await out(desk), await out(desk, only_out=False)) == ([number], [], [number])


async def test_an_erasure_does_not_hide_that_documents_are_missing(desk: House) -> None:
    number = await handed(desk)

    erased = await note(desk, number, "ERASED", reference="消去報告書7号")

    assert erased["data"]["noteHandover"]["isOut"] is True


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"documents": 0}, "documents"),
        ({"listSha256": "zz"}, "listSha256"),
        ({"listSha256": "00"}, "listSha256"),
        ({"contents": ""}, "contents"),
        ({"handedOn": "2999-01-01"}, "handedOn"),
        ({"vendorCode": "no code"}, "sender.code"),
    ],
)
async def test_a_batch_without_its_figures_is_refused(
    desk: House, change: dict[str, Any], field: str
) -> None:
    [error] = (await ask(desk, RECORD, "tax_clerk", input=batch(desk, **change)))["errors"]
    assert error["extensions"]["field"] == field


async def test_only_a_vendor_is_handed_anything(city: Any, desk: House) -> None:
    await city.deliver(Someone(1).report())
    [error] = (await ask(desk, RECORD, "tax_clerk", input=batch(desk, vendorCode="0001")))["errors"]
    assert error["extensions"]["field"] == "vendorCode"


@pytest.mark.parametrize(
    ("kind", "said", "field"),
    [
        ("DELIVERED", {}, "deliveryId"),
        ("DELIVERED", {"deliveryId": 999}, "deliveryId"),
        ("RETURNED", {"reference": "1"}, "documents"),
        ("RETURNED", {"reference": "1", "documents": 0}, "documents"),
        ("RETURNED", {"documents": 1}, "reference"),
        ("ERASED", {}, "reference"),
        ("ERASED", {"reference": "1", "happenedOn": "2000-01-01"}, "happenedOn"),
    ],
)
async def test_what_came_of_a_batch_is_said_whole(
    desk: House, kind: str, said: dict[str, Any], field: str
) -> None:
    number = await handed(desk)
    [error] = (await note(desk, number, kind, **said))["errors"]
    assert error["extensions"]["field"] == field


async def test_a_delivery_counts_for_one_batch(city: Any, desk: House) -> None:
    one, other = await handed(desk), await handed(desk)
    delivery = await city.deliver(Someone(1).report(), **VENDOR)
    await note(desk, one, "DELIVERED", deliveryId=delivery)

    [error] = (await note(desk, other, "DELIVERED", deliveryId=delivery))["errors"]

    assert error["extensions"]["rule"] == "once"


async def test_another_senders_delivery_is_none_of_the_vendors(city: Any, desk: House) -> None:
    number, delivery = await handed(desk), await city.deliver(Someone(1).report())
    [error] = (await note(desk, number, "DELIVERED", deliveryId=delivery))["errors"]
    assert error["extensions"]["field"] == "deliveryId"


async def test_no_batch_no_note(desk: House) -> None:
    [error] = (await note(desk, 99, "ERASED", reference="1"))["errors"]
    assert error["extensions"]["code"] == "NOT_FOUND"


@pytest.mark.parametrize("role", ["other_office", "administrator", "auditor"])
async def test_batches_are_for_this_office(desk: House, role: str) -> None:
    [error] = (await ask(desk, OUT, role, all=True))["errors"]
    assert error["extensions"]["code"] == "FORBIDDEN"


async def clerks_token(runtime: Runtime) -> str:
    async with runtime.open_database() as database, database.transaction() as session:
        people = await demo.create_demo_staff(session, open_identity(runtime, database))
    return next(person.token for person in people if person.role == "tax_clerk")


def test_the_same_at_the_terminal(city_in_thread: Callable[..., Runtime], tmp_path: Path) -> None:
    runtime = city_in_thread(Someone(1).report())
    token, day = asyncio.run(clerks_token(runtime)), runtime.clock.today()
    listed = tmp_path / "list.csv"
    listed.write_bytes(b"1,2")

    def typed(*words: str) -> tuple[int, str]:
        done = CliRunner().invoke(handover, words, obj=runtime, env={TOKEN: token})
        return done.exit_code, done.output

    sent = ("--year", str(YEAR), "--vendor", "V001", "--vendor-name", "（株）入力", "--contents", "給報")
    code, said = typed("out", str(listed), *sent, "--documents", "2", "--on", str(day - timedelta(days=3)))
    waiting = typed()
    returned = typed("back", "1", "--on", str(day), "--documents", "2", "--reference", "返却書1号")
    erased = typed("erased", "1", "--on", str(day), "--reference", "消去報告書7号")

    assert (code, LIST_SHA256 in said) == (0, True)
    assert (waiting[0], "V001 （株）入力" in waiting[1]) == (1, True)
    assert (returned[0], erased[0], f"\t2\t0\t2\t{day}\t給報" in erased[1]) == (0, 0, True)
    assert (typed()[0], typed("--all")[0], "給報" in typed("--all")[1]) == (0, 0, True)
    assert typed("erased", "1", "--on", str(day), "--reference", "再")[0] == 1
