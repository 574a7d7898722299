"""Rotation of the vault's key: a new key, then every number sealed anew, while servers go on working.

That of the number cases too: they may wait for years.
"""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, Table

from core.settings import Settings
from core.storage.database import Database
from plugins.atena.queries.my_numbers import SEALED, lock_older_seals, one_seal_per_key, replace_seals
from plugins.atena.vault.keyring import Keyring, add_key, key_file, open_keyring
from plugins.atena.vault.seal import seal, unseal

BATCH = 2_000


@dataclass(frozen=True, slots=True)
class Rotated:
    """What a run did: the key now in use, and how many numbers it sealed anew."""

    key_version: int
    numbers: int


async def rotate(database: Database, settings: Settings, batch: int = BATCH) -> Rotated:
    """Add a key and seal every number with it; a run that was stopped is finished by the next one.

    Each batch is a transaction of its own. The old keys stay in the file: what a server had begun to write
    with one, and old backups, can still be read.
    """
    keyring = await _keyring_for(database, settings)
    numbers = 0
    for table in SEALED:
        while done := await _next_batch(database, keyring, table, batch):
            numbers += done
    return Rotated(keyring.current.version, numbers)


async def _keyring_for(database: Database, settings: Settings) -> Keyring:
    keyring = open_keyring(settings)
    async with database.read() as session:
        rows = [row for table in SEALED for row in await one_seal_per_key(session, table)]
    versions = [row.key_version for row in rows]
    if all(version == keyring.current.version for version in versions):
        add_key(key_file(settings), keyring.current.version + 1)
        return open_keyring(settings)
    return keyring


async def _next_batch(database: Database, keyring: Keyring, table: Table, batch: int) -> int:
    async with database.transaction() as session:
        rows = await lock_older_seals(session, table, keyring.current.version, batch)
        if rows:
            await replace_seals(session, table, [_anew(keyring, row) for row in rows])
    return len(rows)


def _anew(keyring: Keyring, row: Row[Any]) -> dict[str, Any]:
    number = unseal(keyring, row.person_id, row)
    return {"row_id": row.id, **seal(keyring, row.person_id, number)._asdict()}
