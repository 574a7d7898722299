"""Receiving (受付): what came is compared with what was announced, and kept before anybody reads it."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from sqlalchemy import Row
from sqlalchemy.exc import IntegrityError

from core.work import Work
from plugins.atena.api import Keyring, Moment, eltax_holders
from plugins.shiryo.errors import AlreadyImported, FileTooLarge
from plugins.shiryo.manifest import ELTAX_USER, Announced, Manifest
from plugins.shiryo.queries import deliveries, work_items
from plugins.shiryo.queries.deliveries import Entered
from plugins.shiryo.service.kinds import has_header
from plugins.shiryo.service.originals import sealed_chunks

_Delivered: TypeAlias = tuple[int, str, str, str]

FILE_LIMIT = 1 << 29
JOURNAL_TYPE = "shiryo.delivery"

MISSING_FILE = "MISSING_FILE"
UNANNOUNCED_FILE = "UNANNOUNCED_FILE"
SHA256_DIFFERS = "SHA256_DIFFERS"
ELTAX_USER_UNKNOWN = "ELTAX_USER_UNKNOWN"


@dataclass(frozen=True, slots=True)
class Received:
    """A delivery that was entered; `held_for` is the code of the first difference, or empty."""

    delivery_id: int
    held_for: str


@dataclass(frozen=True, slots=True)
class Parcel:
    """A delivery that came: its manifest, and its files by name."""

    manifest: Manifest
    files: Mapping[str, bytes]


@dataclass(frozen=True, slots=True)
class _Weighed:
    """A parcel, the digests of its files, and the first difference from its manifest."""

    parcel: Parcel
    digests: Mapping[str, bytes]
    held_for: str


async def receive(work: Work, keyring: Keyring, manifest: Manifest, files: Mapping[str, bytes]) -> Received:
    """Enter one delivery with its files by name; see `receive_all`. Raises AlreadyImported, FileTooLarge."""
    [done] = await receive_all(work, keyring, [Parcel(manifest, files)])
    if isinstance(done, AlreadyImported):
        raise done
    return done


async def receive_all(
    work: Work, keyring: Keyring, parcels: Sequence[Parcel]
) -> Sequence[Received | AlreadyImported]:
    """Enter deliveries and say of each what became of it.

    A difference from the manifest holds a delivery whole. One of whose files the bytes count already is
    refused (its delivery and state are in the details), and so is one that is held already as it comes,
    with the same manifest, until two people have closed that. Raises FileTooLarge, and AlreadyImported where
    somebody else received the same bytes meanwhile: then nothing is entered.
    """
    weighed = [_weigh(parcel) for parcel in parcels]
    refused = await _repeated(work, weighed)
    fresh = [each for place, each in enumerate(weighed) if place not in refused]
    entered = iter(await _enter(work, keyring, fresh) if fresh else [])
    return [refused[place] if place in refused else next(entered) for place in range(len(weighed))]


def count_records(data: bytes, *, has_header: bool) -> int:
    """Count records without reading them: lines that are not empty; for XML, the filled forms."""
    if data.lstrip(b"\xef\xbb\xbf \r\n\t").startswith(b"<"):
        return data.count(b"<KOA020 ") + data.count(b"<KOA020>")
    lines = sum(1 for line in data.splitlines() if line.strip(b" ,\x1a"))
    return max(lines - has_header, 0)


def _weigh(parcel: Parcel) -> _Weighed:
    if any(len(data) > FILE_LIMIT for data in parcel.files.values()):
        raise FileTooLarge(limit=FILE_LIMIT)
    digests = {name: hashlib.sha256(data).digest() for name, data in parcel.files.items()}
    return _Weighed(parcel, digests, _difference(parcel.manifest, digests))


async def _repeated(work: Work, weighed: Sequence[_Weighed]) -> Mapping[int, AlreadyImported]:
    """Return by place what is refused: bytes that count already, or stand twice in what came together."""
    wanted = [digest for each in weighed for digest in each.digests.values()]
    live = {row.sha256: row for row in await deliveries.live_files(work.session, wanted)}
    refused = dict(await _held_already(work, weighed))
    seen: set[bytes] = set()
    seen_held: set[_Delivered] = set()
    for place, each in enumerate(weighed):
        digests = set(each.digests.values())
        known = next((live[digest] for digest in each.digests.values() if digest in live), None)
        if known is not None:
            refused[place] = AlreadyImported(delivery=known.delivery_id, state=known.state)
        elif digests & seen or len(digests) < len(each.digests):
            refused[place] = AlreadyImported()
        elif not each.held_for:
            seen |= digests
        elif (delivered := _delivered(each)) in seen_held:
            refused[place] = AlreadyImported()
        else:
            seen_held.add(delivered)
    return refused


async def _held_already(work: Work, weighed: Sequence[_Weighed]) -> Mapping[int, AlreadyImported]:
    """Return by place what is held already, manifest and bytes alike: it would only be counted twice."""
    codes = {each.parcel.manifest.sender.code for each in weighed}
    held = await deliveries.held_deliveries(work.session, codes)
    files = await deliveries.files_of(work.session, [row.id for row in held]) if held else {}
    known = {
        (row.tax_year, row.code, row.channel, _alike(map(_as_kept, files.get(row.id, ())))): row.id
        for row in held
    }
    found = {place: known.get(_delivered(each)) for place, each in enumerate(weighed) if known}
    return {
        place: AlreadyImported(delivery=delivery_id, state="held")
        for place, delivery_id in found.items()
        if delivery_id is not None
    }


def _delivered(each: _Weighed) -> _Delivered:
    """Return what is the same of a delivery that comes again: manifest and bytes."""
    manifest = each.parcel.manifest
    came = _alike(_as_came(each, announced) for announced in _all_files(manifest, each.parcel.files))
    return manifest.tax_year, manifest.sender.code, manifest.channel, came


def _as_came(each: _Weighed, announced: Announced) -> tuple[object, ...]:
    """Return what was announced of a file and the digest of what came; `_as_kept` is the same of a row."""
    totals = announced.totals if announced.sha256 is not None else None
    said = (announced.name, announced.kind, announced.version or "", announced.records, announced.sha256)
    return (*said, totals, each.digests.get(announced.name))


def _as_kept(row: Row[Any]) -> tuple[object, ...]:
    said = (row.name, row.kind, row.version, row.announced_records, row.announced_sha256)
    return (*said, row.announced_totals, row.sha256)


def _alike(files: Iterable[tuple[object, ...]]) -> str:
    """Return what is the same for the same files, in whatever order they stand."""
    return repr(sorted(repr(_plain(each)) for each in files))


def _plain(said: tuple[object, ...]) -> tuple[object, ...]:
    return tuple(sorted(each.items()) if isinstance(each, Mapping) else each for each in said)


async def _enter(work: Work, keyring: Keyring, weighed: Sequence[_Weighed]) -> Sequence[Received]:
    senders = {each.parcel.manifest.sender.code: each.parcel.manifest.sender for each in weighed}
    ids = await deliveries.sender_ids(work.session, list(senders.values()))
    manifests = [(each.parcel.manifest, ids[each.parcel.manifest.sender.code]) for each in weighed]
    delivery_ids = await deliveries.add_deliveries(
        work,
        [
            (manifest, sender_id, each.held_for)
            for (manifest, sender_id), each in zip(manifests, weighed, strict=True)
        ],
    )
    await _keep(work, keyring, delivery_ids, weighed)
    await _tell_unknown_users(work, manifests, delivery_ids)
    done = [Received(key, each.held_for) for key, each in zip(delivery_ids, weighed, strict=True)]
    for received in done:
        if received.held_for:
            await work_items.open_for_delivery(work, received.delivery_id, received.held_for)
        work.journal.wrote(JOURNAL_TYPE, str(received.delivery_id), {"files"})
    return done


async def _tell_unknown_users(
    work: Work, manifests: Sequence[tuple[Manifest, int]], delivery_ids: Sequence[int]
) -> None:
    """Open an item for each delivery under a 利用者ID that 宛名 does not know; the documents go on."""
    codes = {each.sender.code for each, _ in manifests if each.sender.kind == ELTAX_USER}
    if not codes:
        return
    known = await eltax_holders(work.session, sorted(codes), Moment(work.today))
    for (manifest, sender_id), delivery_id in zip(manifests, delivery_ids, strict=True):
        if manifest.sender.code in codes - known.keys():
            await work_items.add_item(
                work,
                code=ELTAX_USER_UNKNOWN,
                difference=0,
                is_blocking=False,
                tax_year=manifest.tax_year,
                sender_id=sender_id,
                delivery_id=delivery_id,
            )


async def _keep(
    work: Work, keyring: Keyring, delivery_ids: Sequence[int], weighed: Sequence[_Weighed]
) -> None:
    """Keep the files of deliveries, sealed."""
    kept = [
        (_entered(delivery_id, each, announced), each.parcel.files.get(announced.name))
        for delivery_id, each in zip(delivery_ids, weighed, strict=True)
        for announced in _all_files(each.parcel.manifest, each.parcel.files)
    ]
    try:
        file_ids = await deliveries.add_files(work.session, [entered for entered, _ in kept])
    except IntegrityError:
        raise AlreadyImported from None
    chunks = (
        row
        for file_id, (_, data) in zip(file_ids, kept, strict=True)
        if data is not None
        for row in sealed_chunks(keyring, file_id, data)
    )
    await deliveries.add_chunks(work.session, chunks)


def _entered(delivery_id: int, each: _Weighed, announced: Announced) -> Entered:
    data = each.parcel.files.get(announced.name)
    if data is None:
        return Entered(delivery_id, announced, is_live=False)
    records = count_records(data, has_header=has_header(announced.kind))
    return Entered(
        delivery_id, announced, each.digests[announced.name], len(data), records, is_live=not each.held_for
    )


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
