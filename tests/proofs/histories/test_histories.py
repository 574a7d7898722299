"""Random histories: any past state can be asked for, on both clocks, and equals a model kept beside it.

What it shows. Thirty people live through register messages (also about days long past), documents that come
and go, corrections that are proposed, approved, turned down or go stale, links that are set and taken back,
circumstances that two people decide. Each correction takes effect exactly when what it rests on is as it was.
Afterwards, for random people, days and moments, the API answers what the model says: name, address and
primary number, the revision in force with its outcome and figures; and at the end the documents that count.
"""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import date, timedelta
from random import Random
from typing import Any
from uuid import uuid4

import httpx
import pytest

from core.identity import demo
from core.identity.opening import open_identity
from plugins.shiryo.api import documents_of
from schema.application import build_application
from tests.plugins.shikakeisan.base.conftest import City, city
from tests.proofs.histories.model import TAX_YEAR
from tests.proofs.histories.play import Play

__all__ = ["city"]

QUERY = """query ($number: String!, $day: Date!, $at: DateTime!) {
  person(atenaNumber: $number, asOf: $day, asKnownAt: $at) { name address { lot } primary { atenaNumber } }
  assessment(taxYear: 2026, atenaNumber: $number, asKnownAt: $at) {
    revision outcome payable annualTotal cityTotal prefTotal totalIncomeAll }
}"""
FIGURES = ("payable", "annualTotal", "cityTotal", "prefTotal", "totalIncomeAll")


async def prove(city: City, seed: int, operations: int, questions: int) -> None:
    play = Play(city, Random(seed))
    began = play.now
    await play.begin()
    await play.go_on(operations)
    print(f"seed {seed}: {play.done}")  # noqa: T201  # shown where the proof fails
    async with asked(city) as ask:
        for _ in range(questions):
            someone = play.chance.choice(list(play.people.values()))
            at = began + (play.now - began) * play.chance.random() * 1.01
            day = date(2015, 1, 1) + timedelta(days=play.chance.randrange(4_800))
            answer = await ask(number=someone.number, day=day.isoformat(), at=at.isoformat())
            assert told(answer) == (someone.person_at(day, at), someone.decided_at(at)), (
                seed,
                someone.number,
            )
    await prove_documents(play)


def told(answer: dict[str, Any]) -> tuple[Any, Any]:
    """Return an answer in the form of the model."""
    person, decided = answer["person"], answer["assessment"]
    seen: Any = (None, None, None)
    if person is not None:
        primary = person["primary"]
        seen = (person["name"], person["address"]["lot"], primary and primary["atenaNumber"])
    if decided is None:
        return seen, None
    figures = tuple(int(decided[name]) for name in FIGURES)
    return seen, (decided["revision"], decided["outcome"], figures)


async def prove_documents(play: Play) -> None:
    """Those documents count that came and did not go, with their amounts."""
    ids = {await play.city.id_of(number): someone for number, someone in play.people.items()}
    found: dict[int, dict[int, int]] = {person_id: {} for person_id in ids}
    async with play.city.database.read() as session:
        for each in await documents_of(session, sorted(ids), TAX_YEAR):
            found[each.person_id][each.id] = each.amounts["salary"]
    assert found == {person_id: someone.documents for person_id, someone in ids.items()}


@asynccontextmanager
async def asked(city: City) -> AsyncIterator[Callable[..., Awaitable[dict[str, Any]]]]:
    """Lend a way to ask over HTTP, as a clerk who has just signed in."""
    async with city.database.transaction() as session:
        clerk, *_ = await demo.create_demo_staff(session, open_identity(city.runtime, city.database))
    transport = httpx.ASGITransport(await build_application(city.runtime, city.database))
    async with httpx.AsyncClient(transport=transport, base_url="http://house") as client:

        async def ask(**variables: Any) -> dict[str, Any]:
            headers = {"authorization": f"Bearer {clerk.token}", "idempotency-key": str(uuid4())}
            body = {"query": QUERY, "variables": variables}
            answer = (await client.post("/graphql", json=body, headers=headers)).json()
            assert "errors" not in answer, answer
            data: dict[str, Any] = answer["data"]
            return data

        yield ask


async def test_300_random_operations_equal_the_model(city: City) -> None:
    await prove(city, seed=1, operations=300, questions=150)


@pytest.mark.slow
@pytest.mark.parametrize("seed", [2])
async def test_10000_random_operations_equal_the_model(city: City, seed: int) -> None:
    await prove(city, seed, operations=10_000, questions=3_000)
