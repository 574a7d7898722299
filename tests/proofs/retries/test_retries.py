"""A retry with the same idempotency key has one effect.

What it shows. Every mutation is sent twice with one key, in the state in which the search of
`tests/proofs/alone` begins, by the chief and by an administrator; and every approval, after somebody else has
proposed. The second answer has the same bytes, and no table changes any more. Mutations that keep no answer
(`no_store`: secrets would be kept) change nothing the second time either, or are named here.

And at the same time: of several requests with one key that arrive at once, on connections of their own, one
does the work; all are answered with its bytes.
"""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, NamedTuple

import httpx
import orjson
import pytest
from sqlalchemy import text

from core.identity import demo
from core.jobs.worker import Worker
from core.storage.address import ServerAddress
from core.storage.database import Database
from tests.proofs.alone.city import ANOTHER, ONE, people
from tests.proofs.alone.house import House, mutations_of, opened, served, settled
from tests.proofs.alone.moves import BY_ANOTHER, TRIES
from tests.proofs.alone.search import Move, Search, body_of

ADMINISTRATOR = "100004"
AT_ONCE = 4
KEEPS_NO_ANSWER = {
    *("signIn", "refresh", "signOut", "changePassword", "enrol"),
    *("proposeMyNumber", "confirmMyNumber"),
    *("proposeStaff", "proposeEnrolment", "approveAccountChange"),
}
TWICE = {"proposeStaff", "proposeEnrolment"}
"""A repetition makes a second proposal with a code of its own; nothing holds before one is approved."""


@pytest.fixture(autouse=True)
def staff(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(demo, "PEOPLE", people())


async def prove_twice(search: Search) -> set[str]:
    """Send every move twice with one key; return the mutations that changed something."""
    sandbox, start, changed = search.sandbox, await search.sandbox.state(), set()
    for place, move in enumerate(await search.moves()):
        async with sandbox.taken_back():
            sandbox.touched.clear()
            first = await search.send(move, key := f"retry-{place:06d}")
            once = await sandbox.state(start)
            again = await search.send(move, key)
            twice = await sandbox.state(once)
        if once != start:
            changed.add(move.name)
        assert once == twice or move.name in TWICE, move
        assert first == again or move.name in KEEPS_NO_ANSWER or is_refused(first), move
    assert search.faults == []
    return changed


def is_refused(answer: bytes) -> bool:
    """Tell whether nothing was done; a refusal is told again with a number of its own."""
    return orjson.loads(answer).get("errors") is not None


@pytest.mark.slow
@pytest.mark.parametrize("number", [ONE, ADMINISTRATOR])
async def test_every_mutation_twice_has_one_effect(
    tmp_path: Path, address: ServerAddress, monkeypatch: pytest.MonkeyPatch, number: str
) -> None:
    async with opened(tmp_path, address, monkeypatch) as house:
        await prove_twice(house.search(number))


async def test_every_approval_twice_has_one_effect(
    tmp_path: Path, address: ServerAddress, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with opened(tmp_path, address, monkeypatch) as house:
        await let_another_propose(house)
        tries = {name: tries for name, tries in TRIES.items() if name.startswith(("approve", "confirm"))}
        changed = await prove_twice(house.search(ONE, tries))
    assert changed >= {
        *("approveCircumstance", "approveFactDecision", "approveTaxCorrection"),
        *("confirmFeedRemedy", "confirmKeying", "confirmResolution"),
    }


async def let_another_propose(house: House) -> None:
    another = house.search(ANOTHER, BY_ANOTHER)
    for move in await another.moves():
        await another.send(move)


class Step(NamedTuple):
    """What somebody asks for several times at once, and how many rows of which tables that gives."""

    number: str
    mutation: str
    effect: Mapping[str, int]
    row: int = -1
    """Which of the rows that the arguments can be taken from."""


STEPS = (
    Step(ONE, "proposeTaxCorrection", {"shikakeisan.proposal": 1}),
    Step(ANOTHER, "approveTaxCorrection", {"shikakeisan.assessment": 1, "shikakeisan.decision": 1}),
    Step(ONE, "proposeCircumstance", {"shikakeisan.circumstance_proposal": 1}),
    Step(ANOTHER, "approveCircumstance", {"shikakeisan.circumstance": 1}),
    Step(ONE, "proposeFactDecision", {"shikakeisan.decision": 1}),
    Step(ANOTHER, "approveFactDecision", {"shikakeisan.decision": 1, "shikakeisan.basis": 1}),
    Step(ONE, "explainGap", {"shiryo.work_item": 1}),
    Step(ONE, "startMerge", {"core.job": 1}),
    Step(ONE, "proposeLateDocuments", {"core.job": 1, "shikakeisan.proposal": 1}),
    Step(ONE, "planCorrectionBatch", {"shikakeisan.batch": 1, "core.job": 1}),
    Step(ONE, "proposeCorrectionBatch", {}),
    Step(ANOTHER, "lookAtSample", {"shikakeisan.sample_look": 1}, row=-2),
    Step(ANOTHER, "lookAtSample", {"shikakeisan.sample_look": 1}),
    Step(ANOTHER, "signOffCorrectionBatch", {"core.job": 1, "shikakeisan.assessment": 2}),
)
"""A year at work: what one proposes and another approves, down to the signature of a batch."""


@asynccontextmanager
async def at_work(
    folder: Path, address: ServerAddress
) -> AsyncIterator[tuple[Database, httpx.AsyncClient, Worker, Mapping[str, str], Any]]:
    town = await settled(folder, address)
    database = Database(address.app_url)
    try:
        async with served(town.runtime, database) as client:
            yield database, client, Worker(town.runtime, database), town.tokens, mutations_of(town.runtime)
    finally:
        await database.close()


async def counts(database: Database, tables: Mapping[str, int]) -> Mapping[str, int]:
    async with database.read() as session:
        return {
            table: (await session.execute(text(f"SELECT count(*) FROM {table}"))).scalar_one()  # noqa: S608
            for table in tables
        }


async def test_at_the_same_time_one_does_the_work(tmp_path: Path, address: ServerAddress) -> None:
    async with at_work(tmp_path, address) as (database, client, worker, tokens, mutations):
        for place, step in enumerate(STEPS):
            asked = TRIES[step.mutation][0]
            async with database.read() as session:
                rows = (await session.execute(text(asked.rows))).all()
            move = Move(step.mutation, orjson.dumps(asked.variables(rows[step.row])).decode())
            before = await counts(database, step.effect)
            answers = await asyncio.gather(
                *(
                    client.post(
                        "/graphql",
                        json=body_of(move, mutations[step.mutation]),
                        headers={
                            "authorization": f"Bearer {tokens[step.number]}",
                            "idempotency-key": f"at-once-{place:06d}",
                        },
                    )
                    for _ in range(AT_ONCE)
                )
            )
            while await worker.work_once():
                pass
            after = await counts(database, step.effect)
            assert len({answer.content for answer in answers}) == 1, (move, answers[0].text)
            assert not is_refused(answers[0].content), (move, answers[0].text)
            assert {table: after[table] - before[table] for table in after} == step.effect, move
