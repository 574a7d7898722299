"""A family with a grandmother and an uncle who live in other municipalities; officers who ask about them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import insert

from core.storage.database import WriteSession
from plugins.atena import tables as atena
from plugins.atena.api import blind_index, person_id_of
from plugins.shikakeisan.inquiry import checks, replies, service
from plugins.shikakeisan.inquiry.replies import Answer, Reply, Result
from plugins.shikakeisan.inquiry.service import Made
from plugins.shikakeisan.sheets import Sheet
from tests.plugins.shikakeisan.base.conftest import KURASHIKI, TAX_YEAR, City, address, city
from tests.plugins.shikakeisan.merge.desk import CHIEF, CLERK, Desk, family, named, slip, somebody
from tests.plugins.shikakeisan.overview.conftest import decide

__all__ = ["city"]

FATHER, MOTHER, SON, GRANDMOTHER, UNCLE = "1", "2", "3", "6", "7"
NUMBERS = {GRANDMOTHER: "123456789018", UNCLE: "621498320257"}
SOJA = {"municipalityCode": "332089", "prefecture": "岡山県", "municipality": "総社市"}
LIMIT = 580_000


@dataclass
class Asking:
    """Officers at work on relatives elsewhere."""

    desk: Desk
    paper: int

    @property
    def city(self) -> City:
        return self.desk.city

    async def checks(self, reason: str = "") -> list[tuple[str, str, list[str]]]:
        """Return reason, relative and claimants."""
        names = {person_id: number for number, person_id in self.desk.ids.items()}
        async with self.city.database.read() as session:
            rows = await checks.list_checks(session, TAX_YEAR, reason, limit=100)
        return [
            (row.reason, names.get(row.relative_id, "-"), [names[one] for one in row.claimants])
            for row in rows
        ]

    async def make(self, *numbers: str, staff: str = CLERK) -> Made:
        async with self.desk.work(staff) as work:
            due_on = work.today + timedelta(days=30)
            return await service.make(work, TAX_YEAR, due_on, numbers or None)

    async def send(self, inquiry_id: int, version: int = 1) -> Sheet:
        async with self.desk.work() as work:
            return await service.send(work, inquiry_id, version)

    async def ask(self, number: str = GRANDMOTHER) -> int:
        """Make and send an inquiry about one person."""
        [inquiry_id] = (await self.make(number)).inquiries
        await self.send(inquiry_id)
        return inquiry_id

    async def enter(
        self,
        inquiry_id: int,
        income: int | None = None,
        *,
        kind: Answer = Answer.INCOME,
        number: str = GRANDMOTHER,
        staff: str = CLERK,
        on: date = date(2026, 1, 5),
    ) -> int:
        async with self.desk.work(staff) as work:
            return await replies.enter(work, inquiry_id, self.desk.ids[number], Reply(kind, on, income))

    async def confirm(self, reply_id: int, staff: str = CHIEF, version: int = 1) -> Result:
        async with self.desk.work(staff) as work:
            return await replies.confirm(self.city.runtime, work, reply_id, version)

    async def send_back(self, reply_id: int, staff: str = CHIEF, version: int = 1) -> None:
        async with self.desk.work(staff) as work:
            await replies.send_back(work, reply_id, version)

    async def inquiry(self, inquiry_id: int) -> Any:
        [row] = await self.rows("SELECT * FROM shikakeisan.inquiry WHERE id = :id", id=inquiry_id)
        return row

    async def reply(self, reply_id: int) -> Any:
        [row] = await self.rows("SELECT * FROM shikakeisan.inquiry_reply WHERE id = :id", id=reply_id)
        return row

    async def rows(self, statement: str, **parameters: Any) -> Sequence[Any]:
        return await self.city.rows(statement, **parameters)

    async def decide(self) -> None:
        """Let everybody's tax be decided."""
        await decide(self.city)
        self.city.clock.go_on(minutes=1)


def by_number(city: City, number: str, role: str = "dependant", place: int = 1) -> dict[str, Any]:
    """A relative whom a document names with the My Number."""
    return named(role, "別居　者", place, number=blind_index(city.keyring, NUMBERS[number]).hex())


async def register(desk: Desk) -> None:
    """Let the family live here, and grandmother and uncle move away in the year before."""
    city = desk.city
    away = [
        {
            **somebody(city, GRANDMOTHER, "朝霧　ツル", "1950-02-02", "世帯主", "6"),
            "myNumber": NUMBERS[GRANDMOTHER],
        },
        {
            **somebody(city, UNCLE, "朝霧　二郎", "1978-03-03", "世帯主", "7"),
            "myNumber": NUMBERS[UNCLE],
        },
    ]
    await city.feed(*away)
    to = {GRANDMOTHER: address(KURASHIKI), UNCLE: {**address(KURASHIKI), **SOJA}}
    await city.feed(*(city.event("move_out", one, "2025-06-01", address=to[one]) for one in to))
    await desk.register(*family(city))
    for one in to:
        desk.ids[one] = await city.id_of(one)


async def protect(asking: Asking, number: str) -> None:
    async with asking.city.database.transaction() as session:
        await protect_in(session, number, asking.city.clock.now())


async def protect_in(session: WriteSession, number: str, now: datetime) -> None:
    """Let somebody be under 支援措置."""
    person_id = await person_id_of(session, number)
    row = {"person_id": person_id, "valid_from": date(2026, 1, 1), "known_from": now, "source": "officer"}
    await session.execute(insert(atena.protection).values(row))


@pytest.fixture
async def asking(city: City) -> Asking:
    """The father claims grandmother and uncle, on a return; nothing is decided yet."""
    desk = Desk(city)
    await register(desk)
    said = (by_number(city, GRANDMOTHER), by_number(city, UNCLE, place=2))
    paper = await desk.file(FATHER, slip(5_000_000, *said, elderly_other=1, other_main=1))
    await desk.merge(FATHER)
    return Asking(desk, paper)
