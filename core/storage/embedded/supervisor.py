"""The process that keeps one embedded server up.

It is the postmaster's parent, so a dead postmaster is reaped at once and started again; and it waits for the
users' lock, so the server also stops when its last user was killed.
"""

import ctypes
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from core.storage.embedded.account import give_to_owner_of
from core.storage.embedded.cluster import Cluster
from core.storage.embedded.locks import FileLock, wait_until

START_SECONDS = 120
"""How long a start may take: recovery after a crash reads all of the log that was pending."""
WATCH_SECONDS = 0.2
RESTARTS = 50
"""Attempts to start again; the first ones can fail while the dead server's last children leave."""
SOCKET_ONLY = ("listen_addresses=", "unix_socket_directories=run", "unix_socket_permissions=0700")
READY = "ready"
PR_SET_PDEATHSIG = 1


class Supervisor:
    """Starts the postmaster, starts it again when it dies, stops it when nobody uses it."""

    def __init__(self, cluster: Cluster, lock: int) -> None:
        self.cluster = cluster
        self.lock = lock
        self.log = cluster.log.open("ab")
        give_to_owner_of(cluster.folder, self.log.fileno())
        self.postmaster = self._launch()

    def is_up(self) -> bool:
        """Wait until the server takes connections; False if it exits instead, or takes too long."""
        process, deadline = self.postmaster, time.monotonic() + START_SECONDS
        wait_until(lambda: process.poll() is not None or self.cluster.is_ready(), deadline)
        if process.poll() is None and not self.cluster.is_ready():
            self._stop()
        return process.poll() is None

    def run(self) -> None:
        """Keep the server up until somebody stops it or its last user is gone."""
        with self.cluster.users_lock() as users:
            while not self._stopped(users) and self._restarted():
                pass

    def _stopped(self, users: FileLock) -> bool:
        """Wait for the postmaster to end; tell whether it was meant to."""
        while True:
            try:
                return self.postmaster.wait(WATCH_SECONDS) == 0
            except subprocess.TimeoutExpired:
                if users.try_exclusive():
                    self._stop()

    def _restarted(self) -> bool:
        for _ in range(RESTARTS):
            self.postmaster = self._launch()
            if self.is_up():
                return True
            if self.postmaster.returncode == 0:  # somebody stopped it before it was ready
                return False
            time.sleep(WATCH_SECONDS)
        return False

    def _stop(self) -> None:
        self.postmaster.send_signal(signal.SIGINT)
        self.postmaster.wait()

    def _launch(self) -> subprocess.Popen[bytes]:
        # We hold the server's lock, so whatever process a left-over file names is not a server of ours.
        for left_over in (self.cluster.data / "postmaster.pid", *(self.cluster.data / "run").iterdir()):
            left_over.unlink(missing_ok=True)
        options = [word for setting in SOCKET_ONLY for word in ("-c", setting)]
        return self.cluster.spawn(
            "postgres",
            *options,
            folder=self.cluster.data,
            output=self.log,
            keep=(self.lock,),
            prepare=_die_with_me,
        )


def main(folder: str, lock: str) -> None:
    """Detach from the caller, start the server, print `READY` or the reason against it, keep it up.

    `lock` is the inherited descriptor of the server's lock, which is handed on to PostgreSQL.
    """
    if os.fork():
        os._exit(0)
    os.setsid()
    os.chdir("/")
    cluster = Cluster(Path(folder))
    before = cluster.log.stat().st_size if cluster.log.exists() else 0
    supervisor = Supervisor(cluster, int(lock))
    if not supervisor.is_up():
        sys.stdout.write(_last_words(cluster.log, before))
        return
    print(READY, flush=True)  # noqa: T201 - the report that the caller waits for
    for output in (sys.stdout, sys.stderr):
        os.dup2(supervisor.log.fileno(), output.fileno())
    supervisor.run()


def _last_words(log: Path, start: int) -> str:
    lines = log.read_bytes()[start:].decode(errors="replace").splitlines()
    fatal = [line for line in lines if "FATAL:" in line or "PANIC:" in line]
    return (fatal or lines or ["it wrote nothing"])[-1]


def _die_with_me() -> None:
    # Linux only; elsewhere a server whose supervisor was killed runs on and is stopped by the next command.
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGINT)
