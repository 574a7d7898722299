"""An assessed year whose people stand in the register too, and a system that gets files."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy import insert, text

from core.hooks import hook
from core.storage.database import Database, WriteSession
from plugins.atena import tables as atena
from plugins.atena.queries.bulk import write_all
from plugins.shikakeisan.closing.service import close
from plugins.shikakeisan.closing.transferring import File, make_again, make_transfer
from plugins.shikakeisan.hooks import Recipient
from tests.plugins.shikakeisan.assessment.conftest import year
from tests.plugins.shikakeisan.correction.conftest import Office, office
from tests.plugins.shikakeisan.correction.papers import Paper

__all__ = ["office", "year"]

REGISTERED = datetime(2026, 1, 5, tzinfo=UTC)
COLUMNS = ("tax_year", "atena_number", "revision", "outcome", "payable", "total_income_all")


class Welfare:
    """A plug-in of another system that may have some columns."""

    def __init__(self, code: str, columns: Sequence[str]) -> None:
        self.recipient = Recipient(code, "福祉", columns)
        self.closes: list[int] = []

    @hook
    def recipients(self) -> Sequence[Recipient]:
        return [self.recipient]

    @hook
    async def close_done(self, session: WriteSession, closing_id: int, cut_off: datetime) -> None:
        self.closes.append(closing_id)


@dataclass
class City:
    """An office with a register; `owner` may do with the database what the program may not."""

    office: Office
    owner: Database

    async def settle(self, *people: Paper) -> Sequence[int]:
        """Put people into the register too."""
        ids = await self.office.settle(*people)
        await self.register(ids)
        return ids

    async def register(self, ids: Sequence[int]) -> None:
        async with self.office.year.database.transaction() as session:
            await write_all(session, {"person": [(one, f"{one:015d}", REGISTERED) for one in ids]})
            said = ("resident", "山田　太郎", "ヤマダ", "", "", date(1980, 4, 5), "day", "", "1")
            revisions = [(one, date(1990, 1, 1), REGISTERED, *said) for one in ids]
            await write_all(session, {"person_revision": revisions})

    def join(self, code: str = "fukushi", columns: Sequence[str] = COLUMNS) -> Welfare:
        welfare = Welfare(code, columns)
        self.office.year.runtime.plugins.manager.register(welfare)
        return welfare

    async def alter(self, statement: str, **parameters: Any) -> None:
        async with self.owner.transaction() as session:
            await session.execute(text(statement), parameters)

    async def close(self, cut_off: datetime | None = None) -> int:
        async with self.office.work() as work:
            return await close(self.office.year.runtime, work, cut_off)

    async def transfer(self, code: str = "fukushi") -> File:
        async with self.office.work() as work:
            return await make_transfer(self.office.year.runtime, work, code)

    async def again(self, sequence: int, code: str = "fukushi") -> File:
        async with self.office.work() as work:
            return await make_again(work, code, sequence)

    async def protect(self, person_id: int) -> None:
        row = {
            "person_id": person_id,
            "valid_from": date(2026, 1, 1),
            "known_from": self.office.year.runtime.clock.now(),
            "source": "officer",
        }
        async with self.office.year.database.transaction() as session:
            await session.execute(insert(atena.protection).values(row))

    async def unprotect(self) -> None:
        moment = {"now": self.office.year.runtime.clock.now()}
        async with self.office.year.database.transaction() as session:
            await session.execute(text("UPDATE atena.protection SET known_to = :now"), moment)


@pytest.fixture
def city(office: Office, owner_database: Database) -> City:
    return City(office, owner_database)
