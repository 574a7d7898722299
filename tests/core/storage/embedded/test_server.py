"""The embedded server's life: shared, stopped by the last one, up again after any kill."""

import asyncio
import contextlib
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import asyncpg
import pytest

from core.errors import StartError
from core.storage.embedded import ServerState, embedded_server, erase, status, stop
from core.storage.embedded.cluster import Cluster

JOINER = Path(__file__).parent / "joiner.py"
PATIENCE = 30
"""Seconds after which something that should have happened is taken for not happening."""


class Command:
    """A process that has joined the server and can be killed."""

    def __init__(self, data_dir: Path) -> None:
        command = (sys.executable, JOINER, data_dir)
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def url(self) -> str:
        """Wait until it has joined; empty if it could not."""
        assert self.process.stdout is not None
        return self.process.stdout.readline().strip()

    def leave(self) -> int:
        self.process.communicate("\n")
        return self.process.returncode

    def kill(self) -> None:
        self.process.kill()
        self.process.communicate()


Join = Callable[[], Command]


@pytest.fixture(scope="module")
def data_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("city")


@pytest.fixture
def join(data_dir: Path) -> Iterator[Join]:
    commands: list[Command] = []

    def start() -> Command:
        commands.append(Command(data_dir))
        return commands[-1]

    yield start
    for command in commands:
        command.kill()
    stop(data_dir)


def comes_to(data_dir: Path, state: ServerState) -> bool:
    deadline = time.monotonic() + PATIENCE
    while status(data_dir) is not state and time.monotonic() < deadline:
        time.sleep(0.02)
    return status(data_dir) is state


def postmaster(data_dir: Path) -> int:
    return int((Cluster(data_dir / "pg").data / "postmaster.pid").read_text().split()[0])


def supervisor(data_dir: Path) -> int:
    return int(subprocess.check_output(("ps", "-o", "ppid=", "-p", str(postmaster(data_dir)))))


def server_processes(data_dir: Path) -> list[int]:
    """The supervisor, the postmaster and its children; fewer while they come and go."""
    try:
        parents = [supervisor(data_dir), postmaster(data_dir)]
    except (OSError, IndexError, subprocess.CalledProcessError):
        return []
    below = subprocess.run(("ps", "-o", "pid=", "--ppid", str(parents[1])), capture_output=True, check=False)
    return [pid for pid in (*parents, *map(int, below.stdout.split())) if pid > 1]


def kill(*pids: int) -> None:
    for pid in pids:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


async def ask(url: str, statement: str = "SELECT 1") -> object:
    """Ask the server, again and again while it is not there."""
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            connection = await asyncpg.connect(url, timeout=5)
            try:
                return await connection.fetchval(statement)
            finally:
                await connection.close()
        except (OSError, asyncpg.PostgresConnectionError, asyncpg.OperatorInterventionError):
            if time.monotonic() > deadline:
                raise
            await asyncio.sleep(0.05)


async def test_data_is_still_there_the_next_time(data_dir: Path) -> None:
    with embedded_server(data_dir) as address:
        await ask(address.owner_url, "CREATE TABLE kept AS SELECT 42 AS answer")
        assert status(data_dir) is ServerState.RUNNING
    assert status(data_dir) is ServerState.STOPPED
    with embedded_server(data_dir) as address:
        assert await ask(address.owner_url, "TABLE kept") == 42


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("server_version_num", r"^18\d{4}$"),
        ("server_encoding", "^UTF8$"),
        ("data_checksums", "^on$"),
        ("fsync", "^on$"),
        ("synchronous_commit", "^on$"),
        ("io_method", "^sync$"),
        ("listen_addresses", "^$"),
        ("unix_socket_permissions", "^0700$"),
        ("log_min_messages", "^log$"),
    ],
)
async def test_server_is_set_up_soundly(data_dir: Path, setting: str, value: str) -> None:
    with embedded_server(data_dir) as address:
        question = f"SELECT current_setting('{setting}') ~ '{value}'"
        assert await ask(address.app_url, question) is True


@pytest.mark.parametrize(
    "truth",
    ["'ア漢字' ~ '^\\w+$'", "upper('é') = 'É'", "'ア' < 'イ'", "normalize('ﾊﾟ', NFKC) = 'パ'"],
)
async def test_japanese_text_works(data_dir: Path, truth: str) -> None:
    with embedded_server(data_dir) as address:
        assert await ask(address.app_url, f"SELECT {truth}") is True


async def test_one_process_may_use_it_twice(data_dir: Path) -> None:
    with embedded_server(data_dir) as address:
        with embedded_server(data_dir) as again:
            assert again == address
        assert await ask(address.app_url) == 1
    assert status(data_dir) is ServerState.STOPPED


async def test_two_commands_share_it_and_the_last_one_stops_it(data_dir: Path, join: Join) -> None:
    first, second = join(), join()
    assert first.url() == (url := second.url()) != ""
    assert first.leave() == 0
    assert (status(data_dir), await ask(url)) == (ServerState.RUNNING, 1)
    assert second.leave() == 0
    assert status(data_dir) is ServerState.STOPPED


async def test_many_start_it_at_once(tmp_path: Path) -> None:
    commands = [Command(tmp_path) for _ in range(5)]
    urls = {command.url() for command in commands}
    assert len(urls) == 1
    assert await ask(urls.pop()) == 1
    assert [command.leave() for command in commands] == [0] * 5
    assert status(tmp_path) is ServerState.STOPPED


async def test_server_stops_when_its_only_user_is_killed(data_dir: Path, join: Join) -> None:
    command = join()
    command.url()
    command.kill()
    assert comes_to(data_dir, ServerState.STOPPED)


async def test_killed_user_does_not_take_the_server_from_the_other(data_dir: Path, join: Join) -> None:
    first, second = join(), join()
    url = (first.url(), second.url())[0]
    first.kill()
    assert await ask(url) == 1
    assert second.leave() == 0
    assert status(data_dir) is ServerState.STOPPED


async def test_killed_postmaster_comes_back_with_all_commits(data_dir: Path) -> None:
    with embedded_server(data_dir) as address:
        await ask(address.owner_url, "CREATE TABLE acknowledged AS SELECT 7 AS n")
        before = postmaster(data_dir)
        kill(before)
        assert await ask(address.owner_url, "TABLE acknowledged") == 7
        assert postmaster(data_dir) != before
    assert status(data_dir) is ServerState.STOPPED


async def test_killed_supervisor_takes_the_server_down_and_the_next_command_starts_it(data_dir: Path) -> None:
    with embedded_server(data_dir):
        kill(supervisor(data_dir))
        assert comes_to(data_dir, ServerState.STOPPED)
        with embedded_server(data_dir) as address:
            assert await ask(address.app_url) == 1
    assert status(data_dir) is ServerState.STOPPED


async def test_everything_killed_at_once_starts_again(data_dir: Path, join: Join) -> None:
    command = join()
    command.url()
    victims = server_processes(data_dir)
    command.process.kill()
    kill(*victims)
    command.kill()
    with embedded_server(data_dir) as address:
        assert await ask(address.app_url) == 1


async def test_stale_file_that_names_a_living_process_is_no_obstacle(data_dir: Path) -> None:
    stale = Cluster.below(data_dir).data / "postmaster.pid"
    stale.write_text(f"{os.getpid()}\n{stale.parent}\n1\n5432\nrun\n\n  0  0\nready   \n")
    with embedded_server(data_dir) as address:
        assert await ask(address.app_url) == 1


async def test_half_made_data_directory_is_made_anew(tmp_path: Path) -> None:
    draft = Cluster.below(tmp_path).folder / "data.new"
    draft.mkdir()
    (draft / "PG_VERSION").write_text("18")
    with embedded_server(tmp_path) as address:
        assert await ask(address.app_url) == 1


async def test_stop_takes_it_from_its_users_and_the_next_one_starts_it(data_dir: Path, join: Join) -> None:
    url = join().url()
    assert await ask(url) == 1
    assert stop(data_dir) is True
    assert status(data_dir) is ServerState.STOPPED
    assert stop(data_dir) is False
    assert await ask(join().url()) == 1


async def test_server_that_cannot_start_says_why(tmp_path: Path) -> None:
    with embedded_server(tmp_path):
        pass
    with (Cluster.below(tmp_path).data / "postgresql.conf").open("a") as file:
        file.write("shared_buffers = 'much'\n")
    with (
        pytest.raises(StartError, match=r"did not start: .*configuration file .* contains errors"),
        embedded_server(tmp_path),
    ):
        pass
    assert status(tmp_path) is ServerState.STOPPED


async def test_bad_setting_leaves_no_half_made_server(tmp_path: Path) -> None:
    with pytest.raises(StartError, match="initdb"), embedded_server(tmp_path, server_settings={"no": "1"}):
        pass
    with embedded_server(tmp_path) as address:
        assert await ask(address.app_url) == 1


@pytest.mark.parametrize("name", ["深" * 60, "a,b", "with space", "100%"])
async def test_data_folder_may_have_any_name(tmp_path: Path, name: str) -> None:
    with embedded_server(tmp_path / name) as address:
        assert await ask(address.app_url) == 1


async def test_erase_waits_for_nobody_and_deletes_all(tmp_path: Path) -> None:
    with embedded_server(tmp_path), pytest.raises(StartError, match="a command is using"):
        erase(tmp_path)
    erase(tmp_path)
    assert status(tmp_path) is ServerState.ABSENT


async def test_log_never_holds_data(data_dir: Path) -> None:
    with embedded_server(data_dir) as address, pytest.raises(asyncpg.DataError, match="123456789018x"):
        await ask(address.app_url, "SELECT '123456789018x'::int")
    assert "123456789018" not in Cluster.below(data_dir).log.read_text()


@pytest.mark.slow
async def test_twenty_five_kills_lose_no_acknowledged_commit(data_dir: Path) -> None:
    """Writers go on while anything is killed at random; what was acknowledged is there at the end."""
    chance = random.Random(2026)
    acknowledged: set[int] = set()
    with embedded_server(data_dir) as address:
        await ask(address.owner_url, "CREATE TABLE IF NOT EXISTS acks (n int)")
        for round_number in range(25):
            writing = asyncio.create_task(write(address.owner_url, round_number * 100_000, acknowledged))
            await asyncio.sleep(chance.uniform(0.05, 0.4))
            victims = server_processes(data_dir)[1:]
            kill(*chance.sample(victims, min(1, len(victims))))
            await asyncio.wait({writing}, timeout=1)
            writing.cancel()
            await asyncio.gather(writing, return_exceptions=True)
        await ask(address.owner_url)
        connection = await asyncpg.connect(address.owner_url)
        found = {row["n"] for row in await connection.fetch("TABLE acks")}
        await connection.close()
    assert len(acknowledged) > 25
    assert acknowledged - found == set()
    assert status(data_dir) is ServerState.STOPPED


async def write(url: str, first: int, acknowledged: set[int]) -> None:
    """Insert numbers, each committed, until the server is taken away."""
    await ask(url)
    with contextlib.suppress(OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
        connection = await asyncpg.connect(url)
        try:
            for number in range(first, first + 100_000):
                await connection.execute("INSERT INTO acks VALUES ($1)", number)
                acknowledged.add(number)
        finally:
            connection.terminate()


@pytest.mark.slow
async def test_twenty_five_killed_commands_leave_a_server_that_starts(data_dir: Path, join: Join) -> None:
    chance = random.Random(2026)
    for _ in range(25):
        command = join()
        await asyncio.sleep(chance.uniform(0, 0.5))
        victims = server_processes(data_dir)
        command.kill()
        for pid in victims[: chance.randrange(3)]:
            kill(pid)
    assert comes_to(data_dir, ServerState.STOPPED)
    with embedded_server(data_dir) as address:
        assert await ask(address.app_url) == 1
