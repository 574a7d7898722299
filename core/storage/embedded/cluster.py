"""The files of one embedded server, and how its programs are run in them.

pg/          0700, belongs to whoever made it: only that account (and root) comes in
  users      every command that uses the server holds a shared lock here
  server     the supervisor and every PostgreSQL process hold one lock here: free means nothing runs
  log        what the server wrote
  data/      the PostgreSQL data directory, belongs to the server's account
"""

import hashlib
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import IO
from urllib.parse import quote

from core.errors import StartError
from core.storage.address import ServerAddress
from core.storage.embedded.account import Account, account_for, owner_of, running_as_root
from core.storage.embedded.binaries import programs_for
from core.storage.embedded.locks import FileLock

DATABASE = "juminzei"
OWNER_ROLE = "juminzei_owner"
APP_ROLE = "juminzei_app"
PORT = 5432
LONGEST_SOCKET_PATH = 103
"""Bytes that a Unix socket's path may have on every system (Linux allows 107, macOS 103)."""


@dataclass(frozen=True)
class Cluster:
    """One embedded server's folder; see the module's picture."""

    folder: Path

    @classmethod
    def below(cls, data_dir: Path) -> "Cluster":
        """Open, or prepare, the server's folder under `data_dir`; raises StartError if it is another's."""
        folder = data_dir.absolute() / "pg"
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            owner = folder.stat().st_uid
        except OSError as error:
            raise StartError(f"embedded PostgreSQL: {folder}: {error.strerror}") from None
        if os.geteuid() not in (0, owner):
            raise StartError(f"embedded PostgreSQL: {folder} belongs to user id {owner}")
        return cls(folder)

    @property
    def data(self) -> Path:
        return self.folder / "data"

    @property
    def log(self) -> Path:
        return self.folder / "log"

    @cached_property
    def account(self) -> Account:
        """The account that the server runs under."""
        return account_for(self.folder, self.data)

    @cached_property
    def programs(self) -> Path:
        """The folder of PostgreSQL's programs."""
        return programs_for(self.account)

    @property
    def peers(self) -> set[str]:
        """The accounts that may connect: whoever made this folder, and root."""
        return {"root", owner_of(self.folder).name}

    def users_lock(self) -> FileLock:
        return FileLock(self.folder / "users")

    def server_lock(self) -> FileLock:
        return FileLock(self.folder / "server")

    @cached_property
    def socket_folder(self) -> Path:
        """The folder of the server's socket, by a path that is short and plain enough for a client."""
        folder = self.data / "run"
        longest = len(os.fsencode(folder / f".s.PGSQL.{PORT}"))
        plain = longest <= LONGEST_SOCKET_PATH and "," not in str(folder)
        return folder if plain else _short_link(folder)

    def address(self) -> ServerAddress:
        """Return the URLs for both roles."""
        host = quote(str(self.socket_folder), safe="")
        owner, app = (
            f"postgresql://{role}@/{DATABASE}?host={host}&port={PORT}" for role in (OWNER_ROLE, APP_ROLE)
        )
        return ServerAddress(owner_url=owner, app_url=app)

    def is_ready(self) -> bool:
        """Ask the server whether it takes connections."""
        target = ("-h", str(self.socket_folder), "-p", str(PORT), "-U", APP_ROLE, "-d", DATABASE)
        command = (self.programs / "pg_isready", "-q", *target)
        return subprocess.run(command, check=False).returncode == 0  # noqa: S603 - our own program

    def spawn(
        self,
        program: str,
        *arguments: str,
        folder: Path,
        output: int | IO[bytes],
        keep: Sequence[int] = (),
        prepare: Callable[[], None] | None = None,
    ) -> subprocess.Popen[bytes]:
        """Start a PostgreSQL program on the data directory `folder`, as the server's account."""
        as_root = running_as_root()
        # As root the working directory names the data: it is entered before the account changes, so no
        # folder above it has to let that account through.
        data = "/proc/self/cwd" if as_root and sys.platform == "linux" else str(folder)
        return subprocess.Popen(  # noqa: S603 - our own program, no foreign argument
            (self.programs / program, *arguments),
            cwd=folder,
            env={"PGDATA": data, "PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"},
            user=self.account.uid if as_root else None,
            group=self.account.gid if as_root else None,
            extra_groups=[] if as_root else None,
            umask=0o077,
            stdin=subprocess.PIPE,
            stdout=output,
            stderr=subprocess.STDOUT,
            pass_fds=keep,
            preexec_fn=prepare,
        )


def _short_link(folder: Path) -> Path:
    """Return a short path to `folder`: a link in a private folder of the temporary directory."""
    shelf = Path(tempfile.gettempdir()) / f"juminzei-{os.geteuid()}"
    shelf.mkdir(mode=0o700, exist_ok=True)
    found = shelf.lstat()
    if found.st_uid != os.geteuid() or found.st_mode & 0o777 != 0o700 or shelf.is_symlink():
        raise StartError(f"embedded PostgreSQL: {shelf} is not a private folder of this user")
    link = shelf / hashlib.sha256(os.fsencode(folder)).hexdigest()[:16]
    draft = Path(f"{link}.{os.getpid()}")
    draft.symlink_to(folder)
    draft.rename(link)
    return link
