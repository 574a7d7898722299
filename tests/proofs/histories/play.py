"""A random history, played on the system and on the model at once."""

from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from random import Random
from typing import Any, NamedTuple

import pytest

from core.access.journal import Journal
from core.work import Work
from plugins.atena.history import FOREVER
from plugins.shikakeisan.base import circumstances
from plugins.shikakeisan.base.circumstances import ADD, END, Proposed, Said
from plugins.shikakeisan.base.standing import Circumstance
from plugins.shikakeisan.correction import service as corrections
from plugins.shikakeisan.correction.computing import Request
from plugins.shikakeisan.correction.errors import ProposalSettled
from plugins.shikakeisan.overview.replay import approve_circumstances
from tests.plugins.shikakeisan.base.conftest import City, address
from tests.plugins.shikakeisan.correction.papers import Paper, file_papers, withdraw_paper
from tests.plugins.shikakeisan.overview.conftest import decide
from tests.proofs.histories.model import BIRTH, TAX_YEAR, Paint, Someone

RESIDENTS, OTHERS = 24, 6
ARRIVED = date(2015, 4, 1)
CLERK, CHIEF = "100001", "100002"


class Waiting(NamedTuple):
    """An open proposal about somebody, and what it rests on."""

    id: int
    number: str
    insurance: int | None
    rests_on: Any


@dataclass
class Play:
    """The stage: a city, the model beside it, and chance."""

    city: City
    chance: Random
    people: dict[str, Someone] = field(default_factory=dict)
    beside: list[str] = field(default_factory=list)
    """Numbers that are linked and unlinked."""
    corrections: list[Waiting] = field(default_factory=list)
    circumstances: dict[str, int] = field(default_factory=dict)
    done: dict[str, int] = field(default_factory=dict)

    async def begin(self) -> None:
        """Let people arrive, half of them with a document, and decide everybody's tax."""
        numbers = [str(place) for place in range(1, RESIDENTS + OTHERS + 1)]
        await self.city.feed(*(self.city.arrival(number, ARRIVED.isoformat()) for number in numbers))
        for number in numbers:
            someone = self.people[number] = Someone(number)
            someone.names.append(Paint(self.now, ARRIVED, FOREVER, "霧ヶ丘　陽斗"))
            someone.lots.append(Paint(self.now, ARRIVED, FOREVER, address()["lot"]))
        self.beside = numbers[RESIDENTS:]
        for number in numbers[:RESIDENTS:2]:
            await self._document(self.people[number])
        await self.city.freeze()
        await decide(self.city)
        for someone in self.people.values():
            someone.decide(self.now)

    async def go_on(self, operations: int) -> None:
        """Do so many random things."""
        deeds: dict[str, tuple[int, Callable[[], Any]]] = {
            "rename": (12, self._rename),
            "move": (12, self._move),
            "put right": (8, self._put_right),
            "document": (12, lambda: self._document(self._resident())),
            "withdraw document": (5, self._withdraw_document),
            "propose": (20, self._propose),
            "approve": (14, self._approve),
            "turn down": (4, self._turn_down),
            "link": (6, self._link),
            "circumstance": (7, self._circumstance),
        }
        names, weights = list(deeds), [weight for weight, _ in deeds.values()]
        for _ in range(operations):
            self.city.clock.go_on(seconds=self.chance.randrange(1, 1_800))
            name = self.chance.choices(names, weights)[0]
            self.done[name] = self.done.get(name, 0) + 1
            await deeds[name][1]()

    @property
    def now(self) -> datetime:
        return self.city.clock.now()

    def _resident(self) -> Someone:
        return self.people[str(self.chance.randrange(1, RESIDENTS + 1))]

    def _day(self) -> date:
        return ARRIVED + timedelta(days=self.chance.randrange(1, 4_500))

    def _word(self) -> str:
        return "".join(self.chance.choices("一二三四五六七八九十百千", k=6))

    async def _rename(self) -> None:
        someone, day, name = self._resident(), self._day(), f"霧ヶ丘　{self._word()}"
        event = self.city.event("name_change", someone.number, day.isoformat(), name=name, kana="キリガオカ")
        await self.city.feed(event)
        someone.names.append(Paint(self.now, day, FOREVER, name))

    async def _move(self) -> None:
        someone, day, lot = self._resident(), self._day(), f"{self._word()}番地"
        place = {**address(), "lot": lot}
        await self.city.feed(self.city.event("move_within", someone.number, day.isoformat(), address=place))
        someone.lots.append(Paint(self.now, day, FOREVER, lot))

    async def _put_right(self) -> None:
        someone, day, lot = self._resident(), self._day(), f"{self._word()}番地"
        until = day + timedelta(days=self.chance.randrange(1, 700))
        place = {"address": {**address(), "lot": lot}, "until": until.isoformat()}
        event = self.city.event("official_correction", someone.number, day.isoformat(), **place)
        await self.city.feed(event)
        someone.lots.append(Paint(self.now, day, until, lot))

    async def _document(self, someone: Someone) -> None:
        amount = self.chance.randrange(500_000, 6_000_000)
        paper = Paper({"salary": amount}, accepted_at=self.now, birth_date=date.fromisoformat(BIRTH))
        person_id = await self.city.id_of(someone.number)
        async with self.city.database.transaction() as session:
            [document_id] = await file_papers(session, TAX_YEAR, [(person_id, paper)], self.now)
        someone.documents[document_id] = amount

    async def _withdraw_document(self) -> None:
        someone = self._resident()
        if someone.documents:
            document_id = self.chance.choice(sorted(someone.documents))
            async with self.city.database.transaction() as session:
                await withdraw_paper(session, document_id, self.now)
            del someone.documents[document_id]

    async def _propose(self) -> None:
        """Propose another 社会保険料, which no two proposals have in common."""
        someone = self._resident()
        insurance = self.chance.randrange(1, 400_000)
        request = Request(
            TAX_YEAR,
            await self.city.id_of(someone.number),
            "ex_officio",
            "調査による",
            self.now.date(),
            {"social_insurance": insurance},
        )
        async with self.city.database.transaction() as session:
            proposal_id = await corrections.propose(self.city.runtime, self._work(session, CLERK), request)
        self.corrections.append(Waiting(proposal_id, someone.number, insurance, someone.state()))

    async def _approve(self) -> None:
        """Approve one, stale or not: it takes effect if, and only if, what it rests on is as it was."""
        if not self.corrections:
            return
        waiting = self.corrections.pop(self.chance.randrange(len(self.corrections)))
        someone = self.people[waiting.number]
        async with self.city.database.transaction() as session:
            done = await corrections.approve(self.city.runtime, self._work(session, CHIEF), waiting.id, 1)
        assert done.is_approved == (waiting.rests_on == someone.state()), (waiting, someone.state())
        if done.is_approved:
            someone.insurance = waiting.insurance
            someone.decide(self.now)
        assert done.revision == len(someone.revisions)

    async def _turn_down(self) -> None:
        """Reject or withdraw one; what another's approval made stale is over."""
        if not self.corrections:
            return
        waiting = self.corrections.pop(self.chance.randrange(len(self.corrections)))
        end, staff = self.chance.choice(((corrections.reject, CHIEF), (corrections.withdraw, CLERK)))
        is_outdated = waiting.rests_on[-1] != len(self.people[waiting.number].revisions)
        refused = pytest.raises(ProposalSettled) if is_outdated else nullcontext()
        with refused:
            async with self.city.database.transaction() as session:
                await end(self._work(session, staff), waiting.id, 1)

    async def _link(self) -> None:
        """Link a number to somebody, or take the link back."""
        number = self.chance.choice(self.beside)
        links = self.people[number].primaries
        primary = None if links and links[-1][1] is not None else self._resident().number
        await self.city.link(number, primary)
        links.append((self.now, primary))

    async def _circumstance(self) -> None:
        """Propose 生活扶助 or its end for somebody; or decide what was proposed."""
        someone = self._resident()
        proposal_id = self.circumstances.pop(someone.number, None)
        async with self.city.database.transaction() as session:
            if proposal_id is None:
                action = END if someone.is_welfare else ADD
                said = Proposed(TAX_YEAR, Circumstance.WELFARE, action, "決定通知書", [Said(someone.number)])
                made = await circumstances.propose(self._work(session, CLERK), said)
                self.circumstances[someone.number] = made
            elif self.chance.random() < 0.7:
                await approve_circumstances(self._work(session, CHIEF), proposal_id, 1)
                someone.is_welfare = not someone.is_welfare
                someone.changes_of_welfare += 1
            else:
                await circumstances.reject(self._work(session, CHIEF), proposal_id, 1)

    def _work(self, session: Any, staff: str) -> Work:
        return Work(session, Journal(), staff, self.now)
