"""Under which account the server runs: PostgreSQL refuses root, and initdb wants an account with a name."""

import os
import pwd
from dataclasses import dataclass
from pathlib import Path

from core.errors import StartError

SERVICE_ACCOUNTS = ("juminzei", "nobody")
"""Tried in this order when root starts the server. `nobody` is on every machine."""


@dataclass(frozen=True)
class Account:
    """An account of the operating system."""

    name: str
    uid: int
    gid: int


def running_as_root() -> bool:
    """Tell whether this process must hand the server to another account."""
    return os.geteuid() == 0


def owner_of(path: Path) -> Account:
    """Return the account that owns `path`; raises StartError when it has no name."""
    return _by_uid(path.stat().st_uid)


def give_to_owner_of(folder: Path, descriptor: int) -> None:
    """Have a file that root made in a user's folder belong to that user, who must be able to go on."""
    if running_as_root():
        owner = folder.stat()
        os.fchown(descriptor, owner.st_uid, owner.st_gid)


def account_for(folder: Path, data: Path) -> Account:
    """Choose the server's account: whoever owns the data, else the folder; never root."""
    owner = owner_of(data if data.exists() else folder)
    return _service_account() if owner.uid == 0 else owner


def _service_account() -> Account:
    for name in SERVICE_ACCOUNTS:
        try:
            return _account(pwd.getpwnam(name))
        except KeyError:
            continue
    raise StartError(f"embedded PostgreSQL: no account to run under, tried {', '.join(SERVICE_ACCOUNTS)}")


def _by_uid(uid: int) -> Account:
    try:
        return _account(pwd.getpwuid(uid))
    except KeyError:
        raise StartError(f"embedded PostgreSQL: user id {uid} has no name; give DATABASE_URL") from None


def _account(entry: pwd.struct_passwd) -> Account:
    return Account(entry.pw_name, entry.pw_uid, entry.pw_gid)
