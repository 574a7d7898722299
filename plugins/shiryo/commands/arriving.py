"""Deliveries as they lie on disk: folders are searched for manifests, and read some hundred at a time."""

import asyncio
import os
import time
from collections.abc import AsyncGenerator, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

import click

from plugins.shiryo.errors import KindUnknown, ManifestInvalid
from plugins.shiryo.manifest import Announced, Manifest, parse_manifest
from plugins.shiryo.service.kinds import kind_of
from plugins.shiryo.service.receiving import Parcel as Arrived

MANIFEST = "manifest.json"
"""The name of a manifest, alone or behind another name and a dot."""
TOGETHER = 500
"""Deliveries that are received in one transaction."""
MOST_BYTES = 1 << 26
"""Bytes after which no further delivery is received with them."""
MOST_SECONDS = 0.5
"""Seconds after which a slow medium is left for a moment: whatever else is under way goes on meanwhile."""
LARGE = 1 << 20
"""Bytes from which a file is read in a thread."""


@dataclass(frozen=True, slots=True)
class Parcel:
    """One delivery on disk: its manifest, and its files by the name that the manifest gives them."""

    manifest: Manifest
    paths: dict[str, Path]


class Folders:
    """The deliveries in folders, in the order of their manifests; a bad manifest stops no other.

    Raises ManifestInvalid where there is no manifest at all.
    """

    def __init__(self, folders: Sequence[Path]) -> None:
        found = (path for folder in sorted(folders) for path in _manifests(str(folder)))
        first = next(found, None)
        if first is None:
            raise ManifestInvalid(field="", rule="missing")
        self._manifests = chain([first], found)
        self.refused = 0

    def __iter__(self) -> Iterator[Parcel]:
        for path in self._manifests:
            try:
                yield _beside(path)
            except ManifestInvalid as refusal:
                self.refused += 1
                place = refusal.details["field"]
                click.echo(f"{path}: {refusal.text} ({refusal.code}) field={place}", err=True)


def parcel(manifest_path: Path, places: Sequence[Path]) -> Parcel:
    """Find the files of a manifest among files and folders that were given; missing ones are left out."""
    manifest = parse_manifest(manifest_path.read_bytes())
    given = {path.name: path for path in places if path.is_file()}
    folders = [path for path in places if path.is_dir()]
    paths = dict(given)
    for announced in manifest.files:
        name = Path(announced.name).name
        inside = (folder / announced.name for folder in folders)
        path = paths.pop(name, None) or next((path for path in inside if path.is_file()), None)
        if path is not None:
            paths[announced.name] = path
    return Parcel(manifest, paths)


def _beside(manifest_path: str) -> Parcel:
    """Find the files of a manifest in its own folder: `parcel` for as many as a city has."""
    folder, _, _ = manifest_path.rpartition(os.sep)
    with open(manifest_path, "rb") as file:  # noqa: PTH123  # a Path of each costs as much as reading it
        manifest = parse_manifest(file.read())
    places = {announced.name: Path(folder, announced.name) for announced in manifest.files}
    return Parcel(manifest, {name: path for name, path in places.items() if path.is_file()})


async def batches(parcels: Iterable[Parcel]) -> AsyncGenerator[Sequence[Arrived], None]:
    """Yield deliveries with their bytes, some hundred at a time, or what came within a moment."""
    rest = iter(parcels)
    while read := await _read(rest):
        yield read


async def _read(parcels: Iterator[Parcel]) -> Sequence[Arrived]:
    read: list[Arrived] = []
    size, began = 0, time.monotonic()
    for each in parcels:
        files = {name: await _bytes_of(path) for name, path in each.paths.items()}
        read.append(Arrived(_with_kinds(each.manifest, files), files))
        size += sum(map(len, files.values()))
        if len(read) == TOGETHER or size >= MOST_BYTES or time.monotonic() - began >= MOST_SECONDS:
            break
    return read


async def _bytes_of(path: Path) -> bytes:
    """Read a file; a small one without a thread, which would wait at each call for whoever is at work."""
    data = _bytes_if_small(path)
    return await asyncio.to_thread(path.read_bytes) if data is None else data


def _bytes_if_small(path: Path) -> bytes | None:
    return path.read_bytes() if path.stat().st_size < LARGE else None


def _with_kinds(manifest: Manifest, files: dict[str, bytes]) -> Manifest:
    """Fill in what kind of documents a file holds where the manifest does not say."""
    announced = [
        Announced(
            each.name,
            each.kind or _guessed(files.get(each.name, b"")),
            each.version,
            each.records,
            each.sha256,
            each.totals,
        )
        for each in manifest.files
    ]
    return Manifest(manifest.tax_year, manifest.sender, manifest.channel, announced)


def _guessed(data: bytes) -> str:
    """Return the kind, or nothing: the delivery is then held, for nobody can read it."""
    try:
        return kind_of(data)
    except KindUnknown:
        return ""


def _manifests(folder: str) -> Iterator[str]:
    """Yield the manifests below a folder in the order of their paths; links to folders are not followed."""
    entries: Sequence[os.DirEntry[str]] = ()
    with suppress(OSError), os.scandir(folder) as found:
        entries = sorted(found, key=lambda entry: entry.name)
    for entry in entries:
        if entry.is_dir(follow_symlinks=False):
            yield from _manifests(entry.path)
        elif _is_manifest(entry.name) and entry.is_file():
            yield entry.path


def _is_manifest(name: str) -> bool:
    return name == MANIFEST or name.endswith(f".{MANIFEST}")
