"""A few families of the register whose documents officers merge again, one by one."""

from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from core.access.journal import Journal
from core.work import Work
from plugins.shikakeisan.merge.decisions import Proposal, approve_decision, propose_decision
from plugins.shikakeisan.merge.service import merge_people
from tests.plugins.shikakeisan.base.conftest import TAX_YEAR, City
from tests.plugins.shikakeisan.correction.papers import Paper, file_papers, withdraw_paper

CLERK, CHIEF = "100001", "100002"
READINGS = [f"カナ　{end}" for end in "アイウエオカキクケコサシスセソタチツテト"]
WOMEN = frozenset({"妻", "長女", "母"})
BASES = "SELECT id, person_id, facts, origins FROM shikakeisan.basis WHERE known_to = 'infinity' ORDER BY id"
FINDINGS = "SELECT * FROM shikakeisan.finding WHERE stage = 'merge' ORDER BY id"
CLAIMS = """
SELECT taxpayer_id, relative_id, role FROM shikakeisan.claim WHERE known_to = 'infinity' ORDER BY id
"""


@dataclass
class Desk:
    """People by 宛名番号, their papers, and the merge."""

    city: City
    ids: dict[str, int] = field(default_factory=dict)

    async def register(self, *arrivals: Mapping[str, Any]) -> None:
        """Let people arrive long ago, and freeze the base."""
        await self.city.feed(*arrivals)
        await self.city.freeze()
        for one in arrivals:
            number = str(one["atenaNumber"])
            self.ids[number] = await self.city.id_of(number)

    async def file(self, number: str, paper: Paper) -> int:
        """Let a document of somebody come in; return its number."""
        async with self.city.database.transaction() as session:
            said = [(self.ids[number], paper)]
            [document] = await file_papers(session, TAX_YEAR, said, self.city.clock.now())
        return document

    async def withdraw(self, document: int) -> None:
        """Take a document away from its person."""
        async with self.city.database.transaction() as session:
            await withdraw_paper(session, document, self.city.clock.now())

    async def merge(self, *numbers: str) -> list[str]:
        """Merge these, a while later; return whose basis changed."""
        self.city.clock.go_on(minutes=1)
        async with self.work() as work:
            changed = await merge_people(work, TAX_YEAR, [self.ids[one] for one in numbers])
        names = {person_id: number for number, person_id in self.ids.items()}
        return [names[one] for one in changed]

    @asynccontextmanager
    async def work(self, staff: str = CLERK) -> AsyncIterator[Work]:
        async with self.city.database.transaction() as session:
            yield Work(session, Journal(), staff, self.city.clock.now())

    async def propose(self, number: str, path: str, value: Any, staff: str = CLERK) -> int:
        async with self.work(staff) as work:
            given = Proposal(TAX_YEAR, self.ids[number], path, value, "原本を確認した")
            return await propose_decision(work, given)

    async def approve(self, decision: int, staff: str = CHIEF) -> int:
        self.city.clock.go_on(minutes=1)
        async with self.work(staff) as work:
            return await approve_decision(work, decision)

    async def decide(self, number: str, path: str, value: Any) -> int:
        """Propose as the clerk and approve as the chief; return the decision in force."""
        return await self.approve(await self.propose(number, path, value))

    async def facts(self, number: str) -> Mapping[str, Any]:
        found: Mapping[str, Any] = (await self._basis(number)).facts
        return found

    async def origins(self, number: str, path: str) -> Sequence[Any]:
        found: Sequence[Any] = (await self._basis(number)).origins[path]
        return found

    async def _basis(self, number: str) -> Any:
        rows = await self.city.rows(BASES)
        return next(row for row in rows if row.person_id == self.ids[number])

    async def bases(self) -> Mapping[int, int]:
        """Return the row in force of each person."""
        return {row.person_id: row.id for row in await self.city.rows(BASES)}

    async def claims(self) -> set[tuple[str, str | None, str]]:
        """Return claimant, relative and role."""
        names = {person_id: number for number, person_id in self.ids.items()}
        return {
            (names[row.taxpayer_id], names.get(row.relative_id), row.role)
            for row in await self.city.rows(CLAIMS)
        }

    async def findings(self, *states: str) -> list[tuple[str, str]]:
        """Return whom what is found about, in these states (open where none is named)."""
        names = {person_id: number for number, person_id in self.ids.items()}
        wanted: Collection[str] = states or ("open",)
        rows = await self.city.rows(FINDINGS)
        return sorted((names[row.person_id], row.code) for row in rows if row.state in wanted)

    async def finding(self, number: str, code: str) -> Any:
        """Return the last finding of a kind about somebody."""
        rows = await self.city.rows(FINDINGS)
        return [row for row in rows if (row.person_id, row.code) == (self.ids[number], code)][-1]


def slip(salary: int = 5_000_000, *relatives: Mapping[str, Any], **items: Any) -> Paper:
    """A 給与支払報告書 with 700,000 of 社会保険料."""
    amounts = {"salary": salary, "social_insurance": 700_000}
    return Paper(amounts, items=items, relatives=relatives, birth_date=None)


def pension(amount: int = 1_500_000, *relatives: Mapping[str, Any], **items: Any) -> Paper:
    return Paper({"pension": amount}, "pension_report", items, relatives, birth_date=None)


def named(role: str, name: str, place: int = 1, **said: Any) -> dict[str, Any]:
    """A relative on a document."""
    return {"role": role, "place": place, "name": name, **said}


def somebody(
    city: City, number: str, name: str, birth: str, relation: str, home: str = "1"
) -> dict[str, Any]:
    """The arrival of a member of a household; who is a wife or a daughter is a woman."""
    person = {
        "name": name,
        "kana": READINGS[int(number)],
        "birthDate": birth,
        "sex": "2" if relation in WOMEN else "1",
    }
    return {
        **city.arrival(number),
        "person": person,
        "household": {"number": home, "relation": relation},
    }


def family(city: City) -> list[dict[str, Any]]:
    """Father 1 and mother 2, a son of 20 and a daughter of 17 (3 and 4); 5 lives alone."""
    return [
        somebody(city, "1", "朝霧　太一", "1980-04-05", "世帯主"),
        somebody(city, "2", "朝霧　花", "1982-06-07", "妻"),
        somebody(city, "3", "朝霧　一郎", "2005-08-09", "子"),
        somebody(city, "4", "朝霧　春", "2008-10-11", "長女"),
        somebody(city, "5", "夕凪　実", "1975-01-01", "世帯主", "2"),
    ]
