"""Receiving (受付): what came is compared with what was announced, and kept before anybody reads it."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy.exc import IntegrityError

from plugins.atena.api import Keyring
from plugins.shiryo.errors import AlreadyImported, FileTooLarge
from plugins.shiryo.manifest import Announced, Manifest
from plugins.shiryo.queries import deliveries, work_items
from plugins.shiryo.service.kinds import has_header
from plugins.shiryo.service.originals import sealed_chunks
from plugins.shiryo.work import Work

FILE_LIMIT = 1 << 29
JOURNAL_TYPE = "shiryo.delivery"

MISSING_FILE = "MISSING_FILE"
UNANNOUNCED_FILE = "UNANNOUNCED_FILE"
SHA256_DIFFERS = "SHA256_DIFFERS"


@dataclass(frozen=True, slots=True)
class Received:
    """A delivery that was entered; `held_for` is the code of the first difference, or empty."""

    delivery_id: int
    held_for: str


async def receive(work: Work, keyring: Keyring, manifest: Manifest, files: Mapping[str, bytes]) -> Received:
    """Enter a delivery with its files by name.

    A difference from the manifest holds it whole. Raises AlreadyImported if any of the files counts already
    (its delivery and state are in the details), FileTooLarge.
    """
    digests = {name: hashlib.sha256(data).digest() for name, data in files.items()}
    if any(len(data) > FILE_LIMIT for data in files.values()):
        raise FileTooLarge(limit=FILE_LIMIT)
    await _refuse_repeated(work, digests)
    held_for = _difference(manifest, digests)
    sender_id = await deliveries.sender_id(work.session, manifest.sender)
    delivery_id = await deliveries.add_delivery(work, manifest, sender_id, held_for)
    try:
        for announced in _all_files(manifest, files):
            await _keep(work, keyring, delivery_id, announced, files.get(announced.name), live=not held_for)
    except IntegrityError:
        raise AlreadyImported from None
    if held_for:
        await work_items.open_for_delivery(work, delivery_id, held_for)
    work.journal.wrote(JOURNAL_TYPE, str(delivery_id), {"files"})
    return Received(delivery_id, held_for)


def count_records(data: bytes, *, has_header: bool) -> int:
    """Count records without reading them: lines that are not empty; for XML, the filled forms."""
    if data.lstrip(b"\xef\xbb\xbf \r\n\t").startswith(b"<"):
        return data.count(b"<KOA020 ") + data.count(b"<KOA020>")
    lines = sum(1 for line in data.splitlines() if line.strip(b" ,\x1a"))
    return max(lines - has_header, 0)


async def _refuse_repeated(work: Work, digests: Mapping[str, bytes]) -> None:
    if len(set(digests.values())) < len(digests):
        raise AlreadyImported
    for known in await deliveries.live_files(work.session, list(digests.values())):
        raise AlreadyImported(delivery=known.delivery_id, state=known.state)


def _difference(manifest: Manifest, digests: Mapping[str, bytes]) -> str:
    announced = {each.name: each.sha256 for each in manifest.files}
    if announced.keys() - digests.keys():
        return MISSING_FILE
    if digests.keys() - announced.keys():
        return UNANNOUNCED_FILE
    differs = any(sha256 not in (None, digests[name]) for name, sha256 in announced.items())
    return SHA256_DIFFERS if differs else ""


def _all_files(manifest: Manifest, files: Mapping[str, bytes]) -> list[Announced]:
    announced = {each.name for each in manifest.files}
    return [*manifest.files, *(Announced(name) for name in files if name not in announced)]


async def _keep(
    work: Work, keyring: Keyring, delivery_id: int, announced: Announced, data: bytes | None, *, live: bool
) -> None:
    if data is None:
        await deliveries.add_file(work.session, delivery_id, announced, {"is_live": False})
        return
    received = {
        "sha256": hashlib.sha256(data).digest(),
        "size": len(data),
        "received_records": count_records(data, has_header=has_header(announced.kind)),
        "is_live": live,
    }
    file_id = await deliveries.add_file(work.session, delivery_id, announced, received)
    await deliveries.add_chunks(work.session, sealed_chunks(keyring, file_id, data))
