"""A family and a man alone at the beginning of the year; officers who send them return forms."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest
from sqlalchemy import insert

from plugins.atena import tables as atena
from plugins.shikakeisan.forms import printing, queries, service
from plugins.shikakeisan.forms.catalogue import choose
from plugins.shikakeisan.forms.service import Count
from plugins.shikakeisan.sheets import Sheet
from tests.plugins.shikakeisan.base.conftest import TAX_YEAR, City, city
from tests.plugins.shikakeisan.correction.papers import Paper, file_papers
from tests.plugins.shikakeisan.merge.desk import Desk, family

__all__ = ["city"]

FATHER, MOTHER, SON, DAUGHTER, ALONE = "1", "2", "3", "4", "5"
OPEN_COUNT = 4
"""Everybody but the daughter of 17, while no document has come."""
Codes = Sequence[str] | None


@dataclass
class Office:
    """Officers at work on return forms."""

    desk: Desk
    moved: int = 0
    """How many the last `sheets` moved to the office's file."""

    @property
    def city(self) -> City:
        return self.desk.city

    async def count(self, include: Codes = None, exclude: Codes = None) -> Count:
        async with self.city.database.read() as session:
            return await service.count(session, TAX_YEAR, choose(include, exclude))

    async def make(self, expected: int, include: Codes = None, exclude: Codes = None, **more: int) -> int:
        async with self.desk.work() as work:
            return await service.make(work, TAX_YEAR, choose(include, exclude), expected, **more)

    async def sheets(self, run_id: int) -> Sequence[Sheet]:
        async with self.desk.work() as work:
            run = await queries.run_row(work.session, run_id)
            sheets, self.moved = await printing.sheets_again(work, run)
            return sheets

    async def file(self, number: str, paper: Paper, tax_year: int = TAX_YEAR) -> None:
        async with self.city.database.transaction() as session:
            said = [(self.desk.ids[number], paper)]
            await file_papers(session, tax_year, said, self.city.clock.now())

    async def say(self, table: Any, number: str, **said: Any) -> None:
        """Let 宛名 know something of somebody from now on."""
        row = {"person_id": self.desk.ids[number], "valid_from": date(2026, 1, 1), **said}
        async with self.city.database.transaction() as session:
            await session.execute(insert(table).values(**row, known_from=self.city.clock.now()))

    async def protect(self, number: str) -> None:
        await self.say(atena.protection, number, source="officer")

    async def rows(self, statement: str, **parameters: Any) -> Sequence[Any]:
        return await self.city.rows(statement, **parameters)


@pytest.fixture
async def office(city: City) -> Office:
    desk = Desk(city)
    await desk.register(*family(city))
    return Office(desk)
