"""The keys of the vault: a file outside of the database, one line `version:base64` per key, the last in use.

Old keys stay in the file, for backups were sealed with them. Each key is a master of 32 bytes, from which the
key for sealing and the key for the blind index are derived (HKDF-SHA-256), so neither tells the other.
"""

import base64
import binascii
import os
import secrets
import stat
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from core.errors import StartError
from core.settings import DATA_DIR, PROFILE, Setting, Settings
from plugins.atena.vault.mac import Mac

VAULT_KEY_FILE = Setting(
    "vault_key_file",
    str,
    "",
    "the keys of the My Number vault, readable by nobody else; empty: vault.keys in data_dir",
)
KEY_BYTES = 32


@dataclass(frozen=True)
class Key:
    """One version: `cipher` seals and opens, `index` makes blind indexes."""

    version: int
    cipher: AESGCM
    index: Mac


class Keyring:
    """All keys of one file by version: `current` seals, `first` makes every digest to compare by."""

    def __init__(self, masters: dict[int, bytes]) -> None:
        self.keys = {version: _derive(version, master) for version, master in masters.items()}
        self.current = self.keys[max(self.keys)]
        self.first = self.keys[min(self.keys)]


def open_keyring(settings: Settings) -> Keyring:
    """Return the keys as the file has them now (a rotation adds one while servers run).

    Raises StartError, in one line, for a file that is missing, unreadable, readable by others, or malformed.
    In demo and development a missing file is made.
    """
    file = key_file(settings)
    if settings[PROFILE] != "production" and not file.exists():
        create_key_file(file)
    return read_keyring(file)


def read_keyring(file: Path) -> Keyring:
    """Return the keys of a file, for processes that have no settings; raises StartError as `open_keyring`."""
    try:
        found = file.stat()
    except OSError as error:
        raise StartError(f"vault key file {file}: {error.strerror}") from None
    return _read(file, found.st_mode, found.st_mtime_ns, found.st_ino)


def key_file(settings: Settings) -> Path:
    """Return the path of the key file."""
    given = settings[VAULT_KEY_FILE]
    return Path(given) if given else settings[DATA_DIR] / "vault.keys"


def create_key_file(file: Path) -> None:
    """Make a key file with a first key; leaves a file alone that somebody else makes at the same time."""
    file.parent.mkdir(parents=True, exist_ok=True)
    draft = _write_draft(file, _line(1))
    try:
        os.link(draft, file)
    except FileExistsError:
        pass
    finally:
        draft.unlink()


def add_key(file: Path, version: int) -> None:
    """Append a new key as `version`; the file is replaced whole or not at all."""
    _write_draft(file, file.read_text(encoding="ascii") + _line(version)).replace(file)


@lru_cache(maxsize=4)
def _read(file: Path, mode: int, _modified: int, _inode: int) -> Keyring:
    """Read the file; cached until it is replaced, for deriving the keys costs more than using them."""
    if stat.S_IMODE(mode) & 0o077:
        raise StartError(f"vault key file {file} must not be accessible to others (chmod 600)")
    try:
        lines = file.read_text(encoding="ascii").splitlines()
        masters = dict(_parse(line) for line in lines)
    except (OSError, ValueError):
        raise StartError(f"vault key file {file} cannot be read as lines of version:base64") from None
    if not masters or len(masters) != len(lines) or any(len(key) != KEY_BYTES for key in masters.values()):
        raise StartError(
            f"vault key file {file} must hold keys of {KEY_BYTES} bytes, each with its own version"
        )
    return Keyring(masters)


def _parse(line: str) -> tuple[int, bytes]:
    version, _, key = line.partition(":")
    try:
        return int(version), base64.b64decode(key, validate=True)
    except binascii.Error:
        raise ValueError("not base64") from None


def _line(version: int) -> str:
    return f"{version}:{base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode()}\n"


def _write_draft(file: Path, text: str) -> Path:
    draft = file.with_name(f".{file.name}.{secrets.token_hex(4)}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as opened:
        opened.write(text)
        opened.flush()
        os.fsync(opened.fileno())
    return draft


def _derive(version: int, master: bytes) -> Key:
    sealing, index = (
        HKDF(SHA256(), KEY_BYTES, salt=None, info=b"juminzei atena.my_number " + purpose).derive(master)
        for purpose in (b"sealed", b"blind_index")
    )
    return Key(version, AESGCM(sealing), Mac(index))
