"""The hooks that 宛名 answers, its commands, and what stops the start."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from click.testing import CliRunner

from core import loading
from core.checks import CheckState
from core.clock import Clock
from core.errors import StartError
from core.runtime import Runtime
from core.settings import DATA_DIR, PROFILE, Settings, Sources
from core.storage.database import Database
from plugins import atena
from plugins.atena import permissions
from plugins.atena.vault.keyring import key_file, open_keyring

GRANTED = {str(getattr(permissions, name)) for name in dir(permissions) if name.isupper()}


class OneDatabase:
    """Enough of a Runtime for a command: settings, and the test's database."""

    def __init__(self, settings: Settings, url: str) -> None:
        self.settings = settings
        self.url = url

    def open_database(self) -> Any:
        return _Opened(self.url)


class _Opened:
    def __init__(self, url: str) -> None:
        self.database = Database(url)

    async def __aenter__(self) -> Database:
        return self.database

    async def __aexit__(self, *_: object) -> None:
        await self.database.close()


def production(tmp_path: Path) -> Settings:
    environ = {"JUMINZEI_PROFILE": "production", "JUMINZEI_DATA_DIR": str(tmp_path)}
    return Settings([PROFILE, DATA_DIR, *atena.settings()], Sources(environ))


def test_it_goes_through_the_door() -> None:
    assert "atena" in loading.assemble({"atena": atena})


def test_the_policy_grants_exactly_what_fields_ask_for(policy: Any) -> None:
    assert {str(permission) for permission in policy.permissions} == GRANTED


@pytest.mark.parametrize(
    ("role", "numbers"),
    [
        ("tax_clerk", {"read", "search", "write"}),
        ("tax_chief", {"read", "search", "write"}),
        ("other_office", {"mask"}),
        ("administrator", set()),
        ("auditor", set()),
    ],
)
def test_who_may_do_what_with_my_numbers(policy: Any, role: str, numbers: set[str]) -> None:
    granted = policy.grants([f"role:{role}"])
    assert {permission.action for permission in granted if permission.object == "atena.my_number"} == numbers


def test_menu_entries_lead_where_somebody_may_go(policy: Any) -> None:
    entries = atena.menu()
    assert len({entry.id for entry in entries}) == len(entries)
    assert all(entry.permission in policy.permissions for entry in entries)


def test_production_does_not_serve_without_a_key_file(tmp_path: Path) -> None:
    runtime = cast("Runtime", SimpleNamespace(settings=production(tmp_path)))

    with pytest.raises(StartError, match=r"vault\.keys"):
        atena.services(runtime)


def test_nothing_runs_beside_the_server(settings: Settings) -> None:
    assert atena.services(cast("Runtime", SimpleNamespace(settings=settings))) == []


async def test_selfcheck_reports_the_vault(settings: Settings, database: Database) -> None:
    checks = await atena.selfcheck(
        cast("Runtime", SimpleNamespace(settings=settings, clock=Clock())), database
    )
    assert [(check.name, check.state) for check in checks] == [
        ("個人番号の保管庫", CheckState.OK),
        ("住記連携", CheckState.OK),
        ("共通基盤への宛名情報連携", CheckState.OK),
    ]


async def test_selfcheck_reports_a_missing_key_file(tmp_path: Path, database: Database) -> None:
    runtime = cast("Runtime", SimpleNamespace(settings=production(tmp_path), clock=Clock()))
    [check, *_] = await atena.selfcheck(runtime, database)
    assert check.state is CheckState.FAILED


def test_a_key_file_is_made_by_command_once(tmp_path: Path) -> None:
    runtime = SimpleNamespace(settings=production(tmp_path))
    [group] = atena.commands()

    done = CliRunner().invoke(group, ["create-vault-key"], obj=runtime)
    again = CliRunner().invoke(group, ["create-vault-key"], obj=runtime)

    assert done.exit_code == 0
    assert open_keyring(runtime.settings).current.version == 1
    assert isinstance(again.exception, StartError)


def test_rotation_by_command(settings: Settings, address: Any) -> None:
    runtime = OneDatabase(settings, address.app_url)
    [group] = atena.commands()
    open_keyring(settings)

    done = CliRunner().invoke(group, ["rotate-vault-key"], obj=runtime)

    assert done.output == "鍵の版 2: 0 件を暗号化し直しました。\n"
    assert len(key_file(settings).read_text().splitlines()) == 2
