"""A deployment of its own that takes a synthetic city in by the commands that a clerk types."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

import pytest
from click.testing import CliRunner
from sqlalchemy import text

from core.access.journal import Journal
from core.clock import MovableClock
from core.commands.desk import TOKEN
from core.identity import demo
from core.identity.opening import open_identity
from core.runtime import Runtime
from core.settings import CONFIG, DATA_DIR, PROFILE
from core.storage.address import DATABASE_URL, ServerAddress
from core.storage.database import Database
from core.storage.migrations import Migrations
from core.work import Work
from plugins.atena.api import open_keyring, person_ids, take_number
from plugins.atena.history import FOREVER, Span
from plugins.atena.service.persons import PersonChange, candidates_for, register_non_resident
from plugins.synth.api import CityFiles
from schema.build import build_runtime
from schema.main import build_cli

T = TypeVar("T")
CLERK, CHIEF = "100001", "100002"


def environ_of(folder: Path, url: str) -> dict[str, str]:
    return {
        CONFIG.variable: str(folder / "juminzei.toml"),
        DATA_DIR.variable: str(folder / "data"),
        PROFILE.variable: "demo",
        "JUMINZEI_PLUGINS": "atena,audit,shikakeisan,shiryo",
        DATABASE_URL.variable: url,
    }


@pytest.fixture(scope="session")
def branches(tmp_path_factory: pytest.TempPathFactory) -> Sequence[Migrations]:
    folder = tmp_path_factory.mktemp("branches")
    return build_runtime(environ_of(folder, "postgresql://nowhere")).plugins.answers("migrations")


@dataclass
class Town:
    """A deployment at whose terminal commands are typed."""

    runtime: Runtime
    url: str
    tokens: Mapping[str, str]
    """By 職員番号."""

    def type(self, *words: str, staff: str = "", expect: int = 0) -> str:
        """Type a command, as a member of staff where it needs one; return what it said."""
        environ = {TOKEN: self.tokens[staff]} if staff else {}
        result = CliRunner().invoke(build_cli(self.runtime), words, obj=self.runtime, env=environ)
        assert result.exit_code == expect, result.output
        return result.stdout

    def do(self, deed: Callable[[Database], Awaitable[T]]) -> T:
        return _run(self.url, deed)

    def rows(self, statement: str) -> Sequence[Any]:
        async def read(database: Database) -> Sequence[Any]:
            async with database.read() as session:
                return (await session.execute(text(statement))).all()

        return self.do(read)

    def settle_non_residents(self, city: CityFiles) -> dict[int, str]:
        """Register the 住登外者 with their numbers; return the 宛名番号 by serial."""
        keyring, clock = open_keyring(self.runtime.settings), self.runtime.clock

        async def deed(database: Database) -> dict[int, str]:
            given: dict[int, str] = {}
            async with database.transaction() as session:
                work = Work(session, Journal(), "1", clock.now())
                for line in city.lines("jutogai/jutogai.jsonl"):
                    given_change = _registration(line)
                    others = await _candidates(work, given_change)
                    number = await register_non_resident(work, given_change, others)
                    ids = await person_ids(session, [number])
                    await take_number(work, keyring, ids[number], line["my_number"], "jutogai")
                    given[line["serial"]] = number
            return given

        return self.do(deed)


@pytest.fixture
def town(tmp_path: Path, address: ServerAddress, monkeypatch: pytest.MonkeyPatch) -> Town:
    """An empty deployment with a clerk and a chief."""
    department = demo.PEOPLE[0][2]
    people = ((CLERK, "試験　係員", department, "tax_clerk"), (CHIEF, "試験　係長", department, "tax_chief"))
    monkeypatch.setattr(demo, "PEOPLE", people)
    runtime = build_runtime(environ_of(tmp_path, address.app_url), MovableClock())

    async def sign_in(database: Database) -> dict[str, str]:
        async with database.transaction() as session:
            found = await demo.create_demo_staff(session, open_identity(runtime, database))
        return {each.staff_number: each.token for each in found}

    return Town(runtime, address.app_url, _run(address.app_url, sign_in))


def _run(url: str, deed: Callable[[Database], Awaitable[T]]) -> T:
    async def run() -> T:
        database = Database(url)
        try:
            return await deed(database)
        finally:
            await database.close()

    return asyncio.run(run())


async def _candidates(work: Work, given: PersonChange) -> Sequence[str]:
    """Return who may be the same, to be named as somebody else: the truth knows that nobody is."""
    ids = [each.person_id for each in await candidates_for(work.session, given, work.today)]
    wanted = text("SELECT atena_number FROM atena.person WHERE id = any(:ids)")
    return (await work.session.scalars(wanted, {"ids": ids})).all()


def _registration(line: Mapping[str, Any]) -> PersonChange:
    place = ("prefecture", "municipality", "town", "lot", "building", "postal_code", "municipality_code")
    items = {name: line[name] for name in ("name", "kana", "sex")}
    items |= {"birth_date": line["birth_date"], "birth_note": ""}
    return PersonChange(
        Span(date(2020, 1, 1), FOREVER),
        items,
        {**{name: line[name] for name in place}, "town_code": "0000000"},
    )


def lines(output: str) -> list[dict[str, Any]]:
    """Return what a command said with --json."""
    return [json.loads(line) for line in output.splitlines() if line.startswith("{")]
