"""`juminzei db …`: what each command does, prints and refuses."""

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pluggy
import pytest
from click.testing import CliRunner, Result

from core import hooks
from core.access.policy import Policy
from core.commands.db import db_group
from core.errors import StartError
from core.hooks import hook
from core.plugins import Plugins
from core.runtime import Runtime
from core.settings import DATA_DIR, PROFILE, Settings, Sources
from core.storage.address import DATABASE_OWNER_URL, DATABASE_URL, external_address
from core.storage.embedded import ServerState, embedded_server, status
from core.storage.migrations import Migrations

Run = Callable[..., Result]


@pytest.fixture
def run(tmp_path: Path, sample: Migrations) -> Run:
    """Run one `db` command on a data folder of its own, with the given environment."""

    @hook
    def migrations() -> Migrations:
        return sample

    manager = pluggy.PluginManager(hooks.PROJECT)
    manager.add_hookspecs(hooks)
    manager.register(SimpleNamespace(migrations=migrations), "sample")
    plugins = Plugins(manager, ["sample"])

    def run(*arguments: str, answer: str | None = None, **environ: str) -> Result:
        sources = Sources({"JUMINZEI_DATA_DIR": str(tmp_path), "JUMINZEI_PROFILE": "demo", **environ})
        settings = Settings([DATA_DIR, PROFILE, DATABASE_URL, DATABASE_OWNER_URL], sources)
        runtime = Runtime(settings, plugins, Policy([]))
        return CliRunner().invoke(db_group, arguments, obj=runtime, input=answer)

    return run


def test_database_from_nothing_to_ready_to_gone(run: Run, tmp_path: Path) -> None:
    assert run("status").output == "組み込みデータベースはまだ作られていません。\n"
    assert run("migrate").output == "sample: - → 0002\nデータベースは最新です。\n"
    assert run("migrate").output == "データベースは最新です。\n"
    assert run("status").output == "組み込みデータベースは停止しています。\n"
    with embedded_server(tmp_path):
        assert run("status").output == "組み込みデータベースは動いています。\n問題はありません。\n"
        assert run("stop").output == "止めました。\n"
    assert run("stop").output == "動いていません。\n"
    assert run("reset", answer="n\n").exit_code == 1
    assert status(tmp_path) is ServerState.STOPPED
    assert run("reset", "--yes").output == "消しました。\n"
    assert status(tmp_path) is ServerState.ABSENT


def test_status_of_an_unmigrated_database_is_a_failure(run: Run, tmp_path: Path) -> None:
    with embedded_server(tmp_path):
        found = run("status")
    assert found.exit_code == 1
    assert "migration pending, run `juminzei db migrate`: sample: - → 0002" in found.output


@pytest.mark.parametrize(
    ("arguments", "environ", "reason"),
    [
        (("reset", "--yes"), {"JUMINZEI_PROFILE": "production"}, "profile is production"),
        (("reset", "--yes"), {"DATABASE_URL": "postgresql://app@db/city"}, "not ours"),
        (("stop",), {"DATABASE_URL": "postgresql://app@db/city"}, "not ours"),
        (("migrate",), {"DATABASE_URL": "postgresql://app@db/city"}, "database_owner_url"),
        (("migrate",), {"DATABASE_OWNER_URL": "postgresql://owner@db/city"}, "without database_url"),
        (("migrate",), {"DATABASE_URL": "mysql://app:secret@db/city"}, "must start with postgresql"),
    ],
)
def test_refusals(run: Run, arguments: tuple[str, ...], environ: dict[str, str], reason: str) -> None:
    done = run(*arguments, **environ)
    assert isinstance(done.exception, StartError)
    assert reason in str(done.exception)
    assert "secret" not in str(done.exception)


@pytest.mark.parametrize(
    ("url", "role"),
    [
        ("postgresql://juminzei_app@db/city", "juminzei_app"),
        ("postgresql://%E4%BD%8F%E6%B0%91:secret@db:5433/city?sslmode=verify-full", "住民"),
        ("postgresql:///city?host=/run/pg&user=web", "web"),
    ],
)
def test_grants_go_to_the_role_of_the_url(url: str, role: str) -> None:
    settings = Settings([DATABASE_URL, DATABASE_OWNER_URL], Sources({"DATABASE_URL": url}))
    address = external_address(settings)
    assert address is not None
    assert address.app_role == role
