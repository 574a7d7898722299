"""What goes wrong around a real server: clients that leave, a database that dies, workers that die."""

import asyncio
import contextlib
import os
import random
import signal
import socket
import subprocess
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path
from uuid import uuid4

import asyncpg
import pytest

from core.storage.address import DATABASE_URL, ServerAddress
from schema.testing import House, environ_of
from schema.workers import REFUSED
from tests.schema.server import PATIENCE, Server, eventually, served, start

REGISTER = "mutation($name: String!) { registerNonResident(input: {name: $name}) { atenaNumber } }"
FIND = "query($name: String!) { searchPersons(search: {name: $name}) { edges { node { atenaNumber } } } }"
ME = "{ me { number } }"
IDLE = "SELECT count(*) FROM pg_stat_activity WHERE datname = $1 AND state LIKE 'idle in transaction%'"
OPEN = "SELECT count(*) FROM pg_stat_activity WHERE datname = $1 AND application_name = 'juminzei'"


@pytest.fixture
async def live(house: House, tmp_path: Path, address: ServerAddress) -> AsyncIterator[Server]:
    """A server on the seeded database of this test."""
    async with served(tmp_path, environ_of(tmp_path, **{DATABASE_URL.variable: address.app_url})) as live:
        yield live


async def leave_early(live: Server, token: str, query: str, wait: float) -> None:
    """Send a whole request and go before its answer."""
    body = b'{"query":"%s","variables":{"name":"x%s"}}' % (query.encode(), uuid4().hex.encode())
    head = (
        "POST /graphql HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
        f"Authorization: Bearer {token}\r\nIdempotency-Key: {uuid4()}\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    reader, writer = await asyncio.open_connection(*live.place)
    del reader
    writer.write(head.encode() + body)
    await writer.drain()
    await asyncio.sleep(wait)
    writer.transport.abort()


@pytest.mark.slow
async def test_500_clients_that_leave_early_leave_nothing_behind(
    house: House, live: Server, address: ServerAddress
) -> None:
    token = house.people["tax_clerk"].token
    dice = random.Random(1)
    gate = asyncio.Semaphore(40)

    async def one(number: int) -> None:
        async with gate:
            await leave_early(live, token, (FIND, REGISTER)[number % 2], dice.random() / 20)

    await asyncio.gather(*map(one, range(500)))
    connection = await asyncpg.connect(address.owner_url)
    name = await connection.fetchval("SELECT current_database()")

    async def is_calm() -> bool:
        return bool(await connection.fetchval(IDLE, name) == 0)

    async def answers_everybody() -> bool:
        answers = await asyncio.gather(*(live.ask(ME, token) for _ in range(50)))
        return Counter(answer.status_code for answer in answers) == {200: 50}

    assert await eventually(is_calm)
    assert await eventually(answers_everybody)
    assert await connection.fetchval(OPEN, name) <= 20  # the pools of the test's own house and of the server
    assert "Traceback" not in live.log.read_text()
    await connection.close()


def kill_postmaster(folder: Path) -> None:
    pid = int((folder / "data" / "pg" / "data" / "postmaster.pid").read_text().split()[0])
    os.kill(pid, signal.SIGKILL)


@pytest.mark.slow
async def test_a_killed_database_gives_503_heals_by_itself_and_loses_nothing(tmp_path: Path) -> None:
    async with served(tmp_path, environ_of(tmp_path), "demo", "--people", "10", "--json") as live:
        token, seen = live.token("tax_clerk"), Counter[tuple[int, str]]()

        async def register(name: str) -> str:
            """Insist, as a client should, with the same key."""
            key = {"idempotency-key": str(uuid4())}
            while True:
                answer = await live.ask(REGISTER, token, key, name=name)
                content = answer.json()
                code = content["errors"][0]["extensions"]["code"] if "errors" in content else ""
                seen[answer.status_code, code] += 1
                if answer.status_code == 200 and not code:
                    return str(content["data"]["registerNonResident"]["atenaNumber"])
                assert answer.headers["retry-after"].isdigit(), (answer.status_code, code)
                await asyncio.sleep(0.05)

        async def client(number: int) -> dict[str, str]:
            made: dict[str, str] = {}
            while not killing.done():
                name = f"試験{number}の{len(made)}氏"
                made[name] = await register(name)
            return made

        async def is_back() -> bool:
            return (await live.ask(ME, token)).status_code == 200

        async def kill_three_times() -> None:
            for _ in range(3):
                await asyncio.sleep(2)
                kill_postmaster(tmp_path)
                assert await eventually(is_back, 10)

        killing = asyncio.create_task(kill_three_times())
        acknowledged = await asyncio.gather(*map(client, range(6)))
        await killing
        assert {status for status, _ in seen} == {200, 503}, seen
        for name, number in (pair for each in acknowledged for pair in each.items()):
            found = (await live.ask(FIND, token, name=name)).json()["data"]["searchPersons"]["edges"]
            assert [edge["node"]["atenaNumber"] for edge in found] == [number]
        assert "Traceback" not in live.log.read_text()


@pytest.mark.slow
async def test_a_database_that_was_stopped_for_a_while_is_found_again(tmp_path: Path) -> None:
    environ = environ_of(tmp_path)
    async with served(tmp_path, environ, "demo", "--people", "10", "--json") as live:
        token = live.token("tax_clerk")
        assert await exit_code(start(tmp_path / "stop.log", environ, "db", "stop")) == 0
        for _ in range(5):
            answer = await live.ask(ME, token)
            assert (answer.status_code, "retry-after" in answer.headers) == (503, True)
            await asyncio.sleep(0.6)
        assert await exit_code(start(tmp_path / "back.log", environ, "db", "migrate")) == 0

        async def is_back() -> bool:
            return (await live.ask(ME, token)).status_code == 200

        assert await eventually(is_back, 10)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_two_workers_serve_are_replaced_and_end_with_the_signal(
    number: int, tmp_path: Path, address: ServerAddress
) -> None:
    environ = environ_of(tmp_path, **{DATABASE_URL.variable: address.app_url, "JUMINZEI_WORKERS": "2"})
    async with served(tmp_path, environ) as live:
        before = set(live.workers())
        os.kill(min(before), signal.SIGKILL)

        async def is_replaced() -> bool:
            return len(before | set(live.workers())) == 3 and len(live.workers()) == 2

        assert await eventually(is_replaced)
        assert (await live.ask(ME)).status_code == 401
        workers = live.workers()
        assert live.stop(number) == 0
        assert not [pid for pid in workers if is_running(pid)]
        assert live.log.read_text().count("\n") == 1  # the death of the one worker


async def test_workers_end_when_their_parent_was_killed(tmp_path: Path, address: ServerAddress) -> None:
    environ = environ_of(tmp_path, **{DATABASE_URL.variable: address.app_url, "JUMINZEI_WORKERS": "2"})
    async with served(tmp_path, environ) as live:
        workers = live.workers()
        assert len(workers) == 2
        live.stop(signal.SIGKILL)

        async def are_gone() -> bool:
            return not any(map(is_running, workers))

        assert await eventually(are_gone)


def is_running(pid: int) -> bool:
    with contextlib.suppress(FileNotFoundError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    return False


@pytest.mark.parametrize("workers", ["1", "2"])
@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"JUMINZEI_PROFILE": "production"}, "is required in production"),
        ({"JUMINZEI_VAULT_KEY_FILE": __file__}, "vault key file"),
        ({"JUMINZEI_TRUSTED_PROXIES": "the proxy"}, "trusted_proxies"),
    ],
)
async def test_what_stands_against_serving_is_one_line_and_exit_2(
    workers: str, changed: dict[str, str], told: str, tmp_path: Path, address: ServerAddress
) -> None:
    environ = environ_of(tmp_path, **{DATABASE_URL.variable: address.app_url, "JUMINZEI_WORKERS": workers})
    log = tmp_path / "refused.log"
    assert await exit_code(start(log, environ | changed)) == REFUSED
    assert told in log.read_text()
    assert log.read_text().count("\n") == 1


async def exit_code(process: subprocess.Popen[bytes]) -> int:
    """Wait for the end of a process, and see to it that it ends."""
    try:
        await asyncio.to_thread(process.communicate, None, PATIENCE)
    finally:
        process.kill()
    return process.wait()


@pytest.mark.parametrize("workers", ["1", "2"])
async def test_pending_migrations_are_one_line_and_exit_2(
    workers: str, tmp_path: Path, server_without_migrations: str
) -> None:
    environ = environ_of(
        tmp_path, **{DATABASE_URL.variable: server_without_migrations, "JUMINZEI_WORKERS": workers}
    )
    log = tmp_path / "refused.log"
    assert await exit_code(start(log, environ)) == REFUSED
    assert "migration pending" in log.read_text()
    assert log.read_text().count("\n") == 1


@pytest.fixture
async def server_without_migrations(address: ServerAddress) -> AsyncIterator[str]:
    connection = await asyncpg.connect(address.at("postgres").owner_url)
    name = f"bare_{uuid4().hex[:12]}"
    await connection.execute(f"CREATE DATABASE {name}")
    yield address.at(name).app_url
    await connection.execute(f"DROP DATABASE {name} WITH (FORCE)")
    await connection.close()


async def test_a_port_that_is_taken_is_one_line_and_exit_2(tmp_path: Path) -> None:
    log = tmp_path / "refused.log"
    with socket.create_server(("127.0.0.1", 0)) as taken:
        environ = environ_of(tmp_path) | {"JUMINZEI_PORT": str(taken.getsockname()[1])}
        assert await exit_code(start(log, environ)) == REFUSED
    assert log.read_text().count("\n") == 1
