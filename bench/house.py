"""A throw-away deployment for benchmarks: a synthetic city in a folder, servers on loopback ports."""

import json
import os
import platform
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from typing import Any

BENCH = Path(__file__).parent
JUMINZEI = Path(sys.executable).parent / "juminzei"
ENTRY_POINT = "[juminzei.plugins]\nbench_instalments = bench_instalments\n"
WITH_AUDIT, WITHOUT_AUDIT = "atena,audit,bench_instalments", "atena,bench_instalments"
START_SECONDS = 60
INSTALMENTS = """
INSERT INTO bench.instalment
SELECT id, number, date '2026-06-30' + 30 * number, 10000 + id % 9000, 10000 * (number % 2),
       CASE number % 2 WHEN 1 THEN date '2026-06-20' + 30 * number END
FROM atena.person, generate_series(1, 12) number
"""


class Deployment:
    """The folder of a deployment and the environment that its commands run in."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        installed = folder / "installed" / "bench_instalments-0.dist-info"
        installed.mkdir(parents=True)
        (installed / "METADATA").write_text("Metadata-Version: 2.1\nName: bench-instalments\nVersion: 0\n")
        (installed / "entry_points.txt").write_text(ENTRY_POINT)

    @property
    def data_dir(self) -> Path:
        """Return the folder of the embedded database."""
        return self.folder / "data"

    def environ(self, plugins: str, **more: str) -> Mapping[str, str]:
        """Return the environment of a command, with these plug-ins switched on."""
        kept = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("JUMINZEI_", "DATABASE_"))
        }
        return {
            **kept,
            "PYTHONPATH": f"{self.folder / 'installed'}{os.pathsep}{BENCH}",
            "JUMINZEI_CONFIG": str(self.folder / "juminzei.toml"),
            "JUMINZEI_DATA_DIR": str(self.data_dir),
            "JUMINZEI_PROFILE": "demo",
            "JUMINZEI_PLUGINS": plugins,
            "JUMINZEI_REQUIRED_PLUGINS": "",
            **more,
        }

    def make_city(self, people: int) -> Mapping[str, str]:
        """Make the city, or use the one that is there; return the tokens of its staff by role."""
        command = [JUMINZEI, "demo", "--people", str(people), "--no-serve", "--json"]
        told = subprocess.run(command, env=self.environ(WITH_AUDIT), check=True, capture_output=True).stdout
        return {person["role"]: person["token"] for person in json.loads(told)["sign_ins"]}

    @contextmanager
    def serving(self, plugins: str, port: int) -> Iterator[subprocess.Popen[bytes]]:
        """Have `juminzei serve` run."""
        with running([JUMINZEI, "serve"], self.environ(plugins, JUMINZEI_PORT=str(port)), port) as process:
            yield process


@contextmanager
def running(
    command: Sequence[str | Path], environ: Mapping[str, str], port: int
) -> Iterator[subprocess.Popen[bytes]]:
    """Have a server run that answers on the port; it is gone after the block."""
    process = subprocess.Popen(command, env=environ, stdout=subprocess.DEVNULL)
    try:
        wait_until_open(port, process)
        yield process
    finally:
        process.terminate()
        process.wait(30)


def wait_until_open(port: int, process: subprocess.Popen[bytes]) -> None:
    """Wait until something listens on the port; raises RuntimeError if the process ends before."""
    deadline = time.monotonic() + START_SECONDS
    while process.poll() is None and time.monotonic() < deadline:
        try:
            return post(port, "{}", {}, path="/") and None
        except (urllib.error.HTTPError, ConnectionResetError):
            return None
        except OSError:
            time.sleep(0.02)
    raise RuntimeError(f"no server on port {port}")


def post(port: int, body: str, headers: Mapping[str, str], path: str = "/graphql") -> Any:
    """Send one request and return the parsed answer."""
    given = {"content-type": "application/json", **headers}
    request = urllib.request.Request(f"http://127.0.0.1:{port}{path}", body.encode(), given)
    with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310  # our own loopback server
        return json.loads(answer.read())


def free_port() -> int:
    """Return a port on which nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
        return port


def cpu_seconds(process: subprocess.Popen[bytes]) -> float:
    """Return the processor time that a process has used."""
    fields = Path(f"/proc/{process.pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def machine(*packages: str) -> str:
    """Return what the figures were taken on."""
    names = " ".join(f"{name} {version(name)}" for name in packages)
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    models = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    model, load = next(models, platform.processor()), os.getloadavg()[0]
    where = f"{model}, {os.cpu_count()} cores, load before {load:.1f}"
    return f"{where}; Python {platform.python_version()}; {names}"
