"""The hooks that 課税資料 answers, its tables, its policy, its commands."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from core import loading
from core.access.policy import Policy
from core.storage.database import Database
from core.storage.migrations import differences
from plugins import atena, shiryo
from plugins.shiryo import permissions
from plugins.shiryo.commands import arriving
from plugins.shiryo.commands import intake as command
from plugins.shiryo.commands.expect import expect
from plugins.shiryo.commands.intake import intake
from plugins.shiryo.tables import metadata
from tests.plugins.shiryo.conftest import YEAR, Someone, manifest_of, salary_file

TARO = Someone(1)


def test_it_goes_through_the_door_behind_atena() -> None:
    assert tuple(loading.assemble({"shiryo": shiryo, "atena": atena}))[-2:] == ("atena", "shiryo")


def test_the_policy_grants_exactly_what_fields_ask_for() -> None:
    policy = Policy.load({str(file): file.read_text(encoding="utf-8") for file in shiryo.policy()})
    asked = {str(getattr(permissions, name)) for name in dir(permissions) if name.isupper()}
    assert {str(permission) for permission in policy.permissions} == asked


async def test_the_migrations_make_the_tables(owner_database: Database) -> None:
    assert await differences(owner_database, shiryo.migrations(), metadata) == []


@pytest.fixture
def runtime(city_in_thread: Any) -> Any:
    return city_in_thread()


def delivery(folder: Path, payment: int = 3_000_000, **more: Any) -> Path:
    files = {"315.csv": salary_file(TARO.report(payment))}
    folder.mkdir(parents=True)
    (folder / "315.csv").write_bytes(files["315.csv"])
    (folder / "manifest.json").write_text(json.dumps(manifest_of(files, {"315.csv": 1}, **more)), "utf-8")
    return folder


def test_a_folder_is_taken_in_and_a_second_time_refused(runtime: Any, tmp_path: Path) -> None:
    folder = delivery(tmp_path / "in" / "a")

    first = CliRunner().invoke(intake, [str(folder.parent)], obj=runtime)
    second = CliRunner().invoke(intake, [str(folder.parent)], obj=runtime)

    assert (first.exit_code, second.exit_code) == (0, 1)
    assert "完了" in first.output
    assert "ALREADY_IMPORTED" in second.output


def test_what_is_left_when_anothers_job_ends_is_received_and_taken_in(
    runtime: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for place in range(5):
        delivery(tmp_path / "in" / str(place), payment=place + 1, code=f"{place:04d}")
    follow = command._follow
    ended: list[int] = []

    async def following(*given: Any, **more: Any) -> int:
        ended.append(len(ended))
        return 0 if len(ended) == 1 else await follow(*given, **more)

    monkeypatch.setattr(command, "_follow", following)
    monkeypatch.setattr(arriving, "TOGETHER", 1)

    done = CliRunner().invoke(intake, [str(tmp_path / "in")], obj=runtime)
    again = CliRunner().invoke(intake, [str(tmp_path / "in")], obj=runtime)

    assert (done.exit_code, "資料 5 件を読みました。" in done.output) == (0, True)
    assert again.output.count("ALREADY_IMPORTED") == 6


def test_a_bad_manifest_is_named_and_stops_no_other(runtime: Any, tmp_path: Path) -> None:
    folder = delivery(tmp_path / "in" / "a")
    bad = delivery(tmp_path / "in" / "b", channel="pigeon")

    done = CliRunner().invoke(intake, [str(folder.parent)], obj=runtime)

    assert done.exit_code == 1
    assert f"{bad / 'manifest.json'}: " in done.output
    assert "field=channel" in done.output


def test_manifests_of_another_year_are_named_and_left(runtime: Any, tmp_path: Path) -> None:
    folder = delivery(tmp_path / "in" / "a")

    other = CliRunner().invoke(intake, [str(folder), "--year", str(YEAR + 1)], obj=runtime)
    right = CliRunner().invoke(intake, [str(folder), "--year", str(YEAR)], obj=runtime)

    assert (other.exit_code, right.exit_code) == (1, 0)
    assert ("YEAR_DIFFERS" in other.output, "ALREADY_IMPORTED" in other.output) == (True, False)


def test_a_line_that_is_no_sender_is_named_and_nobody_entered(runtime: Any, tmp_path: Path) -> None:
    path = tmp_path / "senders.jsonl"
    path.write_text('{"code": "0001", "kind": "payer", "name": "見本"}\n{"code": "0002"}\n', "utf-8")

    done = CliRunner().invoke(expect, [str(path), "--year", str(YEAR)], obj=runtime)
    path.write_text(path.read_text("utf-8").splitlines()[0], "utf-8")
    again = CliRunner().invoke(expect, [str(path), "--year", str(YEAR)], obj=runtime)

    assert (done.exit_code, "line=2" in done.output) == (1, True)
    assert again.output.startswith(f"{YEAR}年度: 1 件の送付元を登録しました")


@pytest.mark.parametrize(
    ("options", "code"),
    [
        (("--sender", "0001", "--channel", "counter", "--year", str(YEAR)), "完了"),
        (("--channel", "counter", "--year", str(YEAR)), "MANIFEST_INVALID"),
        (("--sender", "0001", "--year", str(YEAR)), "MANIFEST_INVALID"),
        (("--sender", "0001", "--channel", "counter"), "MANIFEST_INVALID"),
        (("--sender", "0001", "--channel", "counter", "--year", str(YEAR), "--kind", "x"), "KIND_UNKNOWN"),
    ],
)
def test_a_file_without_a_manifest_needs_its_sender_channel_and_year(
    runtime: Any, tmp_path: Path, options: tuple[str, ...], code: str
) -> None:
    path = delivery(tmp_path / "in") / "315.csv"

    done = CliRunner().invoke(intake, [str(path), *options], obj=runtime)

    assert code in done.output, done.exception
    assert done.exit_code == int(code != "完了")


def test_expected_senders_are_entered_once(runtime: Any, tmp_path: Path) -> None:
    path = tmp_path / "senders.jsonl"
    path.write_text('{"code": "0001", "kind": "payer", "name": "見本", "documents": 3}\n', "utf-8")

    said = [CliRunner().invoke(expect, [str(path), "--year", str(YEAR)], obj=runtime).output for _ in "ab"]

    assert said == [
        f"{YEAR}年度: 1 件の送付元を登録しました(登録済み 0 件)。\n",
        f"{YEAR}年度: 0 件の送付元を登録しました(登録済み 1 件)。\n",
    ]


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE shiryo.chunk SET sealed = ''",
        "UPDATE shiryo.document SET name = ''",
        "UPDATE shiryo.document SET amounts = '{}'",
        "UPDATE shiryo.file SET sha256 = NULL",
        "UPDATE shiryo.file SET announced_records = 1",
        "UPDATE shiryo.finding SET code = ''",
        "DELETE FROM shiryo.document",
        "DELETE FROM shiryo.work_item",
        "UPDATE shiryo.attachment SET person_id = 1",
    ],
)
async def test_the_application_cannot_alter_what_was_received(city: Any, statement: str) -> None:
    with pytest.raises(DBAPIError, match="permission denied"):
        async with city.database.transaction() as session:
            await session.execute(text(statement))
