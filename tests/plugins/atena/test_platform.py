"""What the common platform is told of 住登外者: once, in order, with its answer; refused messages wait."""

import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

import core
from core.access.actor import SYSTEM
from core.checks import CheckState
from core.jobs import service as job_service
from core.jobs.worker import Worker
from core.runtime import Runtime
from core.settings import DATA_DIR, PROFILE
from core.storage.address import DATABASE_URL, ServerAddress
from core.storage.database import Database
from core.storage.migrations import Migrations
from plugins import atena, audit
from plugins.atena import tables
from plugins.atena.jobs import PLATFORM, PLATFORM_DIR, check_platform
from plugins.atena.queries import platform as queries
from schema.build import build_runtime

NUMBER = "621498320257"
REGISTER = """
mutation R($input: RegisterNonResidentInput!) { registerNonResident(input: $input) { atenaNumber version } }
"""
CORRECT = "mutation C($input: CorrectPersonInput!) { correctPerson(input: $input) { version } }"
LIST = """
query L($state: PlatformMessageState!) {
  platformMessages(state: $state) { edges { node { id kind sequence resultCode person { atenaNumber } } } }
}
"""
RESEND = (
    "mutation R($id: Int!, $note: String!) { resendPlatformMessage(messageId: $id, note: $note) { id kind } }"
)
CLOSE = (
    "mutation C($id: Int!, $note: String!) { closePlatformMessage(messageId: $id, note: $note) { closedBy } }"
)
GIVEN = {"name": "潮　凪", "kana": "ウシオ　ナギ", "birthDate": "1990-04", "validFrom": "2026-01-01"}
Exchange = Callable[[], Awaitable[Mapping[str, Any]]]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "platform"


@pytest.fixture(scope="session")
def branches() -> Sequence[Migrations]:
    """Jobs enter the access log, so the deployment needs its keeper."""
    core_branch = Migrations("core", Path(core.__file__).parent / "migrations" / "versions", "core")
    return [core_branch, audit.migrations(), atena.migrations()]


@pytest.fixture
def platform_dir(folder: Path) -> str:
    return str(folder)


@pytest.fixture
def runtime(tmp_path: Path, address: ServerAddress, platform_dir: str, house: Any) -> Runtime:
    """The deployment with these plug-ins; it shares the key file of the house."""
    environ = {
        PROFILE.variable: "development",
        DATA_DIR.variable: str(tmp_path),
        DATABASE_URL.variable: address.app_url,
        PLATFORM_DIR.variable: platform_dir,
        "JUMINZEI_PLUGINS": "atena,audit",
    }
    return build_runtime(environ, house.clock)


@pytest.fixture
def exchange(runtime: Runtime, database: Database) -> Exchange:
    async def exchange() -> Mapping[str, Any]:
        async with database.transaction() as session:
            job = await job_service.enqueue(session, PLATFORM, {}, SYSTEM)
        assert await Worker(runtime, database, only=job).work_once()
        async with database.read() as session:
            status = await job_service.get(session, job)
        return status.result or {"code": status.error_code}

    return exchange


@pytest.fixture
async def person(house: Any) -> str:
    """A 住登外者 whose number was registered an hour after the name."""
    number: str = (await house.data(REGISTER, input=GIVEN))["registerNonResident"]["atenaNumber"]
    house.clock.moment += timedelta(hours=1)
    await house.number(number, NUMBER)
    return number


def sent(folder: Path) -> list[Any]:
    return [json.loads(file.read_bytes()) for file in sorted((folder / "out").glob("*.json"))]


def answer(folder: Path, sequence: int, result: str, code: str = "", name: str = "") -> None:
    (folder / "answers").mkdir(exist_ok=True)
    said = json.dumps({"sequence": sequence, "result": result, "code": code})
    (folder / "answers" / f"{name or sequence}.json").write_text(said)


async def listed(house: Any, state: str) -> list[Any]:
    edges = (await house.data(LIST, state=state))["platformMessages"]["edges"]
    return [edge["node"] for edge in edges]


async def test_each_change_is_told_once_and_in_order(
    house: Any, person: str, exchange: Exchange, folder: Path
) -> None:
    assert await exchange() == {"sent": 2, "answered": 0, "unreadable": 0, "refused": 0, "errors": 0}

    first, second = sent(folder)
    assert (first["sequence"], first["kind"], second["sequence"], second["kind"]) == (
        *(1, "registered"),
        *(2, "numbered"),
    )
    assert first["person"] == {
        "atenaNumber": person,
        "name": "潮　凪",
        "kana": "ウシオ　ナギ",
        "birthDate": "1990-04",
        "sex": "0",
    }
    assert second["person"]["myNumber"] == NUMBER
    assert (folder / "out" / "000000000001.json").stat().st_mode & 0o077 == 0
    assert (await exchange())["sent"] == 0


async def test_a_message_says_what_was_known_when_it_was_noted(
    house: Any, person: str, exchange: Exchange, folder: Path
) -> None:
    house.clock.moment += timedelta(hours=1)
    given = {"atenaNumber": person, "expectedVersion": 2, "validFrom": "2026-01-01", "name": "潮　渚"}
    await house.data(CORRECT, input=given)
    await exchange()

    assert [(each["kind"], each["person"]["name"]) for each in sent(folder)] == [
        ("registered", "潮　凪"),
        ("numbered", "潮　凪"),
        ("changed", "潮　渚"),
    ]


async def test_a_run_that_ends_between_file_and_commit_is_finished_with_the_same_numbers(
    house: Any, person: str, exchange: Exchange, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def crash(*_: object) -> None:
        raise OSError("the machine stops")

    with monkeypatch.context() as broken:
        broken.setattr(queries, "mark_sent", crash)
        assert (await exchange())["code"] == "INTERNAL"
    files = {file.name: file.read_bytes() for file in (folder / "out").iterdir()}
    await house.data(REGISTER, input={"name": "別人"})

    assert (await exchange())["sent"] == 3

    assert {name: (folder / "out" / name).read_bytes() for name in files} == files
    assert [each["sequence"] for each in sent(folder)] == [1, 2, 3]


async def test_the_outbox_holds_no_personal_data(house: Any, person: str, database: Database) -> None:
    async with database.read() as session:
        rows = str((await session.execute(select(tables.platform_message))).all())
    assert NUMBER not in rows
    assert "潮" not in rows


async def test_answers_are_stored_and_refused_messages_wait(
    house: Any, person: str, exchange: Exchange, folder: Path
) -> None:
    await exchange()
    answer(folder, 1, "accepted")
    answer(folder, 2, "refused", "E012")

    done = await exchange()

    assert (done["answered"], done["refused"], done["errors"]) == (2, 1, 1)
    assert [each["id"] for each in await listed(house, "ACCEPTED")] == [1]
    [waiting] = await listed(house, "REFUSED")
    assert (waiting["resultCode"], waiting["person"]["atenaNumber"]) == ("E012", person)
    assert list((folder / "answers").glob("*.json")) == []


async def test_an_answer_counts_once_and_another_one_does_not_count(
    house: Any, person: str, exchange: Exchange, folder: Path
) -> None:
    await exchange()
    answer(folder, 1, "accepted")
    await exchange()
    answer(folder, 1, "accepted")
    answer(folder, 1, "refused", "E001", name="later")

    done = await exchange()

    assert (done["answered"], done["unreadable"]) == (0, 1)
    assert [file.name for file in (folder / "answers").glob("*.json")] == ["later.json"]
    assert [each["id"] for each in await listed(house, "ACCEPTED")] == [1]


@pytest.mark.parametrize(
    "text",
    [
        "nonsense",
        "[]",
        '{"sequence": 9, "result": "accepted", "code": ""}',
        '{"sequence": "1", "result": "accepted", "code": ""}',
        '{"sequence": 1, "result": "maybe", "code": ""}',
        '{"sequence": 1, "result": "refused", "code": "' + "x" * 21 + '"}',
        '{"sequence": 1, "result": "refused", "code": "", "more": 1}',
        '{"sequence": 1, "result": "refused", "code": "' + "x" * 5_000 + '"}',
    ],
)
async def test_what_answers_nothing_stays_and_is_counted(
    house: Any, person: str, exchange: Exchange, folder: Path, text: str
) -> None:
    await exchange()
    (folder / "answers").mkdir()
    (folder / "answers" / "1.json").write_text(text)

    assert (await exchange())["unreadable"] == 1
    assert (folder / "answers" / "1.json").exists()
    assert len(await listed(house, "SENT")) == 2


async def test_a_refused_message_is_sent_anew_or_closed(
    house: Any, person: str, exchange: Exchange, folder: Path
) -> None:
    await exchange()
    for sequence in (1, 2):
        answer(folder, sequence, "refused", "E012")
    await exchange()

    again = (await house.data(RESEND, id=1, note="氏名を確認した"))["resendPlatformMessage"]
    closed = (await house.data(CLOSE, id=2, note="共通基盤で登録した"))["closePlatformMessage"]

    assert (again, closed) == ({"id": 3, "kind": "REGISTERED"}, {"closedBy": "tax_clerk"})
    assert await listed(house, "REFUSED") == []
    assert (await exchange())["sent"] == 1
    assert sent(folder)[2]["person"]["myNumber"] == NUMBER
    assert (await house.refusal(CLOSE, id=2, note="x"))["code"] == "MESSAGE_NOT_REFUSED"
    assert (await house.refusal(CLOSE, id=9, note="x"))["code"] == "NOT_FOUND"
    assert (await house.refusal(RESEND, id=1, note=""))["findings"][0]["field"] == "note"


async def test_the_check_tells_refused_and_lost_messages(
    house: Any, person: str, exchange: Exchange, database: Database, runtime: Runtime, folder: Path
) -> None:
    async def state() -> CheckState:
        return (await check_platform(database, runtime.settings, house.clock)).state

    await exchange()
    assert await state() is CheckState.OK
    house.clock.moment += timedelta(days=3)
    assert await state() is CheckState.FAILED
    for sequence in (1, 2):
        answer(folder, sequence, "accepted")
    await exchange()
    assert await state() is CheckState.OK


@pytest.mark.parametrize("platform_dir", [""])
async def test_without_a_folder_nothing_is_sent(
    house: Any, person: str, runtime: Runtime, exchange: Exchange, database: Database
) -> None:
    assert (await exchange())["code"] == "PLATFORM_NOT_SET"
    assert (await check_platform(database, runtime.settings, house.clock)).state is CheckState.WARNING


@pytest.mark.parametrize("role", ["other_office", "administrator", "auditor"])
async def test_messages_are_for_this_office(house: Any, role: str) -> None:
    assert (await house.refusal(LIST, role, state="SENT"))["code"] == "FORBIDDEN"
