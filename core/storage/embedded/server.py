"""Using the embedded server: join it or start it, leave it, stop it, look at it."""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from types import MappingProxyType

from core.errors import StartError
from core.storage.address import ServerAddress
from core.storage.embedded.cluster import Cluster
from core.storage.embedded.creation import create
from core.storage.embedded.locks import FileLock, wait_until
from core.storage.embedded.supervisor import READY, START_SECONDS

STOP_SECONDS = 60
NO_SETTINGS: Mapping[str, str] = MappingProxyType({})


class ServerState(StrEnum):
    """How the embedded server of a data folder stands."""

    ABSENT = "absent"
    STOPPED = "stopped"
    RUNNING = "running"


@contextmanager
def embedded_server(
    data_dir: Path, *, server_settings: Mapping[str, str] = NO_SETTINGS
) -> Iterator[ServerAddress]:
    """Lend the server of `data_dir`, making and starting it if need be; the last to leave stops it.

    `server_settings` are written into a newly made server's configuration. Raises StartError, with the
    server's own reason, if it cannot be made or started.
    """
    cluster = Cluster.below(data_dir)
    deadline = time.monotonic() + START_SECONDS
    with cluster.users_lock() as users:
        if not wait_until(users.try_shared, deadline):
            raise StartError(f"embedded PostgreSQL: the server in {cluster.folder} does not finish stopping")
        try:
            _ensure_running(cluster, server_settings, deadline)
            yield cluster.address()
        finally:
            if users.try_exclusive():
                _shut_down(cluster)


def stop(data_dir: Path) -> bool:
    """Stop the server, whoever uses it; return whether it ran. Raises StartError if it will not stop."""
    cluster = Cluster.below(data_dir)
    was_running = not _is_free(cluster)
    _shut_down(cluster)
    return was_running


def status(data_dir: Path) -> ServerState:
    """Look at the server without starting anything."""
    if not (data_dir / "pg" / "data").exists():
        return ServerState.ABSENT
    return ServerState.STOPPED if _is_free(Cluster.below(data_dir)) else ServerState.RUNNING


def erase(data_dir: Path) -> None:
    """Delete all data, for ever; raises StartError while a command uses the server."""
    cluster = Cluster.below(data_dir)
    with cluster.users_lock() as users:
        if not users.try_exclusive():
            raise StartError("embedded PostgreSQL: a command is using the database, so it is not erased")
        _shut_down(cluster)
        shutil.rmtree(cluster.data, ignore_errors=True)


def _ensure_running(cluster: Cluster, settings: Mapping[str, str], deadline: float) -> None:
    if not wait_until(lambda: _started_by_us(cluster, settings) or cluster.is_ready(), deadline):
        raise StartError(f"embedded PostgreSQL: not ready after {START_SECONDS} s, see {cluster.log}")


def _started_by_us(cluster: Cluster, settings: Mapping[str, str]) -> bool:
    """Start the server if nothing of it runs; False means that another process is at it."""
    with cluster.server_lock() as lock:
        if not lock.try_exclusive():
            return False
        if not cluster.data.exists():
            create(cluster, settings)
        report = _run_supervisor(cluster, lock)
    if report != READY:
        raise StartError(f"embedded PostgreSQL did not start: {report}")
    return True


def _run_supervisor(cluster: Cluster, lock: FileLock) -> str:
    """Start the supervisor and wait for its report: READY, or the reason of a failure."""
    command = (sys.executable, "-P", "-m", "core.storage.embedded", str(cluster.folder), str(lock.descriptor))
    done = subprocess.run(  # noqa: S603 - our own module
        command,
        pass_fds=(lock.descriptor,),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
    )
    return done.stdout.decode(errors="replace").strip()


def _shut_down(cluster: Cluster) -> None:
    told: set[int] = set()
    if not wait_until(lambda: _is_free(cluster) or _tell(cluster, told), time.monotonic() + STOP_SECONDS):
        raise StartError(f"embedded PostgreSQL: the server in {cluster.folder} does not stop")


def _is_free(cluster: Cluster) -> bool:
    with cluster.server_lock() as lock:
        return lock.try_exclusive()


def _tell(cluster: Cluster, told: set[int]) -> bool:
    """Ask the postmaster, once, for a fast shutdown; always False, for it is not down yet."""
    with contextlib.suppress(FileNotFoundError, ProcessLookupError, ValueError, IndexError):
        pid = int((cluster.data / "postmaster.pid").read_text().split()[0])
        if pid not in told:
            os.kill(pid, signal.SIGINT)
            told.add(pid)
    return False
