"""A city of a few people, and deliveries of salary reports for them, written by the real layout."""

import asyncio
import hashlib
import json
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from core.access.actor import SYSTEM
from core.access.journal import Journal
from core.clock import MovableClock
from core.identity import demo
from core.identity.opening import open_identity
from core.jobs import service
from core.jobs.state import JobStatus
from core.jobs.worker import Worker
from core.runtime import Runtime
from core.settings import CONFIG, DATA_DIR, PROFILE
from core.storage.address import DATABASE_URL, ServerAddress
from core.storage.database import Database
from core.storage.ids import reserve_ids
from core.storage.migrations import Migrations
from core.work import Work
from plugins.atena import tables as atena_tables
from plugins.atena.api import Keyring, kana_key, name_key, open_keyring
from plugins.atena.check_digits import modulus_11
from plugins.atena.history import FOREVER, OPEN
from plugins.atena.queries.bulk import write_all
from plugins.atena.search_keys import address_keys
from plugins.atena.vault.seal import seal
from plugins.shiryo.manifest import Manifest, parse_manifest
from plugins.shiryo.reading.layout import load_layout
from plugins.shiryo.service.intake import INTAKE
from plugins.shiryo.service.receiving import Received, receive
from schema.build import build_runtime
from schema.testing import House, open_house

NOW = datetime(2026, 2, 2, tzinfo=UTC)
PLUGINS = "atena,audit,shikakeisan,shiryo"
YEAR = 2025


def my_number(serial: int) -> str:
    digits = f"{serial:011d}"
    return digits + modulus_11(digits)


@dataclass(frozen=True)
class Someone:
    """A person of the register, and what a salary report says of them."""

    serial: int
    name: str = "山田　太郎"
    kana: str = "ヤマダ　タロウ"
    birth: date = date(1980, 4, 5)
    town: str = "中央町"
    lot: str = "９００１番地"
    municipality: str = "331015"
    lives_since: date = date(2000, 1, 1)
    has_number: bool = True
    kind: str = "resident"

    @property
    def number(self) -> str:
        return my_number(self.serial)

    @property
    def address(self) -> str:
        return f"岡山県岡山市北区{self.town}{self.lot}"

    def report(self, payment: int = 3_000_000, **more: Any) -> dict[str, Any]:
        return {
            "document_type": "315",
            "payer_address": "岡山県岡山市北区大供１－１－１",
            "payer_name": "（株）見本",
            "correction": 0,
            "income_year": "06",
            "address": self.address,
            "name": self.name,
            "kana": _half(self.kana),
            "birth_era": 1,
            "birth_year": self.birth.year - 1925,
            "birth_month": self.birth.month,
            "birth_day": self.birth.day,
            "category": "給料・賞与",
            "payment": payment,
            "municipality": "331007",
            "payer_number": "8000020130001",
            "recipient_number": str(self.serial),
            **({"my_number": "0" + self.number} if self.has_number else {}),
            **more,
        }


def _half(kana: str) -> str:
    table = str.maketrans("ヤマダタロウサトハナコスズキイチ　", "ﾔﾏﾀﾀﾛｳｻﾄﾊﾅｺｽｽｷｲﾁ ")
    return kana.replace("ダ", "ﾀﾞ").replace("ズ", "ｽﾞ").translate(table)


def salary_file(*reports: Mapping[str, Any]) -> bytes:
    layout = load_layout("salary_report", version="2020")
    return layout.write(reports)


def manifest_of(
    files: Mapping[str, bytes], records: Mapping[str, int], *, code: str = "0001", **more: Any
) -> dict[str, Any]:
    return {
        "schema": "jp.local.juminzei.shiryo",
        "schema_version": "1.0",
        "tax_year": YEAR,
        "channel": "eltax",
        "sender": {"code": code, "kind": "payer", "name": "（株）見本"},
        "files": [
            {
                "name": name,
                "kind": "salary_report",
                "records": records[name],
                "sha256": hashlib.sha256(data).hexdigest(),
            }
            for name, data in files.items()
        ],
        **more,
    }


@dataclass
class City:
    """A deployment with a register, into which deliveries come."""

    runtime: Runtime
    database: Database
    keyring: Keyring
    ids: dict[int, int] = field(default_factory=dict)

    async def settle(self, *people: Someone) -> None:
        async with self.database.transaction() as session:
            ids = await reserve_ids(session, atena_tables.person, len(people))
            rows: dict[str, list[tuple[object, ...]]] = {
                name: [] for name in ("person", "person_revision", "address_revision", "my_number")
            }
            for person_id, someone in zip(ids, people, strict=True):
                self.ids[someone.serial] = person_id
                keys = (name_key(someone.name), kana_key(someone.kana))
                rows["person"].append((person_id, f"{someone.serial:015d}", NOW))
                said = (someone.kind, someone.name, someone.kana, *keys, someone.birth, "day", "", "1")
                rows["person_revision"].append((person_id, date(1990, 1, 1), NOW, *said))
                place = (someone.municipality, "岡山県", "岡山市北区", "0000000", someone.town, someone.lot)
                lived = (person_id, someone.lives_since, FOREVER, NOW, OPEN, *place, "", "7000000")
                home = dict(
                    zip(("prefecture", "municipality", "town", "lot"), (*place[1:3], *place[4:]), strict=True)
                )
                rows["address_revision"].append((*lived, *address_keys(home).values()))
                if someone.has_number:
                    sealed = seal(self.keyring, person_id, someone.number)
                    rows["my_number"].append((person_id, date(2015, 10, 5), NOW, *sealed))
            await write_all(session, rows)

    async def receive(self, manifest: Manifest | dict[str, Any], files: Mapping[str, bytes]) -> Received:
        read = manifest if isinstance(manifest, Manifest) else parse_manifest(json.dumps(manifest).encode())
        async with self.database.transaction() as session:
            return await receive(Work(session, Journal(), "clerk", NOW), self.keyring, read, files)

    async def deliver(self, *reports: Mapping[str, Any], code: str = "0001", **more: Any) -> int:
        files = {"315.csv": salary_file(*reports)}
        received = await self.receive(manifest_of(files, {"315.csv": len(reports)}, code=code, **more), files)
        await self.work()
        return received.delivery_id

    async def work(self) -> JobStatus:
        async with self.database.transaction() as session:
            job_id = await service.enqueue(session, INTAKE, {}, SYSTEM)
        await Worker(self.runtime, self.database).work_once()
        async with self.database.read() as session:
            status = await service.get(session, job_id)
        assert status.error_code is None, status
        return status

    async def rows(self, statement: str, **parameters: Any) -> Sequence[Any]:
        async with self.database.read() as session:
            return (await session.execute(text(statement), parameters)).all()


async def give(city: City, person: Someone, *, code: str = "0001", records: int = 1, **more: Any) -> None:
    """Receive a delivery of one document whose manifest announces `records`."""
    files = {"315.csv": salary_file(person.report(**more))}
    await city.receive(manifest_of(files, {"315.csv": records}, code=code), files)


async def until(city: City, statement: str, wanted: Sequence[tuple[object, ...]]) -> None:
    """Wait until a statement answers so."""
    async with asyncio.timeout(30):
        while True:
            if [tuple(row) for row in await city.rows(statement)] == wanted:
                return
            await asyncio.sleep(0.02)


def environ_of(folder: Path, url: str) -> dict[str, str]:
    return {
        CONFIG.variable: str(folder / "juminzei.toml"),
        DATA_DIR.variable: str(folder / "data"),
        PROFILE.variable: "demo",
        "JUMINZEI_PLUGINS": PLUGINS,
        DATABASE_URL.variable: url,
    }


@pytest.fixture(scope="session")
def branches(tmp_path_factory: pytest.TempPathFactory) -> Sequence[Migrations]:
    folder = tmp_path_factory.mktemp("branches")
    return build_runtime(environ_of(folder, "postgresql://nowhere")).plugins.answers("migrations")


@pytest.fixture
async def city(tmp_path: Path, address: ServerAddress) -> AsyncIterator[City]:
    """An empty city with all plug-ins."""
    runtime = build_runtime(environ_of(tmp_path, address.app_url), MovableClock())
    database = Database(address.app_url)
    yield City(runtime, database, open_keyring(runtime.settings))
    await database.close()


@pytest.fixture
def city_in_thread(tmp_path: Path, address: ServerAddress) -> Callable[..., Runtime]:
    """Deliver reports before a command runs, which has an event loop of its own."""

    def deliver(*reports: Mapping[str, Any]) -> Runtime:
        runtime = build_runtime(environ_of(tmp_path, address.app_url), MovableClock())

        async def run() -> None:
            database = Database(address.app_url)
            await City(runtime, database, open_keyring(runtime.settings)).deliver(*reports)
            await database.close()

        asyncio.run(run())
        return runtime

    return deliver


@pytest.fixture
async def desk(
    city: Any, tmp_path: Path, address: ServerAddress, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[House]:
    """The house above the city, with people to sign in as; a chief and an auditor too."""
    more = [
        ("100201", "試験　係長", demo.PEOPLE[0][2], "tax_chief"),
        ("100202", "試験　監査", demo.PEOPLE[0][2], "auditor"),
    ]
    monkeypatch.setattr(demo, "PEOPLE", (*demo.PEOPLE, *more))
    async with open_house(tmp_path, address, JUMINZEI_PLUGINS=PLUGINS) as desk:
        async with desk.database.transaction() as session:
            sign_ins = await demo.create_demo_staff(session, open_identity(desk.runtime, desk.database))
        desk.people = {person.role: person for person in sign_ins}
        yield desk
