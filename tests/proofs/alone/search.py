"""All sequences of mutations by one person, up to a depth, and what of them takes effect.

States are searched in breadth, each once. Two prunings, and why nothing is lost by them:

- *The same state.* What can follow was or will be tried from where it was reached first, with no fewer steps
  left. Moments do not belong to a state: all lie within minutes, and no service tells minutes of one day
  apart. Sealed and hashed bytes do not either: they differ each time, what they are made of does not.
- *The same tables.* A mutation is a function of what it reads. Where every table that its statements named
  is as it was at an earlier try, it does again what it did then. Whenever a state is entered that was
  computed in this way, it is compared with what the database says: a wrong inference fails.

What one person did alone by design (`effects.ALONE`) is no way; behind a way the search does not go on.

The path to a state stands as savepoints within savepoints. States that come one after the other mostly differ
in their last move: only that is taken back and done anew. What stands of what takes two is read where a move
was tried, before it is taken back, so that the last states of all need not be entered once more.
"""

from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, NamedTuple
from uuid import uuid4

import httpx
import orjson
from graphql import GraphQLField, GraphQLObjectType, get_named_type, is_leaf_type

from core.errors import JuminzeiError
from core.jobs.worker import Worker
from tests.plugins.shikakeisan.base.conftest import StandingClock
from tests.proofs.alone.effects import ALONE, EFFECTS
from tests.proofs.alone.moves import TRIES, Tries
from tests.proofs.alone.sandbox import Sandbox, State, tables_in

Effects = frozenset[tuple[str, str]]
"""Each with its kind and its row."""
NOTHING: Effects = frozenset()
JOBS, INTERNAL = "core.job", JuminzeiError.code


class Move(NamedTuple):
    """One mutation with its arguments as JSON."""

    name: str
    variables: str


Moves = tuple[Move, ...]


class Way(NamedTuple):
    """A sequence of moves after which something stands that takes two."""

    moves: Moves
    effects: Effects


class Tried(NamedTuple):
    """What a move named, as it was before, and what of it is otherwise afterwards."""

    before: Mapping[str, str]
    changes: Mapping[str, str]


@dataclass
class Search:
    """One person (`token`) at the client of a house that works in the sandbox."""

    sandbox: Sandbox
    clock: StandingClock
    client: httpx.AsyncClient
    worker: Worker
    mutations: Mapping[str, GraphQLField]
    token: str
    tries: Tries = field(default_factory=lambda: TRIES)
    rightful: Effects = NOTHING
    """Effects that are not this person's alone."""
    ways: list[Way] = field(default_factory=list)
    attempts: int = 0
    states: int = 0
    faults: list[Move] = field(default_factory=list)
    """What was answered by an internal error: it took no effect, but nobody was told why."""
    worked: set[str] = field(default_factory=set)
    """The mutations that changed something."""
    _tried: dict[Move, list[Tried]] = field(default_factory=dict)
    _rows: dict[tuple[str, ...], Sequence[Any]] = field(default_factory=dict)
    _path: list[tuple[Move, AsyncExitStack]] = field(default_factory=list)
    """The moves that stand, each with what takes it back."""

    async def to_depth(self, depth: int) -> list[Way]:
        """Search from the state in which the sandbox is; return the ways."""
        try:
            return await self._to_depth(depth)
        finally:
            await self._stand_on(())

    async def _to_depth(self, depth: int) -> list[Way]:
        start = await self.sandbox.state()
        self.rightful |= await Place(self, start, ()).effects()
        seen = {(start, NOTHING)}
        frontier: list[tuple[State, Moves]] = [(start, ())]
        for _ in range(depth):
            following = []
            for state, way in frontier:
                async for move, after in self._from(state, way):
                    key = (after, frozenset((kind, "") for kind in by_design((*way, move))))
                    if key not in seen:
                        seen.add(key)
                        following.append((after, (*way, move)))
            frontier = [each for each in following if not await self._is_way(*each)]
        self.states = len(seen)
        return self.ways

    async def moves(self) -> list[Move]:
        """Return all moves that fit what is there."""
        return await Place(self, await self.sandbox.state(), ()).moves()

    async def send(self, move: Move, key: str = "") -> bytes:
        """Send a mutation, and let a worker do what it queued; return the answer."""
        headers = {"authorization": f"Bearer {self.token}", "idempotency-key": key or str(uuid4())}
        body = body_of(move, self.mutations[move.name])
        await self.sandbox.let_ids_go_on()
        self.sandbox.touched.clear()
        answer = await self.client.post("/graphql", json=body, headers=headers)
        if INTERNAL in answer.text:
            self.faults.append(move)
        while JOBS in self.sandbox.touched and await self.worker.work_once():
            pass
        return answer.content

    async def stand(self, state: State, way: Moves) -> None:
        """Go from where the sandbox is to a state."""
        if tuple(move for move, _ in self._path) != way:
            await self._stand_on(way)
            assert await self.sandbox.state() == state, way

    async def _stand_on(self, way: Moves) -> None:
        while tuple(move for move, _ in self._path) != way[: len(self._path)]:
            await self._path.pop()[1].aclose()
        for move in way[len(self._path) :]:
            self._path.append((move, AsyncExitStack()))
            await self._path[-1][1].enter_async_context(self._done(move))

    @asynccontextmanager
    async def _done(self, move: Move) -> AsyncIterator[None]:
        async with self.sandbox.taken_back():
            await self.send(move)
            self.clock.go_on(minutes=1)
            yield
        self.clock.go_on(minutes=-1)

    async def _from(self, state: State, way: Moves) -> AsyncIterator[tuple[Move, State]]:
        """Yield the moves that change something in a state, and to what."""
        place = Place(self, state, way)
        for move in await place.moves():
            changes = (self._known(state, move) or await place.attempt(move)).changes
            if changes:
                self.worked.add(move.name)
                yield move, State({**state, **changes})

    async def _is_way(self, state: State, way: Moves) -> bool:
        allowed = by_design(way)
        effects = await Place(self, state, way).effects() - self.rightful
        new = frozenset((kind, row) for kind, row in effects if kind not in allowed)
        if new:
            self.ways.append(Way(way, new))
        return bool(new)

    def known_rows(self, state: State, statement: str) -> Sequence[Any] | None:
        """Return what a statement says in a state, if it was asked where its tables were the same."""
        return self._rows.get(rows_key(state, statement))

    async def rows(self, state: State, statement: str) -> Sequence[Any]:
        """Return what a statement says in the state in which the sandbox is."""
        key = rows_key(state, statement)
        if key not in self._rows:
            self._rows[key] = await self.sandbox.rows(statement)
        return self._rows[key]

    def _known(self, state: State, move: Move) -> Tried | None:
        """Return an earlier try on the same tables."""
        for tried in self._tried.get(move, ()):
            if all(state.get(name) == digest for name, digest in tried.before.items()):
                return tried
        return None


@dataclass(frozen=True)
class Place:
    """A state, entered only if something must be asked of the database there."""

    search: Search
    state: State
    way: Moves

    async def moves(self) -> list[Move]:
        """Return all moves that fit what is there."""
        found: dict[Move, None] = {}
        for name, tries in self.search.tries.items():
            for each in tries:
                for row in await self._rows(each.rows):
                    found[Move(name, orjson.dumps(each.variables(row)).decode())] = None
        return list(found)

    async def effects(self) -> Effects:
        """Return what stands of what takes two."""
        rows = [(kind, await self._rows(statement)) for kind, statement in EFFECTS.items()]
        return frozenset((kind, str(tuple(row))) for kind, found in rows for row in found)

    async def attempt(self, move: Move) -> Tried:
        """Try a move here, and take it back."""
        search, sandbox = self.search, self.search.sandbox
        await search.stand(self.state, self.way)
        search.attempts += 1
        async with sandbox.taken_back():
            await search.send(move)
            touched = set(sandbox.touched)
            after = await sandbox.state(self.state)
            for statement in EFFECTS.values():
                await search.rows(after, statement)
        before = {name: self.state[name] for name in touched & self.state.keys()}
        tried = Tried(before, {name: after[name] for name in before if after[name] != before[name]})
        search._tried.setdefault(move, []).append(tried)
        return tried

    async def _rows(self, statement: str) -> Sequence[Any]:
        known = self.search.known_rows(self.state, statement)
        if known is None:
            await self.search.stand(self.state, self.way)
            known = await self.search.rows(self.state, statement)
        return known


def rows_key(state: State, statement: str) -> tuple[str, ...]:
    return (statement, *(state.get(name, "") for name in tables_in(statement)))


def by_design(way: Moves) -> frozenset[str]:
    """Return the kinds of effects that one person may bring about by these moves."""
    return frozenset(kind for move in way if move.name in ALONE for kind in ALONE[move.name].effects)


def body_of(move: Move, mutation: GraphQLField) -> Mapping[str, Any]:
    """Return the request that a move is."""
    variables = orjson.loads(move.variables)
    query = document(move.name, mutation, variables)
    return {"query": query, "variables": variables, "extensions": {"reason": "確認のため"}}


def document(name: str, mutation: GraphQLField, variables: Collection[str]) -> str:
    """Return a document for a mutation with these of its arguments."""
    declared = ", ".join(f"${each}: {mutation.args[each].type}" for each in variables)
    given = ", ".join(f"{each}: ${each}" for each in variables)
    selection = _selection(mutation)
    if not variables:
        return f"mutation {{ {name} {selection} }}"
    return f"mutation({declared}) {{ {name}({given}) {selection} }}"


def _selection(field: GraphQLField) -> str:
    """Ask an object for one plain value, whichever comes first; or for that of the first object in it."""
    kind = get_named_type(field.type)
    if not isinstance(kind, GraphQLObjectType):
        return ""
    free = {name: each for name, each in kind.fields.items() if not each.args}
    plain = [name for name, each in free.items() if is_leaf_type(get_named_type(each.type))]
    name = next(iter([*plain, *free]))
    return f"{{ {name} {_selection(free[name])} }}"
