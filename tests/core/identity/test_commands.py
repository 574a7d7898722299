"""`juminzei staff …`, `clients …`, and one's own account: what each prints and refuses."""

import base64
import json
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import parse_qs, urlsplit

import click
import pluggy
import pytest
from click.testing import CliRunner, Result

from core import hooks
from core.access.journal import AccessRecord
from core.access.policy import Policy
from core.clock import JAPAN
from core.commands.access import access
from core.commands.account import change_password, enrol, sign_in
from core.commands.staff import clients, staff
from core.hooks import hook
from core.identity import totp
from core.identity.departments import REFERENCE_CITY
from core.identity.settings import SETTINGS
from core.plugins import Plugins
from core.runtime import Runtime
from core.settings import DATA_DIR, PROFILE, Settings, Sources
from core.storage.address import DATABASE_OWNER_URL, DATABASE_URL, ServerAddress
from core.storage.database import WriteSession

Run = Callable[..., Result]


@pytest.fixture
def told() -> list[AccessRecord]:
    """What a recording plug-in was told."""
    return []


@pytest.fixture
def run(address: ServerAddress, policy: Policy, tmp_path: Path, told: list[AccessRecord]) -> Run:
    """Run one command on the test's database."""

    @hook
    async def record_access(session: WriteSession, records: Sequence[AccessRecord]) -> None:
        told.extend(records)

    manager = pluggy.PluginManager(hooks.PROJECT)
    manager.add_hookspecs(hooks)
    manager.register(SimpleNamespace(record_access=record_access), "sample")
    sources = Sources(
        {"DATABASE_URL": address.app_url, "JUMINZEI_DATA_DIR": str(tmp_path), "JUMINZEI_PROFILE": "demo"}
    )
    settings = Settings([DATA_DIR, PROFILE, DATABASE_URL, DATABASE_OWNER_URL, *SETTINGS], sources)
    runtime = Runtime(settings, Plugins(manager, ["sample"]), policy)

    def run(group: click.Command, *arguments: str, typed: str = "") -> Result:
        return CliRunner().invoke(group, arguments, obj=runtime, input=typed)

    return run


def test_the_first_administrator_is_made_at_the_terminal(run: Run, told: list[AccessRecord]) -> None:
    assert run(staff, "departments", str(REFERENCE_CITY)).exit_code == 0
    arguments = ("900003", "管理 三郎", "0901", "--from", "2026-04-01")

    made = run(staff, "create", *arguments, "--role", "administrator")

    assert made.exit_code == 0
    assert made.output.startswith("利用開始コード: ")
    listed = run(staff, "list").output
    assert listed == "900003\t管理 三郎\t0901\t2026-04-01～\t有効\tadministrator\n"
    assert [(record.action, record.actor.number) for record in told] == [
        ("staff_created", "system"),
        ("role_granted", "system"),
    ]


def test_a_code_is_renewed_at_the_terminal(run: Run, told: list[AccessRecord]) -> None:
    run(staff, "departments", str(REFERENCE_CITY))
    first = run(staff, "create", "001234", "課税 花子", "0101").output

    renewed = run(staff, "renew", "001234")

    assert renewed.exit_code == 0
    assert renewed.output.startswith("利用開始コード: ")
    assert renewed.output != first
    assert told[-1].action == "enrolment_renewed"


def test_staff_are_granted_roles_and_barred(run: Run) -> None:
    run(staff, "departments", str(REFERENCE_CITY))
    run(staff, "create", "001234", "課税 花子", "0101", "--from", "2026-04-01")

    assert run(staff, "grant", "001234", "tax_clerk", "--to", "2099-04-01").exit_code == 0
    assert run(staff, "disable", "001234").exit_code == 0

    assert run(staff, "list").output == "001234\t課税 花子\t0101\t2026-04-01～\t停止\ttax_clerk\n"


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("create", "1", "x", "9999"), "VALIDATION"),
        (("disable", "999999"), "NOT_FOUND"),
        (("grant", "999999", "tax_clerk"), "NOT_FOUND"),
    ],
)
def test_a_refusal_is_one_line(arguments: Sequence[str], code: str, run: Run) -> None:
    result = run(staff, *arguments)

    assert result.exit_code == 1
    assert result.output.count("\n") == 1
    assert f"({code})" in result.output


def test_a_person_whose_role_is_refused_is_not_entered(run: Run) -> None:
    run(staff, "departments", str(REFERENCE_CITY))

    result = run(staff, "create", "1", "課税 花子", "0101", "--role", "unknown")

    assert "(ROLE_UNKNOWN)" in result.output
    assert run(staff, "list").output == ""


def test_programs_are_registered_listed_and_barred(run: Run) -> None:
    made = run(clients, "create", "jumin-018", "018", "住民記録", "--scope", "018:thing:read")

    assert made.exit_code == 0
    assert len(made.output.strip().removeprefix("クライアントシークレット: ")) == 43
    assert run(clients, "list").output == "jumin-018\t018\t住民記録\t有効\t018:thing:read\n"
    assert run(clients, "disable", "jumin-018").exit_code == 0
    assert "停止" in run(clients, "list").output
    assert "(NOT_FOUND)" in run(clients, "disable", "jumin-018").output


def test_a_review_names_who_may_what_and_when_they_last_used_it(
    run: Run, told: list[AccessRecord], policy: Policy
) -> None:
    run(staff, "departments", str(REFERENCE_CITY))
    run(staff, "create", "001234", "課税 花子", "0101", "--from", "2026-04-01", "--role", "tax_clerk")
    run(staff, "create", "001235", "課税 次郎", "0101", "--from", "2090-04-01", "--role", "tax_clerk")
    run(staff, "disable", "001234")

    listed = [line.split("\t") for line in run(access, "review").output.splitlines()]
    [first, _] = map(json.loads, run(access, "review", "--json").output.splitlines())

    assert [(line[0], line[3], line[6], line[7]) for line in listed] == [
        ("001234", "tax_clerk", "停止", "利用なし"),
        ("001235", "tax_clerk", "期間外", "利用なし"),
    ]
    assert listed[0][5].startswith("system 20")
    granted = sorted(map(str, policy.grants(["role:tax_clerk"])))
    assert (first["permissions"], listed[0][8]) == (granted, str(len(granted)))
    assert [record.action for record in told].count("access_reviewed") == 2


def test_a_review_names_who_keeps_an_account_without_a_role(run: Run) -> None:
    run(staff, "departments", str(REFERENCE_CITY))
    run(staff, "create", "001234", "課税 花子", "0101", "--from", "2026-04-01")
    run(staff, "create", "001235", "課税 次郎", "0101", "--from", "2026-04-01", "--to", "2026-05-01")

    listed = [line.split("\t") for line in run(access, "review").output.splitlines()]
    [ended, _] = map(json.loads, run(access, "review", "--json").output.splitlines())

    assert [line[0:1] + line[3:9] for line in listed] == [
        ["001234", "役割なし", "2026-04-01～", "", "有効", "利用なし", "0"],
        ["001235", "役割なし", "2026-04-01～2026-05-01", "", "期間外", "利用なし", "0"],
    ]
    assert (ended["role"], ended["granted"], ended["permissions"]) == ("", "", [])


def test_a_review_can_be_of_those_who_did_not_sign_in_for_long(run: Run, secret: bytes) -> None:
    run(staff, "create", "001299", "課税 三郎", "0101", "--from", "2026-04-01", "--role", "tax_clerk")
    run(staff, "grant", "100101", "tax_clerk")
    run(sign_in, "100101", typed=f"{PASSWORD}\n{code_of(secret)}\n")

    everybody = run(access, "review").output.splitlines()
    idle = run(access, "review", "--idle", "90").output.splitlines()

    assert {line.split("\t")[0] for line in everybody} >= {"001299"}
    assert [line.split("\t")[0] for line in idle] == ["001299"]
    used = next(line for line in everybody if not line.startswith("001299")).split("\t")[7]
    assert used == f"{datetime.now(JAPAN):%Y-%m-%d}"


PASSWORD = "correct-horse-battery"


@pytest.fixture
def secret(run: Run) -> bytes:
    """A clerk who enrolled at the terminal; what the authenticator holds."""
    run(staff, "departments", str(REFERENCE_CITY))
    code = run(staff, "create", "100101", "課税 花子", "0901").stdout.removeprefix("利用開始コード: ")
    done = run(enrol, "100101", typed=f"{code}{PASSWORD}\n{PASSWORD}\n")
    assert (done.exit_code, PASSWORD in done.output) == (0, False)
    uri = done.stdout.splitlines()[-1]
    return base64.b32decode(parse_qs(urlsplit(uri).query)["secret"][0])


def code_of(secret: bytes, later: int = 0) -> str:
    return totp.code_at(secret, totp.step_of(datetime.now(UTC)) + later)


def test_signing_in_prints_the_token_alone(run: Run, secret: bytes, told: list[AccessRecord]) -> None:
    done = run(sign_in, "100101", typed=f"{PASSWORD}\n{code_of(secret)}\n")

    assert (done.exit_code, done.stdout.count("\n"), done.stdout.count(".")) == (0, 1, 2)
    assert "JUMINZEI_TOKEN" in done.stderr
    assert PASSWORD not in done.output
    assert [(each.action, each.operation) for each in told][-2:] == [
        ("enrolled", "enrol"),
        ("sign_in", "sign-in"),
    ]


def test_a_wrong_password_gives_no_token(run: Run, secret: bytes) -> None:
    done = run(sign_in, "100101", typed=f"nonsense\n{code_of(secret)}\n")

    assert (done.exit_code, done.stdout, "INVALID_CREDENTIALS" in done.stderr) == (1, "", True)


def test_a_password_is_changed_with_the_old_one_and_a_code(run: Run, secret: bytes) -> None:
    new = "another-horse-battery"
    changed = run(change_password, "100101", typed=f"{PASSWORD}\n{code_of(secret)}\n{new}\n{new}\n")

    assert (changed.exit_code, changed.stdout) == (0, "パスワードを変更しました。\n")
    assert run(sign_in, "100101", typed=f"{PASSWORD}\n{code_of(secret, 1)}\n").exit_code == 1
    assert run(sign_in, "100101", typed=f"{new}\n{code_of(secret, 1)}\n").exit_code == 0
