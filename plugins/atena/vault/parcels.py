"""Sealing whole pieces of received files, which hold My Numbers and must be kept as they came.

A parcel is bound to where it stands (`place`), so that no piece can be moved to another file or position.
"""

import secrets
from typing import NamedTuple

from cryptography.exceptions import InvalidTag

from plugins.atena.errors import SealBroken
from plugins.atena.vault.keyring import Key, Keyring
from plugins.atena.vault.seal import NONCE_BYTES

DIGEST_BYTES = 16


class Parcel(NamedTuple):
    """Sealed bytes, and the version of the key that opens them."""

    key_version: int
    sealed: bytes


def seal_parcel(keyring: Keyring, place: str, data: bytes) -> Parcel:
    """Seal `data` with the key in use."""
    key = keyring.current
    nonce = secrets.token_bytes(NONCE_BYTES)
    return Parcel(key.version, nonce + key.cipher.encrypt(nonce, data, _bound_to(place, key)))


def open_parcel(keyring: Keyring, place: str, parcel: Parcel) -> bytes:
    """Open what was sealed for this place; raises SealBroken if it was altered or moved."""
    key = keyring.keys.get(parcel.key_version)
    if key is None:
        raise SealBroken
    nonce, text = parcel.sealed[:NONCE_BYTES], parcel.sealed[NONCE_BYTES:]
    try:
        return key.cipher.decrypt(nonce, text, _bound_to(place, key))
    except InvalidTag:
        raise SealBroken from None


def _bound_to(place: str, key: Key) -> bytes:
    return f"parcel:{place}:{key.version}".encode()


def blind_digest(keyring: Keyring, data: bytes) -> bytes:
    """Return a digest to compare by, useless without the keys. The first key makes it: rotations leave it."""
    return keyring.first.index.digest(b"digest:" + data)[:DIGEST_BYTES]
