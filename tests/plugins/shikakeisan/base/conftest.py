"""A city that the register feed peoples, and the year that is opened for it."""

import hashlib
import json
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from core.access.actor import SYSTEM
from core.access.journal import Journal
from core.clock import JAPAN, Clock
from core.graphql.records import Trace
from core.runtime import Runtime
from core.storage.address import DATABASE_URL, ServerAddress
from core.storage.database import Database
from core.work import Work
from plugins.atena.api import Keyring, open_keyring, person_ids
from plugins.atena.history import Span
from plugins.atena.service.feed import Feed
from plugins.atena.service.links import link, unlink
from plugins.atena.service.persons import PersonChange, register_non_resident
from plugins.shikakeisan.base.queries import base_of
from plugins.shikakeisan.base.service import Counts, freeze_base, open_year
from schema.build import build_runtime
from schema.testing import environ_of

TAX_YEAR = 2026
TAX_DAY = date(2026, 1, 1)
CITY, KITA, NAKA, KURASHIKI = "331007", "331015", "331023", "332020"
UNSAID = {"birth_note": ""}
REST = {"town_code": "0000000", "building": "", "postal_code": ""}
LONG_AGO = "2015-04-01"
PEOPLE = {
    KITA: ("岡山県", "岡山市北区"),
    NAKA: ("岡山県", "岡山市中区"),
    KURASHIKI: ("岡山県", "倉敷市"),
}


class StandingClock(Clock):
    """Shows the time that a test sets."""

    def __init__(self, moment: datetime) -> None:
        self.moment = moment

    def now(self) -> datetime:
        return self.moment

    def go_on(self, **span: int) -> datetime:
        self.moment += timedelta(**span)
        return self.moment


def address(code: str = KITA) -> dict[str, str]:
    prefecture, name = PEOPLE[code]
    place = {"prefecture": prefecture, "municipality": name, "town": "桜見町", "lot": "9001番地"}
    return {"municipalityCode": code, **place}


@dataclass
class City:
    """A deployment: `feed` tells of people, `freeze` builds the base."""

    runtime: Runtime
    database: Database
    keyring: Keyring
    clock: StandingClock
    folder: Path
    sequence: int = 0

    async def feed(self, *events: Mapping[str, Any]) -> None:
        """Apply a file of these events, known from now on."""
        file = self.folder / f"{self.sequence}.jsonl"
        file.write_bytes(b"".join(map(self._line, events)))
        await self.feed_file(file)

    async def feed_file(self, file: Path) -> None:
        """Apply a file of the feed."""
        trace = Trace(self.clock, SYSTEM, "feed")
        run = await Feed(self.database, self.keyring, trace, self._record).run(file)
        assert run.stop is None, run.stop

    async def _record(self, *_: object) -> None:
        """Keep no access log: it is proven elsewhere."""

    def _line(self, event: Mapping[str, Any]) -> bytes:
        self.sequence += 1
        said = json.dumps(event, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
        line = {
            "sequence": self.sequence,
            "issuedAt": "2026-01-05T09:00:00+09:00",
            "sha256": hashlib.sha256(said.encode()).hexdigest(),
            "event": event,
        }
        return json.dumps(line, ensure_ascii=False).encode() + b"\n"

    def arrival(self, number: str, on: str = LONG_AGO, code: str = KITA, **more: Any) -> dict[str, Any]:
        """Make a 転入."""
        person = {"name": "霧ヶ丘　陽斗", "kana": "キリガオカ　ハルト", "birthDate": "1980-05-01", "sex": "1"}
        return {
            "kind": more.pop("how", "move_in"),
            "atenaNumber": number,
            "effectiveOn": on,
            "person": {**person, "birthDate": more.pop("birth", "1980-05-01")},
            "address": address(code),
            "household": {"number": "1", "relation": "世帯主"},
            **more,
        }

    def event(self, kind: str, number: str, on: str, **items: Any) -> dict[str, Any]:
        return {"kind": kind, "atenaNumber": number, "effectiveOn": on, **items}

    async def register(self, since: date, code: str = KURASHIKI, name: str = "遠山　海斗") -> str:
        """Register a 住登外者 and return the number."""
        items = {"name": name, "kana": "トオヤマ　カイト", "birth_date": "1975-03-03", **UNSAID, "sex": "1"}
        place = {"municipality_code": code, "prefecture": "岡山県", "municipality": PEOPLE[code][1]}
        given = PersonChange(Span(since), items, {**place, "town": "朝霧町", "lot": "9002番地", **REST})
        async with self.database.transaction() as session:
            work = Work(session, Journal(), "1", self.clock.now())
            return await register_non_resident(work, given)

    async def link(self, number: str, primary: str | None) -> None:
        """Say, or take back, that a number is another one of somebody's."""
        async with self.database.transaction() as session:
            work = Work(session, Journal(), "1", self.clock.now())
            [row] = await session.execute(
                text("SELECT version FROM atena.person WHERE atena_number = :n"), {"n": number}
            )
            if primary is None:
                await unlink(work, number, row.version)
            else:
                await link(work, number, row.version, primary)

    async def open(self) -> None:
        async with self.database.transaction() as session:
            await open_year(self.work(session), TAX_YEAR, CITY)

    async def freeze(self) -> Counts:
        async with self.database.transaction() as session:
            await open_year(self.work(session), TAX_YEAR, CITY)
            return await freeze_base(self.runtime, self.work(session), TAX_YEAR)

    def work(self, session: Any, staff: str = "clerk") -> Work:
        return Work(session, Journal(), staff, self.clock.now())

    async def id_of(self, number: str) -> int:
        async with self.database.read() as session:
            return (await person_ids(session, [number]))[number]

    async def base(self, number: str, known_at: datetime | None = None) -> Any:
        """Return the row of a person in the base, as known at a moment."""
        person_id = await self.id_of(number)
        async with self.database.read() as session:
            return (await base_of(session, TAX_YEAR, [person_id], known_at)).get(person_id)

    async def rows(self, statement: str, **parameters: Any) -> Sequence[Any]:
        async with self.database.read() as session:
            return (await session.execute(text(statement), parameters)).all()


@pytest.fixture
async def city(tmp_path: Path, address: ServerAddress) -> AsyncIterator[City]:
    """An empty city in the first days of the year."""
    clock = StandingClock(datetime(2026, 1, 5, 9, tzinfo=JAPAN))
    environ = environ_of(tmp_path, **{DATABASE_URL.variable: address.app_url})
    runtime = build_runtime(environ, clock)
    database = Database(address.app_url)
    yield City(runtime, database, open_keyring(runtime.settings), clock, tmp_path)
    await database.close()
