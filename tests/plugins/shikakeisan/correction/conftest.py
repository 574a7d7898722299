"""An assessed year of a few people, and clerks who correct it."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest
from sqlalchemy import text

from core.access.journal import Journal
from core.work import Work
from plugins.shikakeisan.correction.computing import Request
from plugins.shikakeisan.correction.service import Approval, approve, propose
from plugins.shikakeisan.merge.service import merge_people
from tests.plugins.shikakeisan.assessment.conftest import TAX_YEAR, Someone, Year, year
from tests.plugins.shikakeisan.correction.papers import Paper, file_papers

__all__ = ["year"]

CLERK, OTHER = "100001", "100002"
SALARY = {"salary": 5_000_000, "social_insurance": 700_000}
TODAY = date(2026, 7, 1)
MERGED = text("UPDATE shikakeisan.fiscal_year SET merged_at = :now WHERE tax_year = :year")


@dataclass
class Office:
    """Clerks at work on a year whose tax is decided."""

    year: Year

    async def settle(self, *people: Paper) -> Sequence[int]:
        """Put people with one document each into the base, merge, and decide."""
        ids = await self.year.settle(*[Someone() for _ in people])
        await self.merge(ids, people)
        await self.year.run()
        return ids

    async def merge(self, ids: Sequence[int], people: Sequence[Paper]) -> None:
        async with self.work() as work:
            await file_papers(work.session, TAX_YEAR, list(zip(ids, people, strict=True)))
            await merge_people(work, TAX_YEAR, ids)
            merged = {"year": TAX_YEAR, "now": self.year.runtime.clock.now()}
            await work.session.execute(MERGED, merged)

    async def file(self, person_id: int, paper: Paper) -> int:
        """Let one more document come in."""
        now = self.year.runtime.clock.now()
        async with self.year.database.transaction() as session:
            [number] = await file_papers(session, TAX_YEAR, [(person_id, paper)], now)
        return number

    async def remerge(self, *ids: int) -> None:
        async with self.work() as work:
            await merge_people(work, TAX_YEAR, ids)

    @asynccontextmanager
    async def work(self, staff: str = CLERK) -> AsyncIterator[Work]:
        async with self.year.database.transaction() as session:
            yield Work(session, Journal(), staff, self.year.runtime.clock.now())

    def request(self, person_id: int, changes: Mapping[str, Any], **more: Any) -> Request:
        said = {"kind": "ex_officio", "reason": "調査による", "received_on": TODAY, **more}
        return Request(tax_year=TAX_YEAR, person_id=person_id, changes=changes, **said)

    async def propose(
        self, person_id: int, changes: Mapping[str, Any], staff: str = CLERK, **more: Any
    ) -> int:
        async with self.work(staff) as work:
            return await propose(self.year.runtime, work, self.request(person_id, changes, **more))

    async def approve(self, proposal_id: int, staff: str = OTHER, version: int = 1) -> Approval:
        async with self.work(staff) as work:
            return await approve(self.year.runtime, work, proposal_id, version)

    async def correct(self, person_id: int, changes: Mapping[str, Any], **more: Any) -> Approval:
        return await self.approve(await self.propose(person_id, changes, **more))

    async def proposal(self, proposal_id: int) -> Any:
        [row] = await self.year.rows("SELECT * FROM shikakeisan.proposal WHERE id = :id", id=proposal_id)
        return row

    async def state(self, proposal_id: int) -> str:
        return str((await self.proposal(proposal_id)).state)


@pytest.fixture
def office(year: Year) -> Office:
    return Office(year)


def someone(amounts: Mapping[str, int] = SALARY, **more: Any) -> Paper:
    """Somebody with a salary, from one document."""
    return Paper(amounts, **more)
