"""The received bytes: sealed piece by piece when they come, opened to be read or shown, never changed."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import Row

from core.storage.database import ReadSession
from plugins.atena.api import Keyring, Parcel, open_parcel, seal_parcel
from plugins.shiryo.queries import deliveries

CHUNK_BYTES = 1 << 18


def sealed_chunks(keyring: Keyring, file_id: int, data: bytes) -> Iterator[tuple[object, ...]]:
    """Yield the rows of `shiryo.chunk` for a file."""
    for number, start in enumerate(range(0, len(data), CHUNK_BYTES)):
        parcel = seal_parcel(keyring, _place(file_id, number), data[start : start + CHUNK_BYTES])
        yield file_id, number, *parcel


async def original(
    session: ReadSession, keyring: Keyring, file_id: int, start: int = 0, length: int | None = None
) -> bytes:
    """Return the bytes of a file, or `length` of them from `start` on; raises SealBroken."""
    first = start // CHUNK_BYTES
    last = None if length is None else max(start + length - 1, start) // CHUNK_BYTES
    rows = await deliveries.chunks_of(session, file_id, first, last)
    data = b"".join(
        open_parcel(keyring, _place(file_id, row.number), Parcel(row.key_version, row.sealed)) for row in rows
    )
    begin = start - first * CHUNK_BYTES
    return data[begin : None if length is None else begin + length]


async def small_originals(
    session: ReadSession, keyring: Keyring, files: Sequence[Row[Any]]
) -> Mapping[int, bytes]:
    """Return by id the bytes of those files that are one chunk, read together; raises SealBroken."""
    small = [row.id for row in files if row.size is not None and row.size <= CHUNK_BYTES]
    rows = await deliveries.chunks_of_files(session, small)
    return {
        row.file_id: open_parcel(keyring, _place(row.file_id, 0), Parcel(row.key_version, row.sealed))
        for row in rows
    }


def _place(file_id: int, number: int) -> str:
    return f"shiryo.chunk:{file_id}:{number}"
