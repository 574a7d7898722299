"""Nobody can make a change effective alone: a search over all mutations by one person finds no way.

What it shows. One person sends every mutation of the composed schema, over HTTP, with arguments that fit what
is there, in sequences of up to three (with several arguments of each: two); a worker does what they queue.
Afterwards nothing stands in the database that takes two people (`effects.EFFECTS`). Where somebody else has
proposed something, it can be approved as it is, and not altered and then approved. What one person does alone
by design is listed with its reason (`effects.ALONE`, `effects.BY_DESIGN`). `search` says why its prunings
lose nothing.

That the search can find a way is shown by mutants: no service recognises that somebody approves an own
proposal. The database refuses such a change, too; when its constraints are gone as well, a way is there in
every service, and is found.

Not searched: commands at the terminal. Those that decide act by the same services in the name of who signs
in; the others do what the system does, and whoever may type them may also stop the database.
"""

from collections.abc import AsyncIterator, Awaitable, Callable
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from graphql import GraphQLSchema
from sqlalchemy import text

from core.identity import demo
from core.storage.address import ServerAddress
from core.storage.database import Database
from schema.build import build_runtime
from schema.compose import compose_schema
from schema.testing import environ_of
from tests.proofs.alone.city import ANOTHER, ONE, OTHER_OFFICES, people
from tests.proofs.alone.effects import ALONE, BY_DESIGN, BY_TWO, DERIVED
from tests.proofs.alone.house import House, opened
from tests.proofs.alone.moves import BRIEF, BY_ANOTHER, NARROW, TRIES
from tests.proofs.alone.search import Effects, Search

SAYS_WHO_PROPOSED = (
    "plugins.shikakeisan.correction.queries.proposal_row",
    "plugins.shiryo.service.resolving._item",
    "plugins.shikakeisan.base.circumstance_queries.proposal_row",
    "plugins.shikakeisan.merge.decisions._proposed",
    "plugins.atena.queries.feed_remedies.find_remedy",
    "plugins.shikakeisan.inquiry.queries.reply_row",
    "plugins.atena.queries.number_proposals.find_proposal",
)
"""From where a service knows whose proposal it is."""
CONSTRAINTS = """
SELECT format('ALTER TABLE %s DROP CONSTRAINT %I', conrelid::regclass, conname) FROM pg_constraint
WHERE conname LIKE '%two_persons'
"""


@pytest.fixture
async def house(
    tmp_path: Path, address: ServerAddress, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[House]:
    monkeypatch.setattr(demo, "PEOPLE", people())
    async with opened(tmp_path, address, monkeypatch) as house:
        yield house


@pytest.fixture
def schema(tmp_path: Path) -> GraphQLSchema:
    return compose_schema(build_runtime(environ_of(tmp_path))).core


def test_every_mutation_has_a_place(schema: GraphQLSchema) -> None:
    assert schema.mutation_type is not None
    assert TRIES.keys() == schema.mutation_type.fields.keys()
    alone = [name for names in BY_DESIGN for name in names.split(", ")]
    assert sorted(TRIES) == sorted([*alone, *ALONE, *BY_TWO])


async def prove(search: Search, depth: int) -> None:
    ways = await search.to_depth(depth)
    print(f"{search.attempts} attempts, {search.states} states")  # noqa: T201  # the figures of the proof
    assert ways == []
    assert search.faults == []


async def test_one_person_finds_no_way(house: House) -> None:
    await prove(house.search(ONE, BRIEF), 2)


@pytest.mark.slow
async def test_one_person_finds_no_way_with_any_arguments(house: House) -> None:
    await prove(house.search(ONE), 2)


@pytest.mark.slow
@pytest.mark.parametrize("number", [ONE, *OTHER_OFFICES])
async def test_nobody_finds_a_way_in_three_steps(house: House, number: str) -> None:
    await prove(house.search(number, NARROW), 3)


async def proposed_by_another(house: House) -> Effects:
    """Let somebody else propose; return what may follow from approving exactly that."""
    for move in await house.search(ANOTHER, BY_ANOTHER).moves():
        await house.search(ANOTHER).send(move)
    approving = house.search(ONE, BRIEF)
    ways = await approving.to_depth(1)
    assert {way.moves[0].name for way in ways} >= APPROVING
    return frozenset().union(*(way.effects for way in ways))


APPROVING = {
    "approveCircumstance",
    "approveFactDecision",
    "approveTaxCorrection",
    "confirmFeedRemedy",
    "confirmInquiryReply",
    "confirmKeying",
    "confirmMyNumber",
    "confirmResolution",
}


async def test_what_another_proposed_takes_effect_as_it_is_or_not_at_all(house: House) -> None:
    rightful = await proposed_by_another(house)
    ways = await house.search(ONE, BRIEF, rightful).to_depth(2)
    assert [way for way in ways if any(kind not in DERIVED for kind, _ in way.effects)] == []


class Unequal(str):
    """A 職員番号 that is like no other, not even like itself."""

    __slots__ = ()
    __hash__ = str.__hash__

    def __eq__(self, _other: object) -> bool:
        return False


def unequal(found: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
    """Let nobody recognise their own proposal."""

    class Row:
        def __init__(self, row: Any) -> None:
            self._row = row
            self.proposed_by = Unequal(row.proposed_by)

        def __getattr__(self, name: str) -> Any:
            return getattr(self._row, name)

    async def mutant(*given: Any) -> Any:
        row = await found(*given)
        return None if row is None else Row(row)

    return mutant


@pytest.fixture
def no_checks(monkeypatch: pytest.MonkeyPatch) -> None:
    """No service sees that somebody approves an own proposal."""
    for path in SAYS_WHO_PROPOSED:
        module, _, name = path.rpartition(".")
        home = import_module(module)
        monkeypatch.setattr(home, name, unequal(getattr(home, name)))


@pytest.fixture
async def no_constraints(owner_database: Database) -> None:
    """Nor does the database."""
    async with owner_database.transaction() as session:
        for statement in (await session.scalars(text(CONSTRAINTS))).all():
            await session.execute(text(statement))


@pytest.mark.usefixtures("no_checks")
async def test_without_the_checks_the_database_still_refuses(house: House) -> None:
    search = house.search(ONE, BRIEF)
    assert await search.to_depth(2) == []
    assert {move.name for move in search.faults} >= APPROVING


@pytest.mark.usefixtures("no_checks", "no_constraints")
async def test_a_planted_hole_is_found(house: House) -> None:
    ways = await house.search(ONE, BRIEF).to_depth(2)
    assert {way.moves[-1].name for way in ways} >= APPROVING
