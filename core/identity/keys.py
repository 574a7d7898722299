"""The keys of identity, from files outside the database: signing (Ed25519) and sealing (AES-256-GCM)."""

import base64
import hashlib
import hmac
import os
import re
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from core.errors import StartError
from core.identity.settings import SEAL_KEYS, TOKEN_KEYS
from core.settings import DATA_DIR, PROFILE, Setting, Settings

PEM = re.compile(rb"-----BEGIN PRIVATE KEY-----.+?-----END PRIVATE KEY-----\n?", re.DOTALL)
KEY_ID, NONCE = 4, 12


@dataclass(frozen=True)
class SigningKeys:
    """The key that signs, and every key that verifies, by `kid`."""

    kid: str
    private: Ed25519PrivateKey
    public: Mapping[str, Ed25519PublicKey]


class SealKeys:
    """Seals short secrets for the database; a sealed value opens only in the place it was made for."""

    def __init__(self, keys: Sequence[bytes]) -> None:
        self._first = hashlib.sha256(keys[0]).digest()[:KEY_ID]
        self._marking = hashlib.sha256(b"mark" + keys[0]).digest()
        self._keys = {hashlib.sha256(key).digest()[:KEY_ID]: AESGCM(key) for key in keys}

    def seal(self, secret: bytes, place: str) -> bytes:
        """Encrypt `secret`, bound to `place` (for example the id of its row)."""
        nonce = os.urandom(NONCE)
        return self._first + nonce + self._keys[self._first].encrypt(nonce, secret, place.encode())

    def mark(self, text: str) -> bytes:
        """Return a keyed hash that tells equal texts apart from others without keeping the text."""
        return hmac.digest(self._marking, text.encode("utf-8", "replace"), "sha256")[:16]

    def open(self, sealed: bytes, place: str) -> bytes:
        """Decrypt; raises StartError when no key of the file fits, as after a wrong key file was put in."""
        key_id, nonce, text = sealed[:KEY_ID], sealed[KEY_ID : KEY_ID + NONCE], sealed[KEY_ID + NONCE :]
        try:
            return self._keys[key_id].decrypt(nonce, text, place.encode())
        except (KeyError, InvalidTag):
            raise StartError(
                f"setting {SEAL_KEYS.name}: no key of the file opens the stored secrets"
            ) from None


def signing_keys(settings: Settings) -> SigningKeys:
    """Load the keys that sign access tokens; raises StartError if they are missing or unreadable."""
    blocks = PEM.findall(_content(settings, TOKEN_KEYS, _new_signing_key))
    try:
        keys = [_ed25519(block) for block in blocks]
        first = keys[0]
    except (ValueError, IndexError):
        raise StartError(
            f"setting {TOKEN_KEYS.name}: the file must hold Ed25519 private keys as PEM"
        ) from None
    public = {_kid(key.public_key()): key.public_key() for key in keys}
    return SigningKeys(_kid(first.public_key()), first, public)


def seal_keys(settings: Settings) -> SealKeys:
    """Load the keys that seal secrets; raises StartError if they are missing or unreadable."""
    try:
        keys = [
            base64.b64decode(line, validate=True)
            for line in _content(settings, SEAL_KEYS, _new_seal_key).split()
        ]
    except ValueError:
        keys = []
    if not keys or any(len(key) != 32 for key in keys):
        raise StartError(f"setting {SEAL_KEYS.name}: the file must hold 32-byte keys in base64, one a line")
    return SealKeys(keys)


def _content(settings: Settings, setting: Setting[Path], make: Callable[[], bytes]) -> bytes:
    """Read a key file; in demo and development a missing setting means one of our own making."""
    file = settings[setting]
    if file == Path():
        if settings[PROFILE] == "production":
            raise StartError(f"setting {setting.name} is required in production: {setting.help}")
        file = settings[DATA_DIR] / "keys" / setting.name
        _create(file, make())
    try:
        if os.name == "posix" and file.stat().st_mode & 0o077:
            raise StartError(
                f"setting {setting.name}: the file must be readable by its owner only (chmod 600)"
            )
        return file.read_bytes()
    except OSError as error:
        raise StartError(f"setting {setting.name}: the file cannot be read ({error.strerror})") from None


def _create(file: Path, content: bytes) -> None:
    """Make a key file unless it is there; two processes at once end up with the same whole file."""
    if file.exists():
        return
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = file.with_name(f"{file.name}.{secrets.token_hex(8)}")
    try:
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
            out.write(content)
            out.flush()
            os.fsync(out.fileno())
        os.link(draft, file)
    except FileExistsError:
        return
    finally:
        draft.unlink(missing_ok=True)


def _ed25519(block: bytes) -> Ed25519PrivateKey:
    key = serialization.load_pem_private_key(block, None)
    if not isinstance(key, Ed25519PrivateKey):
        raise ValueError("not Ed25519")  # caught beside the parser's own ValueError
    return key


def _kid(key: Ed25519PublicKey) -> str:
    return hashlib.sha256(key.public_bytes_raw()).hexdigest()[:16]


def _new_signing_key() -> bytes:
    return Ed25519PrivateKey.generate().private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def _new_seal_key() -> bytes:
    return base64.b64encode(secrets.token_bytes(32)) + b"\n"
