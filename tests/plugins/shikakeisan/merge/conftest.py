"""A city taken in as a clerk would, its year opened and its base frozen."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson
import pytest

from core.access.journal import Journal
from core.storage.database import Database
from core.work import Work
from plugins.shikakeisan.base.service import freeze_base, open_year
from plugins.synth.api import CityFiles, Fault, Plan, read_city, write_city
from tests.plugins.shikakeisan.base.conftest import City, city
from tests.plugins.shikakeisan.merge.desk import Desk
from tests.proofs.conftest import CHIEF, CLERK, Town, branches, town

__all__ = ["YEAR", "Merged", "branches", "city", "city_merged", "town"]

YEAR, CITY, SEED = 2026, "331007", 5
KINDS = ("kyuho", "nenkin", "kokuzei", "one_stop", "shinkoku")
FAULTS = frozenset({Fault.TWO_CLAIMANTS, Fault.DUPLICATE_PENSION})
BASES = """
SELECT p.atena_number, b.* FROM shikakeisan.basis b JOIN atena.person p ON p.id = b.person_id
WHERE b.known_to = 'infinity'
"""
DOCUMENTS = """
SELECT d.id, s.code, f.name, row_number() OVER (PARTITION BY d.file_id ORDER BY d.id) AS record
FROM shiryo.document d JOIN shiryo.file f ON f.id = d.file_id JOIN shiryo.sender s ON s.id = d.sender_id
"""


@dataclass(frozen=True)
class Merged:
    """A city whose documents are merged; who is who by serial, and documents by the id of the truth."""

    town: Town
    city: CityFiles
    numbers: Mapping[int, str]
    ids: Mapping[int, int]
    documents: Mapping[str, int]

    @property
    def people(self) -> Sequence[tuple[Mapping[str, Any], Mapping[str, Any]]]:
        """Who is taxed here, with the facts of the truth."""
        facts = [orjson.loads(line) for line in (self.city.out / "facts.jsonl").read_bytes().splitlines()]
        return [
            (person, facts[person["facts_line"] - 1])
            for person in self.city.truth["person"]
            if person["taxed_here"]
        ]

    def bases(self) -> Mapping[str, Any]:
        return {row.atena_number: row for row in self.town.rows(BASES)}


def city_merged(town: Town, folder: Path, people: int, faults: frozenset[Fault] = FAULTS) -> Merged:
    """Make a city, take it in, release what waits, and merge it."""
    write_city(Plan(people, YEAR, SEED, faults), folder / "city")
    city = read_city(folder / "city")
    town.type("atena", "feed", str(city.out / "juki" / "feed.jsonl"))
    beside = town.settle_non_residents(city)
    town.type("intake", *(str(city.out / kind) for kind in KINDS))
    _release(town)
    town.do(lambda database: _freeze(town, database))
    town.type("year", "merge", str(YEAR))
    numbers = {
        person["serial"]: person["atena_number"] or beside[person["serial"]]
        for person in city.truth["person"]
    }
    by_number = {row.atena_number: row.id for row in town.rows("SELECT id, atena_number FROM atena.person")}
    ids = {serial: by_number[number] for serial, number in numbers.items() if number in by_number}
    return Merged(town, city, numbers, ids, _documents(town, city))


def _release(town: Town) -> None:
    """Two officers let a pension that came twice go on: it is for the merge to find."""
    wanted = ("--code", "DUPLICATE_DOCUMENT", "--year", str(YEAR))
    if town.rows("SELECT id FROM shiryo.work_item WHERE code = 'DUPLICATE_DOCUMENT'"):
        town.type(
            "worklist", "propose", *wanted, "--action", "release", "--reason", "原本を確認", staff=CLERK
        )
        town.type("worklist", "confirm", *wanted, "--yes", staff=CHIEF)


async def _freeze(town: Town, database: Database) -> None:
    async with database.transaction() as session:
        work = Work(session, Journal(), "1", town.runtime.clock.now())
        await open_year(work, YEAR, CITY)
        await freeze_base(town.runtime, work, YEAR)


def _documents(town: Town, city: CityFiles) -> Mapping[str, int]:
    codes = {
        folder.relative_to(city.out).as_posix(): manifest["sender"]["code"]
        for folder, manifest in city.deliveries
        if "sender" in manifest
    }
    ids = {}
    for paper in city.truth["document"]:
        kind, code, name = paper["file"].split("/", 2)
        ids[codes.get(f"{kind}/{code}", ""), name, paper["record"]] = paper["id"]
    return {ids[row.code, row.name, row.record]: row.id for row in town.rows(DOCUMENTS)}


@pytest.fixture
def desk(city: City) -> Desk:
    return Desk(city)
