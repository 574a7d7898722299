"""A year whose base and basis are written by hand, and the job that decides it."""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Table, insert, select, text

from core.access.actor import SYSTEM, Actor
from core.access.journal import Journal
from core.clock import MovableClock
from core.jobs import service as jobs
from core.jobs.state import JobStatus
from core.jobs.worker import Worker
from core.runtime import Runtime
from core.storage.address import DATABASE_URL, ServerAddress
from core.storage.database import Database, WriteSession
from core.work import Work
from plugins.shikakeisan.assessment.run import ASSESS
from plugins.shikakeisan.assessment.tables import assessment
from plugins.shikakeisan.base.tables import base_person, fiscal_year
from plugins.shikakeisan.merge.tables import basis, claim, finding
from schema.build import build_runtime
from schema.testing import environ_of

THEN = datetime(2026, 5, 1, tzinfo=UTC)
TAX_YEAR = 2026
CITY = "331007"
ADULT = date(1980, 4, 5)


@dataclass(frozen=True)
class Someone:
    """A person of the base; `facts` is None where nothing was merged."""

    facts: Mapping[str, Any] | None = None
    birth: date | None = ADULT
    standing: str = "resident"
    is_welfare: bool = False
    house_wards: int = 0
    documents: Sequence[int] = ()
    claimed_by: int | None = None
    role: str = "dependant"
    blocking: str = ""


@dataclass
class Year:
    """A 課税年度 at work."""

    runtime: Runtime
    database: Database
    ids: list[int] = field(default_factory=list)

    async def open(self, state: str = "merged") -> None:
        row = {"tax_year": TAX_YEAR, "municipality_code": CITY, "state": state, "opened_by": "1"}
        async with self.database.transaction() as session:
            await session.execute(insert(fiscal_year).values(**row, opened_at=THEN))

    async def settle(self, *people: Someone) -> Sequence[int]:
        """Put people into the base, with ids from 1 on."""
        first = len(self.ids) + 1
        ids = range(first, first + len(people))
        async with self.database.transaction() as session:
            await self._settle(session, dict(zip(ids, people, strict=True)))
        self.ids.extend(ids)
        return ids

    async def _settle(self, session: WriteSession, people: Mapping[int, Someone]) -> None:
        rows: dict[Table, list[dict[str, Any]]] = {base_person: [], basis: [], claim: [], finding: []}
        for person_id, someone in people.items():
            rows[base_person].append(_base(person_id, someone))
            if someone.facts is not None:
                rows[basis].append(_basis(person_id, someone.facts, someone.documents, {}))
            if someone.claimed_by is not None:
                said = {"taxpayer_id": someone.claimed_by, "relative_id": person_id, "role": someone.role}
                rows[claim].append({"tax_year": TAX_YEAR, **said, "known_from": THEN})
            if someone.blocking:
                rows[finding].append(_finding(person_id, someone.blocking))
        for table, values in rows.items():
            if values:
                await session.execute(insert(table), values)

    async def merge(
        self,
        session: WriteSession,
        person_id: int,
        facts: Mapping[str, Any],
        documents: Sequence[int] = (),
        origins: Mapping[str, Any] | None = None,
    ) -> None:
        """Give a person merged facts; what was merged before ends."""
        ended = (
            "UPDATE shikakeisan.basis SET known_to = now() WHERE person_id = :id AND known_to = 'infinity'"
        )
        await session.execute(text(ended), {"id": person_id})
        await session.execute(insert(basis).values(_basis(person_id, facts, documents, origins or {})))

    async def remerge(self, person_id: int, facts: Mapping[str, Any]) -> None:
        async with self.database.transaction() as session:
            await self.merge(session, person_id, facts)

    async def leave(self, session: WriteSession, person_id: int) -> None:
        """Let a person's place in the base end: 賦課期日 was elsewhere."""
        ended = "UPDATE shikakeisan.base_person SET known_to = now() WHERE person_id = :id"
        await session.execute(text(ended), {"id": person_id})
        await self._settle(session, {person_id: Someone(standing="outside")})

    async def move(self, session: WriteSession, state: str) -> None:
        await session.execute(text("UPDATE shikakeisan.fiscal_year SET state = :state"), {"state": state})

    async def run(self, requester: Actor = SYSTEM, **parameters: Any) -> JobStatus:
        async with self.database.transaction() as session:
            job_id = await jobs.enqueue(session, ASSESS, {"tax_year": TAX_YEAR, **parameters}, requester)
        await Worker(self.runtime, self.database).work_once()
        async with self.database.read() as session:
            return await jobs.get(session, job_id)

    async def rows(self, statement: str, **parameters: Any) -> Sequence[Any]:
        async with self.database.read() as session:
            return (await session.execute(text(statement), parameters)).all()

    async def revisions(self, person_id: int) -> Sequence[Any]:
        statement = select(assessment).where(assessment.c.person_id == person_id)
        async with self.database.read() as session:
            return (await session.execute(statement.order_by(assessment.c.revision))).all()

    async def grounds(self) -> Mapping[int, tuple[str, str]]:
        rows = await self.rows(
            "SELECT person_id, outcome, ground FROM shikakeisan.assessment WHERE superseded_at = 'infinity'"
        )
        return {row.person_id: (row.outcome, row.ground) for row in rows}

    def work(self, session: WriteSession) -> Work:
        return Work(session, Journal(), "clerk", self.runtime.clock.now())


def _base(person_id: int, someone: Someone) -> dict[str, Any]:
    return {
        "tax_year": TAX_YEAR,
        "person_id": person_id,
        "standing": someone.standing,
        "reason": "MOVED_OUT" if someone.standing == "outside" else "",
        **dict.fromkeys(("ward_code", "household_number", "relation"), ""),
        "birth_date": someone.birth,
        "sex": "1",
        "is_protected": False,
        "is_welfare": someone.is_welfare,
        "house_wards": someone.house_wards,
        "known_from": THEN,
    }


def _basis(
    person_id: int, facts: Mapping[str, Any], documents: Sequence[int], origins: Mapping[str, Any]
) -> dict[str, Any]:
    said = {"facts": facts, "origins": origins, "aside": [], "documents": list(documents)}
    return {
        "tax_year": TAX_YEAR,
        "person_id": person_id,
        **said,
        "merge_version": "1",
        "known_from": THEN,
    }


def _finding(person_id: int, code: str) -> dict[str, Any]:
    said = {"stage": "merge", "code": code, "is_blocking": True, "state": "open", "opened_at": THEN}
    lists: dict[str, Any] = {"documents": [], "others": [], "details": {}}
    return {"tax_year": TAX_YEAR, "person_id": person_id, **said, **lists}


@pytest.fixture
async def year(tmp_path: Path, address: ServerAddress) -> AsyncIterator[Year]:
    """A merged year without people."""
    runtime = build_runtime(environ_of(tmp_path, **{DATABASE_URL.variable: address.app_url}), MovableClock())
    database = Database(address.app_url)
    year = Year(runtime, database)
    await year.open()
    yield year
    await database.close()
