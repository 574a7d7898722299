"""`juminzei intake`: receive files or whole folders of deliveries, then read, accept and attach them."""

import asyncio
import gc
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import aclosing, suppress
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
from plugins.shiryo.commands.arriving import Folders, Parcel, batches, parcel
from plugins.shiryo.errors import AlreadyImported, ManifestInvalid
from plugins.shiryo.manifest import (
    CHANNELS,
    SENDER_KINDS,
    Announced,
    Manifest,
    Sender,
    check_sender,
    tax_year,
)
from plugins.shiryo.permissions import DELIVERY_RECEIVE
from plugins.shiryo.queries import deliveries
from plugins.shiryo.queries.coming import more_to_come
from plugins.shiryo.service.intake import INTAKE
from plugins.shiryo.service.kinds import kind_of, known_kind
from plugins.shiryo.service.receiving import Parcel as Arrived
from plugins.shiryo.service.receiving import Received, receive_all

FINISHED = "attached"
NO_MANIFEST = (
    "送付書のないファイルには --sender、--channel、--year を指定してください。"
    "送付書があるときは --manifest か、送付書のあるフォルダーを指定してください。"
)


@dataclass(frozen=True, slots=True)
class Taker:
    """Who takes deliveries in, where, under which correlation id."""

    desk: Desk
    database: Database
    actor: Actor
    trace_id: str
    keyring: Keyring


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
@click.option("--year", type=int, help="課税年度(西暦)。送付書があるときは、この年度の送付書だけを受け付ける")
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
    gc.freeze()  # the program itself stays: nobody need walk through it again, nor copy it beside the reader
    with refusing():
        folders: Folders | None = None
        parcels: Iterable[Parcel]
        if manifest_path is not None:
            parcels = [parcel(manifest_path, paths)]
        elif all(path.is_dir() for path in paths):
            folders = Folders(paths)
            parcels = folders if year is None else _of_year(folders, tax_year(year))
        else:
            given = Sender(sender or "", sender_kind, sender_name or sender or "")
            parcels = [_without_manifest(paths, given, channel or "", year, kind)]
        desk = Desk(runtime, staff, "intake", is_machines_too=True)
        failed = asyncio.run(_take_in(desk, parcels, json_lines=json_lines))
        sys.exit(bool(failed or (folders is not None and folders.refused)))


def _of_year(folders: Folders, year: int) -> Iterator[Parcel]:
    """Leave out, and name, the deliveries of another year than the one that was asked for."""
    for each in folders:
        if each.manifest.tax_year == year:
            yield each
        else:
            folders.refused += 1
            place = f"{each.manifest.sender.code} {each.manifest.tax_year}年度"
            click.echo(
                f"--year の年度の送付書ではないため、受け付けません。 (YEAR_DIFFERS) {place}", err=True
            )


def _without_manifest(
    paths: Sequence[Path], sender: Sender, channel: str, year: int | None, kind: str | None
) -> Parcel:
    if channel not in CHANNELS:
        raise ManifestInvalid(NO_MANIFEST, field="channel", rule="required")
    files = [Announced(path.name, known_kind(kind) if kind else kind_of(path.read_bytes())) for path in paths]
    return Parcel(
        Manifest(tax_year(year), check_sender(sender), channel, files), {path.name: path for path in paths}
    )


async def _take_in(desk: Desk, parcels: Iterable[Parcel], *, json_lines: bool) -> int:
    """Receive the deliveries; of many, the first are taken in while the others are received."""
    runtime = desk.runtime
    async with runtime.open_database() as database:
        trace_id = new_trace_id(desk.operation)
        actor = await desk.actor(database, DELIVERY_RECEIVE, trace_id)
        taker = Taker(desk, database, actor, trace_id, open_keyring(runtime.settings))
        arrived, received, following = 0, 0, None
        try:
            async with more_to_come(database), aclosing(batches(parcels)) as found:
                async for batch in found:
                    if received and following is None:
                        following = asyncio.create_task(_follow(taker, json_lines=json_lines))
                    if following is not None and following.done():
                        if await following:
                            break  # cancelled, or failed
                        following = None  # another's job, which was about to end
                    arrived += len(batch)
                    received += await _receive(taker, batch)
            if not received:
                return _nothing_to_do(arrived)
            failed = await (following or _follow(taker, json_lines=json_lines))
            while not failed and await _is_any_left(database):
                failed = await _follow(taker, json_lines=json_lines)
            return failed
        finally:
            if following is not None:
                following.cancel()
                with suppress(asyncio.CancelledError):
                    await following


async def _is_any_left(database: Database) -> bool:
    async with database.read() as session:
        return await deliveries.is_any_left(session)


def _nothing_to_do(arrived: int) -> int:
    """Refuse what was all there before; where nothing came, why was said of each manifest."""
    if arrived:
        raise AlreadyImported
    return 1


async def _receive(taker: Taker, arrived: Sequence[Arrived]) -> int:
    """Receive some deliveries in one transaction; return how many there is work to do for."""

    async def receive(work: Work) -> Sequence[Received | AlreadyImported]:
        return await receive_all(work, taker.keyring, arrived)

    done = await taker.desk.recorded(taker.database, taker.actor, receive, taker.trace_id)
    return sum(_tell(parcel.manifest, each) for parcel, each in zip(arrived, done, strict=True))


def _tell(manifest: Manifest, done: Received | AlreadyImported) -> bool:
    """Say what became of a delivery; what came before and is not finished yet will be gone on with."""
    if isinstance(done, AlreadyImported):
        held = f" 受付番号 {done.details['delivery']} で保留中" if done.details.get("state") == "held" else ""
        click.echo(f"{done.text} ({done.code}) {manifest.sender.code}{held}", err=True)
        return done.details.get("state", FINISHED) != FINISHED
    if done.held_for:
        click.echo(f"受付番号 {done.delivery_id}: 送付書と一致しないため保留 ({done.held_for})", err=True)
    return True


async def _follow(taker: Taker, *, json_lines: bool) -> int:
    async with taker.database.transaction() as session:
        job_id = await service.begin(session, INTAKE, {}, taker.actor)
    status = await follow(taker.desk.runtime, taker.database, job_id, json_lines=json_lines)
    if not json_lines and status.result is not None:
        records = status.result.get("records", 0)
        click.echo(f"資料 {records:,} 件を読みました。受付台帳は juminzei ledger で見られます。")
    if status.state is JobState.DONE_WITH_ERRORS:
        click.echo("職員の判断が要る作業項目があります: juminzei worklist --summary", err=True)
    return int(status.state in RESUMABLE)
