"""A real server for the tests: `juminzei serve` in processes of its own, spoken to over sockets."""

import asyncio
import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import httpx

COMMAND = (sys.executable, "-c", "from schema.main import main; main()")
PATIENCE = 60
"""Seconds after which what should have happened is taken for not happening."""


@dataclass
class Server:
    """A server at work; `log` holds what it complained of, `sheet` what the demo prints."""

    process: subprocess.Popen[bytes]
    url: str
    log: Path
    client: httpx.AsyncClient
    sheet: dict[str, Any]

    @property
    def place(self) -> tuple[str, int]:
        parts = urlsplit(self.url)
        return str(parts.hostname), int(parts.port or 0)

    async def ask(
        self, query: str, token: str = "", headers: Mapping[str, str] | None = None, **variables: Any
    ) -> httpx.Response:
        """Send one GraphQL request."""
        given = {"idempotency-key": str(uuid4()), **(headers or {})}
        if token:
            given["authorization"] = f"Bearer {token}"
        return await self.client.post(self.url, json={"query": query, "variables": variables}, headers=given)

    async def send(self, data: bytes, quiet: float = 10.0, patience: float = 15.0) -> bytes:
        """Send raw bytes on a connection of their own and return all that comes back.

        After the first answer, or `quiet` seconds without one, nothing more is sent; then the server has
        `patience` seconds to end the connection.
        """
        reader, writer = await asyncio.open_connection(*self.place)
        answer = b""
        try:
            writer.write(data)
            with contextlib.suppress(TimeoutError):
                answer = await asyncio.wait_for(reader.read(65_536), quiet)
            writer.write_eof()
            return answer + await asyncio.wait_for(reader.read(-1), patience)
        except OSError:
            return answer
        finally:
            writer.close()

    def workers(self) -> list[int]:
        """Return the worker processes."""
        found = subprocess.run(
            ("pgrep", "-P", str(self.process.pid), "-f", "spawn_main"), capture_output=True, check=False
        )
        return [int(line) for line in found.stdout.split()]

    def token(self, role: str) -> str:
        """Return the token of one of the demo's people."""
        return str(next(each["token"] for each in self.sheet["sign_ins"] if each["role"] == role))

    def stop(self, number: int = signal.SIGTERM) -> int:
        """Send a signal and return the exit code."""
        self.process.send_signal(number)
        return self.process.wait(PATIENCE)


def start(log: Path, environ: Mapping[str, str], *command: str) -> subprocess.Popen[bytes]:
    """Start a command of the house; what it complains of goes to `log`."""
    with log.open("wb") as out:
        return subprocess.Popen(
            [*COMMAND, *(command or ("serve",))],
            env={**os.environ, "JUMINZEI_PORT": "0", **environ},
            stdout=subprocess.PIPE,
            stderr=out,
        )


@asynccontextmanager
async def served(folder: Path, environ: Mapping[str, str], *command: str) -> AsyncIterator[Server]:
    """Run the server, and wait until it answers."""
    log = folder / f"server-{uuid4().hex[:8]}.log"
    process = start(log, environ, *command)
    try:
        assert process.stdout is not None
        line = (await asyncio.to_thread(process.stdout.readline)).decode().strip()
        assert line, log.read_text()
        sheet = json.loads(line) if line.startswith("{") else {"url": line}
        url = sheet["url"]
        async with httpx.AsyncClient(timeout=PATIENCE) as client:
            assert (await client.get(url.replace("/graphql", "/health"))).status_code == 200
            yield Server(process, url, log, client, sheet)
    finally:
        if process.poll() is None:
            process.terminate()
            try:
                await asyncio.to_thread(process.wait, PATIENCE)
            except subprocess.TimeoutExpired:
                process.kill()
        process.communicate()


async def eventually(check: Callable[[], Awaitable[bool]], patience: float = PATIENCE) -> bool:
    """Ask again and again until the answer is yes."""
    deadline = time.monotonic() + patience
    while time.monotonic() < deadline:
        if await check():
            return True
        await asyncio.sleep(0.1)
    return False
