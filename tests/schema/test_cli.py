"""The command line as an administrator meets it."""

import json
import os
import re
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner, Result

from core.errors import StartError
from core.settings import CONFIG, DATA_DIR
from schema.build import build_runtime
from schema.main import build_cli
from schema.testing import environ_of

JUMINZEI = (sys.executable, "-c", "from schema.main import main; main()")


def invoke(folder: Path, *arguments: str, **environ: str) -> Result:
    runtime = build_runtime(environ_of(folder, **environ))
    return CliRunner().invoke(build_cli(runtime), arguments, obj=runtime)


def start(folder: Path, *arguments: str, **environ: str) -> subprocess.Popen[str]:
    own = {CONFIG.variable: str(folder / "juminzei.toml"), DATA_DIR.variable: str(folder / "data")}
    return subprocess.Popen(
        [*JUMINZEI, *arguments],
        env={**os.environ, **own, **environ},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def run(folder: Path, *arguments: str, **environ: str) -> tuple[int, str, str]:
    process = start(folder, *arguments, **environ)
    out, err = process.communicate(timeout=120)
    return process.returncode, out, err


def test_settings_lists_every_setting_and_hides_secrets(tmp_path: Path) -> None:
    result = invoke(tmp_path, "settings", "--json", DATABASE_URL="postgresql://secret")
    rows = {row["setting"]: row for row in map(json.loads, result.output.splitlines())}
    assert rows["port"] | {"help": ""} == {
        "setting": "port",
        "variable": "JUMINZEI_PORT",
        "value": "8000",
        "from": "default",
        "default": "8000",
        "help": "",
    }
    assert rows["database_url"]["from"] == "DATABASE_URL"
    assert "secret" not in rows["database_url"]["value"]
    assert all(row["help"] for row in rows.values())


def commands_of(group: click.Group, *path: str) -> Iterator[tuple[str, ...]]:
    for name, command in group.commands.items():
        yield (*path, name)
        if isinstance(command, click.Group):
            yield from commands_of(command, *path, name)


def test_every_help_page_is_japanese(tmp_path: Path) -> None:
    runtime = build_runtime(environ_of(tmp_path))
    cli, english = (
        build_cli(runtime),
        re.compile(r"Usage|Options|Commands|COMMAND|Show this|default:|required|[Pp]rogram"),
    )

    for path in commands_of(cli):
        page = CliRunner().invoke(cli, [*path, "--help"], obj=runtime).output
        said, _, options = page.partition("オプション:")
        assert (path, english.findall(page)) == (path, [])
        assert (path, said.splitlines()[2].isascii()) == (path, False)
        rows = re.split(r"\n  (?=-)", options.partition("\n\n")[0])[1:]
        assert (path, [row for row in rows if re.sub("［.*］", "", row).isascii()]) == (path, [])


def test_a_plugin_is_switched_off_and_on_again(tmp_path: Path) -> None:
    file = tmp_path / "juminzei.toml"
    file.write_text("# ours\nport = 8001\n", encoding="utf-8")
    assert invoke(tmp_path, "plugins", "disable", "synth").exit_code == 0
    assert file.read_text(encoding="utf-8").endswith("# ours\nport = 8001\n")
    assert "off  synth" in invoke(tmp_path, "plugins", "list").output
    assert invoke(tmp_path, "plugins", "enable", "synth").exit_code == 0
    assert "on   synth" in invoke(tmp_path, "plugins", "list").output


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["plugins", "disable", "audit"], "plug-in audit is required by this deployment"),
        (["plugins", "disable", "nothing"], "plug-in nothing is not enabled"),
        (["plugins", "enable", "nothing"], "unknown plug-in nothing"),
    ],
)
def test_an_impossible_combination_is_refused_and_not_written(
    tmp_path: Path, arguments: Sequence[str], message: str
) -> None:
    result = invoke(tmp_path, *arguments)
    assert isinstance(result.exception, StartError)
    assert message in str(result.exception)
    assert not (tmp_path / "juminzei.toml").exists()


def test_the_policy_is_exported_whole(tmp_path: Path) -> None:
    lines = invoke(tmp_path, "policy", "export").output.splitlines()
    assert lines[0] == "subject,type,field,object,action,allowed"
    assert "role:other_office,Person,myNumber,atena.my_number,mask,yes" in lines
    assert "role:other_office,Person,myNumber,atena.my_number,read,no" in lines


def test_the_policy_is_checked_against_the_api(tmp_path: Path) -> None:
    result = invoke(tmp_path, "policy", "check")
    assert result.exit_code == 0
    assert build_runtime(environ_of(tmp_path)).policy.checksum in result.output


@pytest.mark.parametrize(
    ("environ", "message"),
    [
        ({"JUMINZEI_PORT": "many"}, "setting port (JUMINZEI_PORT) cannot be read"),
        ({"JUMINZEI_PLUGINS": "audit,nothing"}, "unknown plug-in nothing"),
        ({"JUMINZEI_POLICY_MINIMUM": "100000"}, "fewer than policy_minimum"),
        ({"JUMINZEI_PROFILE": "production"}, "no synthetic people"),
        ({"DATABASE_URL": "postgresql://localhost/real"}, "no synthetic people"),
    ],
)
def test_a_wrong_configuration_is_one_line_and_exit_2(
    tmp_path: Path, environ: dict[str, str], message: str
) -> None:
    code, out, err = run(tmp_path, "demo", **environ)
    assert (code, out) == (2, "")
    assert message in err
    assert err.count("\n") == 1


def ask(sheet: dict[str, Any], number: int) -> dict[str, Any]:
    query = sheet["queries"][number]
    token = next(each["token"] for each in sheet["sign_ins"] if each["role"] == query["staff"])
    request = urllib.request.Request(  # noqa: S310  # our own server on loopback
        sheet["url"],
        json.dumps({"query": query["query"], "variables": query["variables"]}).encode(),
        {"Content-Type": "application/json", "Authorization": f"Bearer {token}"},
    )
    with urllib.request.urlopen(request) as answer:  # noqa: S310
        found: dict[str, Any] = json.load(answer)
        return found


def test_demo_serves_the_printed_queries_twice_and_leaves_nothing_running(tmp_path: Path) -> None:
    for _ in range(2):
        process = start(tmp_path, "demo", "--people", "40", "--json", JUMINZEI_PORT="0")
        assert process.stdout is not None
        sheet = json.loads(process.stdout.readline())
        answers = [ask(sheet, number) for number in range(3)]
        process.send_signal(signal.SIGINT)
        assert "".join(process.communicate(timeout=60)).strip() == ""
        assert process.returncode in (0, 130)
        assert len(sheet["sign_ins"]) == 5
        assert answers[0]["data"]["searchPersons"]["edges"]
        assert answers[2]["data"]["person"]["myNumber"] == "************"
    code, out, _ = run(tmp_path, "db", "status")
    assert (code, out) == (0, "組み込みデータベースは停止しています。\n")


def test_selfcheck_tells_what_is_set_up(tmp_path: Path) -> None:
    assert run(tmp_path, "demo", "--people", "10", "--no-serve")[0] == 0
    code, out, _ = run(tmp_path, "selfcheck", "--json", JUMINZEI_PROFILE="demo")
    states = {row["name"]: row["state"] for row in map(json.loads, out.splitlines())}
    assert states["データベース"] == "ok"
    assert states["住民データ"] == "ok"
    assert states["システム管理者"] == "ok"
    assert code == 0


def test_selfcheck_of_an_empty_database_says_what_to_do(tmp_path: Path) -> None:
    code, out, err = run(tmp_path, "selfcheck")
    assert (code, err) == (1, "")
    assert all(line.startswith("× データベース: migration pending") for line in out.splitlines())


@pytest.mark.parametrize(
    "arguments",
    [
        ("year", "status", "2026"),
        ("year", "merge", "2026"),
        ("ledger", "--year", "2026"),
        ("staff", "list"),
    ],
)
def test_a_command_on_an_empty_database_says_what_to_do_in_one_line(
    tmp_path: Path, arguments: Sequence[str]
) -> None:
    code, out, err = run(tmp_path, *arguments, JUMINZEI_PROFILE="demo")
    assert (code, out.count("Traceback"), err.count("\n")) == (2, 0, 1)
    assert err.startswith("juminzei: データベースの表が")
    assert err.endswith("`juminzei db migrate` を実行してください。 (DATABASE_OUTDATED)\n")


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (
            ("yaer",),
            "はありません。近いもの: year, years。 (COMMAND_UNKNOWN) 詳しくは juminzei --help",
        ),
        (
            ("jobs", "list", "--limit", "多数"),
            "--limit の値が正しくありません。整数です(1〜1000)。 (VALUE_INVALID)",
        ),
        (("demo", "--people", "1", "--port", "80"), "(OPTION_UNKNOWN)"),
    ],
)
def test_what_is_not_understood_is_told_in_one_line_of_the_same_form(
    tmp_path: Path, arguments: Sequence[str], told: str
) -> None:
    code, out, err = run(tmp_path, *arguments)
    assert (code, out, err.count("\n"), err.startswith("juminzei: ")) == (2, "", 1, True)
    assert told in err
    assert "多数" not in err


def test_a_refused_start_has_the_same_form(tmp_path: Path) -> None:
    code, _, err = run(tmp_path, "settings", JUMINZEI_PORT="many")
    assert (code, err.count("\n")) == (2, 1)
    assert err.startswith("juminzei: 起動できません。")
    assert err.endswith(" (START_REFUSED)\n")


def test_a_token_for_the_terminal_is_no_unknown_variable_and_is_hidden(tmp_path: Path) -> None:
    result = invoke(tmp_path, "settings", "--json", JUMINZEI_TOKEN="eyJ.secret")
    assert result.exit_code == 0
    assert "eyJ.secret" not in result.output
