"""Sealing and opening one number. A seal is bound to person, column and key: it cannot be moved."""

import secrets
from collections.abc import Mapping
from typing import Any, NamedTuple

from cryptography.exceptions import InvalidTag
from sqlalchemy import Row

from plugins.atena.errors import SealBroken
from plugins.atena.vault.keyring import Key, Keyring

NONCE_BYTES = 12


class Sealed(NamedTuple):
    """A number as it is stored: the columns of `atena.my_number`."""

    sealed: bytes
    blind_index: bytes
    key_version: int


def seal(keyring: Keyring, person_id: int, number: str) -> Sealed:
    """Seal `number` (twelve digits) for one person with the key in use."""
    key = keyring.current
    nonce = secrets.token_bytes(NONCE_BYTES)
    text = key.cipher.encrypt(nonce, number.encode("ascii"), _bound_to(person_id, key))
    return Sealed(nonce + text, blind_index(keyring, number), key.version)


def sealed_content(keyring: Keyring, person_id: int, number: str, source: str = "") -> Mapping[str, Any]:
    """Return what a revision of `atena.my_number` says; `source` names the document that stated it."""
    return {**seal(keyring, person_id, number)._asdict(), "source": source}


def unseal(keyring: Keyring, person_id: int, stored: Sealed | Row[Any]) -> str:
    """Open what was sealed for this person; raises SealBroken if it was sealed for another or altered."""
    key = keyring.keys.get(stored.key_version)
    if key is None:
        raise SealBroken
    nonce, text = stored.sealed[:NONCE_BYTES], stored.sealed[NONCE_BYTES:]
    try:
        return key.cipher.decrypt(nonce, text, _bound_to(person_id, key)).decode("ascii")
    except InvalidTag:
        raise SealBroken from None


def blind_indexes(keyring: Keyring, number: str) -> list[bytes]:
    """Return under which indexes the number may stand: rotations before decision 0085 made it anew."""
    return [_index(key, number) for key in keyring.keys.values()]


def blind_index(keyring: Keyring, number: str) -> bytes:
    """Return what the number is found by. The first key makes it: documents keep it over every rotation."""
    return _index(keyring.first, number)


def _index(key: Key, number: str) -> bytes:
    return key.index.digest(number.encode("ascii"))


def _bound_to(person_id: int, key: Key) -> bytes:
    return f"atena.my_number.sealed:{person_id}:{key.version}".encode("ascii")
