"""Under which account the server runs, who may connect, and that nobody's permissions are changed for it."""

import os
import pwd
import shutil
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import pytest

from core.errors import StartError
from core.storage.embedded import ServerState, embedded_server, status
from core.storage.embedded.account import Account
from core.storage.embedded.binaries import PACKAGE, PROGRAMS, copy_of
from core.storage.embedded.cluster import Cluster

JOINER = Path(__file__).parent / "joiner.py"
HOUSE = Path(__file__).parents[4]
root_only = pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")


@pytest.fixture(scope="module")
def data_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("city")


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that every account can reach."""
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


def nobody() -> Account:
    entry = pwd.getpwnam("nobody")
    return Account(entry.pw_name, entry.pw_uid, entry.pw_gid)


def run_as(account: Account, *command: object, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(word) for word in command],
        user=account.uid,
        group=account.gid,
        extra_groups=[],
        cwd="/",
        env={"PATH": os.defpath, **environment},
        input="",
        capture_output=True,
        text=True,
        check=False,
    )


def modes(path: Path) -> list[int]:
    return [stat.S_IMODE(folder.stat().st_mode) for folder in (path, *path.parents)]


@root_only
def test_root_hands_the_server_to_another_account_without_opening_a_folder(tmp_path: Path) -> None:
    tmp_path.chmod(0o700)
    before = modes(tmp_path)
    with embedded_server(tmp_path / "city"):
        cluster = Cluster.below(tmp_path / "city")
        pid = (cluster.data / "postmaster.pid").read_text().split()[0]
        user = subprocess.check_output(("ps", "-o", "user=", "-p", pid), text=True).strip()
        assert user == cluster.account.name != "root"
        assert modes(tmp_path) == before
        assert (stat.S_IMODE(cluster.folder.stat().st_mode), cluster.folder.owner()) == (0o700, "root")


@root_only
def test_other_accounts_cannot_reach_the_socket(data_dir: Path) -> None:
    with embedded_server(data_dir):
        cluster = Cluster.below(data_dir)
        tried = run_as(
            nobody(), cluster.programs / "psql", "-h", cluster.socket_folder, "-U", "juminzei_app", "-l"
        )
    assert (tried.returncode, "Permission denied" in tried.stderr) == (2, True)


@pytest.mark.parametrize("role", ["postgres", "nobody", "juminzei"])
async def test_only_the_two_roles_are_let_in(data_dir: Path, role: str) -> None:
    refused = pytest.raises(asyncpg.InvalidAuthorizationSpecificationError)
    with embedded_server(data_dir) as address, refused:
        await asyncpg.connect(address.app_url.replace("juminzei_app", role))


@root_only
@pytest.mark.parametrize("root_first", [False, True])
def test_normal_user_runs_it_too(open_folder: Path, *, root_first: bool) -> None:
    """Also on data that root made, or has used in between."""
    account, interpreter = nobody(), _interpreter_for(nobody())
    home = open_folder / "home"
    home.mkdir(mode=0o700)
    os.chown(home, account.uid, account.gid)
    paths = os.pathsep.join((str(HOUSE), *filter(lambda path: "site-packages" in path, sys.path)))
    if root_first:
        assert run_as(account, "mkdir", "-m", "700", home / "pg").returncode == 0
        with embedded_server(home):
            pass
    for _ in range(2):
        joined = run_as(account, interpreter, JOINER, home, PYTHONPATH=paths)
        assert (joined.stderr, joined.returncode) == ("", 0)
        assert joined.stdout.startswith("postgresql://juminzei_app@")
    assert status(home) is ServerState.STOPPED
    with embedded_server(home):
        assert status(home) is ServerState.RUNNING
    assert {path.owner() for path in home.rglob("*")} == {"nobody"}
    assert run_as(account, interpreter, JOINER, home, PYTHONPATH=paths).returncode == 0


def test_folder_of_somebody_else_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Cluster.below(tmp_path)
    monkeypatch.setattr(os, "geteuid", lambda: 54321)
    with pytest.raises(StartError, match="belongs to user id"), embedded_server(tmp_path):
        pass


@root_only
def test_account_without_a_name_is_refused(open_folder: Path) -> None:
    (open_folder / "pg").mkdir()
    os.chown(open_folder / "pg", 54321, 54321)
    with pytest.raises(StartError, match="user id 54321 has no name"), embedded_server(open_folder):
        pass


@root_only
def test_programs_in_a_closed_environment_are_copied_to_where_they_can_run(open_folder: Path) -> None:
    installed = Path(sys.prefix) / "lib" / f"python3.{sys.version_info.minor}" / "site-packages"
    assert (installed / PACKAGE).is_dir()
    copy = copy_of(installed, open_folder / "copy")
    assert copy_of(installed, open_folder / "copy") == copy
    assert run_as(nobody(), copy / PROGRAMS / "postgres", "--version").stdout.startswith(
        "postgres (PostgreSQL) 18"
    )
    assert run_as(nobody(), copy / PROGRAMS / "pg_isready", "--version").returncode == 0
    assert [path.name for path in open_folder.iterdir()] == ["copy"]


def _interpreter_for(account: Account) -> str:
    """Find a Python that `account` can run: root's own may lie in a closed folder."""
    for candidate in (sys.executable, "/usr/bin/python3", "/usr/local/bin/python3"):
        try:
            if (
                run_as(account, candidate, "-c", "import sys; assert sys.version_info >= (3, 11)").returncode
                == 0
            ):
                return candidate
        except PermissionError:
            continue
    pytest.skip("no Python that another account can run")
