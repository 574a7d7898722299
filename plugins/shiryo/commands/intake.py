"""`juminzei intake`: receive files or whole folders of deliveries, then read, accept and attach them."""

import asyncio
import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import click

from core.access.actor import Actor
from core.commands.desk import Desk, staff_option
from core.commands.terminal import new_trace_id, refusing
from core.jobs import service
from core.jobs.follow import follow
from core.jobs.state import RESUMABLE, JobState
from core.runtime import Runtime
from core.storage.database import Database
from core.work import Work
from plugins.atena.api import Keyring, open_keyring
from plugins.shiryo.errors import AlreadyImported, KindUnknown, ManifestInvalid
from plugins.shiryo.manifest import (
    CHANNELS,
    SENDER_KINDS,
    Announced,
    Manifest,
    Sender,
    check_sender,
    parse_manifest,
    tax_year,
)
from plugins.shiryo.permissions import DELIVERY_RECEIVE
from plugins.shiryo.service.intake import INTAKE
from plugins.shiryo.service.kinds import kind_of, known_kind
from plugins.shiryo.service.receiving import Parcel as Arrived
from plugins.shiryo.service.receiving import Received, receive_all

MANIFEST = "manifest.json"
"""The name of a manifest, alone or behind another name and a dot."""
FINISHED = "attached"
TOGETHER = 500
"""Deliveries that are received in one transaction."""


@dataclass(frozen=True, slots=True)
class Parcel:
    """One delivery on disk: its manifest, and its files by the name that the manifest gives them."""

    manifest: Manifest
    paths: dict[str, Path]


@dataclass(frozen=True, slots=True)
class Taker:
    """Who takes deliveries in, where, under which correlation id."""

    desk: Desk
    database: Database
    actor: Actor
    trace_id: str


@click.command("intake")
@click.argument("paths", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@click.option("--sender", metavar="CODE", help="送付元のコード(指定番号・団体コードなど)")
@click.option("--sender-name", metavar="NAME", help="送付元の名称(初めての送付元のとき)")
@click.option(
    "--sender-kind", type=click.Choice(SENDER_KINDS), default="payer", show_default=True, help="送付元の区分"
)
@click.option("--channel", type=click.Choice(CHANNELS), help="受付経路")
@click.option(
    "--manifest", "manifest_path", type=click.Path(exists=True, path_type=Path), help="送付書(JSON)"
)
@click.option("--year", type=int, help="課税年度(西暦)")
@click.option("--kind", metavar="KIND", help="資料の種類(salary_reportなど)。省略するとファイルから判断")
@click.option("--json", "json_lines", is_flag=True, help="プログラム向けに、1行に1つのJSONで出力")
@staff_option()
@click.pass_obj
def intake(
    runtime: Runtime,
    paths: Sequence[Path],
    sender: str | None,
    sender_name: str | None,
    sender_kind: str,
    channel: str | None,
    manifest_path: Path | None,
    year: int | None,
    kind: str | None,
    staff: str | None,
    *,
    json_lines: bool,
) -> None:
    """課税資料を受け付けて取り込みます。フォルダーを指定すると、中の送付書ごとに受け付けます。

    途中で止まっても、同じコマンドをもう一度実行すれば続きから取り込みます。
    受付は操作した職員のものとして記録します。
    """
    with refusing():
        refused = 0
        if manifest_path is not None:
            parcels = [_parcel(manifest_path, paths)]
        elif all(path.is_dir() for path in paths):
            parcels, refused = _parcels(paths)
        else:
            given = Sender(sender or "", sender_kind, sender_name or sender or "")
            parcels = [_without_manifest(paths, given, channel or "", year, kind)]
        desk = Desk(runtime, staff, "intake", is_machines_too=True)
        failed = asyncio.run(_take_in(desk, parcels, json_lines=json_lines))
        sys.exit(bool(failed or refused))


def _parcels(folders: Sequence[Path]) -> tuple[list[Parcel], int]:
    """Return the deliveries in folders, and how many manifests were refused; a bad one stops no other."""
    walked = (place for folder in folders for place in os.walk(folder))
    found = sorted(Path(place, name) for place, _, names in walked for name in names if _is_manifest(name))
    if not found:
        raise ManifestInvalid(field="", rule="missing")
    parcels = []
    for path in found:
        try:
            parcels.append(_parcel(path, [path.parent]))
        except ManifestInvalid as refusal:
            place = refusal.details["field"]
            click.echo(f"{path}: {refusal.text} ({refusal.code}) field={place}", err=True)
    return parcels, len(found) - len(parcels)


def _is_manifest(name: str) -> bool:
    return name == MANIFEST or name.endswith(f".{MANIFEST}")


def _parcel(manifest_path: Path, places: Sequence[Path]) -> Parcel:
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


def _without_manifest(
    paths: Sequence[Path], sender: Sender, channel: str, year: int | None, kind: str | None
) -> Parcel:
    if channel not in CHANNELS:
        raise ManifestInvalid(field="channel", rule="required")
    files = [Announced(path.name, known_kind(kind) if kind else kind_of(path.read_bytes())) for path in paths]
    return Parcel(
        Manifest(tax_year(year), check_sender(sender), channel, files), {path.name: path for path in paths}
    )


async def _take_in(desk: Desk, parcels: Sequence[Parcel], *, json_lines: bool) -> int:
    runtime, keyring = desk.runtime, open_keyring(desk.runtime.settings)
    async with runtime.open_database() as database:
        trace_id = new_trace_id(desk.operation)
        taker = Taker(desk, database, await desk.actor(database, DELIVERY_RECEIVE, trace_id), trace_id)
        received = 0
        for place in range(0, len(parcels), TOGETHER):
            received += await _receive_all(taker, keyring, parcels[place : place + TOGETHER])
        if not received:
            raise AlreadyImported
        return await _follow(runtime, database, taker.actor, json_lines=json_lines)


async def _receive_all(taker: Taker, keyring: Keyring, parcels: Sequence[Parcel]) -> int:
    """Receive some deliveries in one transaction; return how many there is work to do for."""
    read = await asyncio.to_thread(lambda: [_read(parcel) for parcel in parcels])

    async def receive(work: Work) -> Sequence[Received | AlreadyImported]:
        return await receive_all(work, keyring, read)

    done = await taker.desk.recorded(taker.database, taker.actor, receive, taker.trace_id)
    return sum(_tell(parcel, each) for parcel, each in zip(parcels, done, strict=True))


def _read(parcel: Parcel) -> Arrived:
    files = {name: path.read_bytes() for name, path in parcel.paths.items()}
    return Arrived(_with_kinds(parcel.manifest, files), files)


def _tell(parcel: Parcel, done: Received | AlreadyImported) -> bool:
    """Say what became of a delivery; what came before and is not finished yet will be gone on with."""
    if isinstance(done, AlreadyImported):
        click.echo(f"{done.text} ({done.code}) {parcel.manifest.sender.code}", err=True)
        return done.details.get("state", FINISHED) != FINISHED
    if done.held_for:
        click.echo(f"受付番号 {done.delivery_id}: 送付書と一致しないため保留 ({done.held_for})", err=True)
    return True


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


async def _follow(runtime: Runtime, database: Database, actor: Actor, *, json_lines: bool) -> int:
    async with database.transaction() as session:
        job_id = await service.begin(session, INTAKE, {}, actor)
    status = await follow(runtime, database, job_id, json_lines=json_lines)
    if not json_lines and status.result is not None:
        records = status.result.get("records", 0)
        click.echo(f"資料 {records:,} 件を読みました。受付台帳は juminzei ledger で見られます。")
    if status.state is JobState.DONE_WITH_ERRORS:
        click.echo("職員の判断が要る作業項目があります: juminzei worklist --summary", err=True)
    return int(status.state in RESUMABLE)
