"""The received bytes: sealed piece by piece when they come, opened to be read or shown, never changed."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

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


async def originals(session: ReadSession, keyring: Keyring, file_ids: Sequence[int]) -> Mapping[int, bytes]:
    """Return the bytes of files by id; raises SealBroken."""
    pieces: defaultdict[int, list[bytes]] = defaultdict(list)
    for row in await deliveries.chunks_of_files(session, file_ids):
        place = _place(row.file_id, row.number)
        pieces[row.file_id].append(open_parcel(keyring, place, Parcel(row.key_version, row.sealed)))
    return {file_id: b"".join(pieces[file_id]) for file_id in file_ids}


def _place(file_id: int, number: int) -> str:
    return f"shiryo.chunk:{file_id}:{number}"
