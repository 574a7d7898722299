"""The key that signs checkpoints: given in production, made up elsewhere."""

import os
from pathlib import Path
from secrets import token_hex

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

from core.errors import StartError
from core.runtime import Runtime
from core.settings import DATA_DIR
from plugins.audit.settings import AUDIT_CHECKPOINT_DIR, AUDIT_SIGNING_KEY


def signing_key(runtime: Runtime) -> Ed25519PrivateKey:
    """Return the signing key; raises StartError when it is missing, unreadable or of another kind."""
    file = runtime.settings[AUDIT_SIGNING_KEY]
    if file == Path():
        if runtime.is_production:
            raise StartError("setting audit_signing_key is required in production (an Ed25519 key, PEM)")
        file = runtime.settings[DATA_DIR] / "audit" / "signing-key.pem"
        _make(file)
    return _read(file)


def checkpoint_folder(runtime: Runtime) -> Path:
    """Return the second place for checkpoints; raises StartError when production does not name one."""
    folder = runtime.settings[AUDIT_CHECKPOINT_DIR]
    if folder == Path():
        if runtime.is_production:
            raise StartError("setting audit_checkpoint_dir is required in production (on another machine)")
        folder = runtime.settings[DATA_DIR] / "audit" / "checkpoints"
    return folder


def public_pem(key: Ed25519PrivateKey) -> bytes:
    """Return the public key as PEM, for those who verify."""
    return key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def _make(file: Path) -> None:
    """Make a key unless there is one; of several processes at once, one wins and nobody reads half a key."""
    if file.exists():
        return
    file.parent.mkdir(parents=True, exist_ok=True)
    pem = Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    draft = file.with_name(f"{file.name}.{token_hex(8)}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
        out.write(pem)
    try:
        file.hardlink_to(draft)
    except FileExistsError:
        pass
    finally:
        draft.unlink()


def _read(file: Path) -> Ed25519PrivateKey:
    try:
        key = load_pem_private_key(file.read_bytes(), password=None)
    except (OSError, ValueError, TypeError):
        raise StartError(f"setting audit_signing_key: {file} is not a readable PEM key") from None
    if not isinstance(key, Ed25519PrivateKey):
        raise StartError(f"setting audit_signing_key: {file} is not an Ed25519 key")
    return key
