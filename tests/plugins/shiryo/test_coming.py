"""While somebody is still receiving, the intake reads what is there and attaches nothing; then it goes on."""

import asyncio
import json
import threading
from pathlib import Path
from typing import Any

import pytest

from plugins.shiryo.commands import arriving
from plugins.shiryo.errors import ManifestInvalid
from plugins.shiryo.manifest import Manifest, Sender
from plugins.shiryo.queries.coming import is_more_to_come, more_to_come
from tests.plugins.shiryo.conftest import Someone, give, manifest_of, until

STATES = "SELECT state, count(*) FROM shiryo.delivery GROUP BY 1 ORDER BY 1"


async def test_whoever_receives_is_seen_until_the_end_of_the_block(city: Any) -> None:
    async with more_to_come(city.database), more_to_come(city.database):
        while_two = await is_more_to_come(city.database)

    assert while_two
    assert not await is_more_to_come(city.database)


async def test_what_comes_while_the_job_waits_is_taken_in_by_it(city: Any) -> None:
    someone = Someone(1)
    await city.settle(someone)
    async with more_to_come(city.database):
        await give(city, someone, payment=3_000_000, code="0001")
        job = asyncio.create_task(city.work())
        await until(city, STATES, [("accepted", 1)])
        await give(city, someone, payment=2_000_000, code="0002")
        await until(city, STATES, [("accepted", 2)])

    await job

    assert await city.rows(STATES) == [("attached", 2)]


async def test_a_correction_that_is_yet_to_come_leaves_nothing_attached_to_what_it_corrects(
    city: Any,
) -> None:
    someone = Someone(1)
    await city.settle(someone)
    async with more_to_come(city.database):
        await give(city, someone, payment=3_000_000, code="0001")
        job = asyncio.create_task(city.work())
        await until(city, STATES, [("accepted", 1)])
        await give(city, someone, payment=2_000_000, code="0001", correction=2)

    await job

    found = await city.rows(
        "SELECT d.amounts ->> 'salary' FROM shiryo.attachment a"
        " JOIN shiryo.document d ON d.id = a.document_id"
    )
    assert [tuple(row) for row in found] == [("2000000",)]
    assert await city.rows("SELECT count(*) FROM shiryo.document WHERE superseded_by IS NOT NULL") == [(1,)]


async def test_bytes_that_are_held_come_again_only_when_all_is_received(city: Any) -> None:
    someone = Someone(1)
    await city.settle(someone)
    async with more_to_come(city.database):
        await give(city, someone, payment=3_000_000, code="0001", records=2)
        job = asyncio.create_task(city.work())
        await until(city, STATES, [("held", 1)])
        live = await city.rows("SELECT is_live FROM shiryo.file")

    await job

    assert live == [(True,)]
    assert await city.rows("SELECT is_live FROM shiryo.file") == [(False,)]


@pytest.mark.parametrize(
    ("count", "size", "expected"),
    [(2, 1_000, [2, 2, 1]), (9, 20, [2, 2, 1]), (9, 5, [1] * 5), (9, 1_000, [5])],
)
async def test_deliveries_are_read_some_at_a_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, count: int, size: int, expected: list[int]
) -> None:
    monkeypatch.setattr(arriving, "TOGETHER", count)
    monkeypatch.setattr(arriving, "MOST_BYTES", size)
    (tmp_path / "315.csv").write_bytes(b"0123456789")
    manifest = Manifest(2025, Sender("0001", "payer", "（株）見本"), "eltax", [])
    parcels = [arriving.Parcel(manifest, {"315.csv": tmp_path / "315.csv"}) for _ in range(5)]

    sizes = [len(batch) async for batch in arriving.batches(parcels)]

    assert sizes == expected


async def test_a_slow_medium_is_left_for_a_moment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(arriving, "MOST_SECONDS", 0)
    (tmp_path / "315.csv").write_bytes(b"0123456789")
    manifest = Manifest(2025, Sender("0001", "payer", "（株）見本"), "eltax", [])
    parcels = [arriving.Parcel(manifest, {"315.csv": tmp_path / "315.csv"}) for _ in range(3)]

    assert [len(batch) async for batch in arriving.batches(parcels)] == [1, 1, 1]


async def test_a_large_file_is_read_while_others_work(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(arriving, "LARGE", 10)
    for name, size in (("large", 10), ("small", 9)):
        (tmp_path / name).write_bytes(b"1" * size)
    manifest = Manifest(2025, Sender("0001", "payer", "（株）見本"), "eltax", [])
    given = arriving.Parcel(manifest, {name: tmp_path / name for name in ("large", "small")})
    readers: dict[str, str] = {}
    read_bytes = Path.read_bytes

    def reading(path: Path) -> bytes:
        readers[path.name] = threading.current_thread().name
        return read_bytes(path)

    monkeypatch.setattr(Path, "read_bytes", reading)

    [[arrived]] = [batch async for batch in arriving.batches([given])]

    assert arrived.files == {"large": b"1" * 10, "small": b"1" * 9}
    assert readers["large"] != readers["small"] == threading.current_thread().name


def test_manifests_are_found_in_the_order_of_their_paths_and_bad_ones_stop_none(tmp_path: Path) -> None:
    codes = ("a", "a-b", "a/c", "b")
    for code in codes:
        (tmp_path / "two" / code / "data").mkdir(parents=True)
        manifest = manifest_of({"315.csv": b""}, {"315.csv": 0}, code=code.replace("/", "_"))
        (tmp_path / "two" / code / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    (tmp_path / "one").mkdir()
    (tmp_path / "one" / "x.manifest.json").write_text("{", encoding="utf-8")
    (tmp_path / "one" / "link").symlink_to(tmp_path / "two")

    folders = arriving.Folders([tmp_path / "two", tmp_path / "one"])

    assert [each.manifest.sender.code for each in folders] == ["a_c", "a", "a-b", "b"]
    assert folders.refused == 1


def test_a_folder_without_a_manifest_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ManifestInvalid):
        arriving.Folders([tmp_path])
