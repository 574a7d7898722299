"""All sequences of mutations by one person, up to a depth, and what of them takes effect.

States are searched in breadth, each once. Two prunings, and why nothing is lost by them:

- *The same state.* What can follow was or will be tried from where it was reached first, with no fewer steps
  left. Moments do not belong to a state: all lie within minutes, and no service tells minutes of one day
  apart. Sealed and hashed bytes do not either: they differ each time, what they are made of does not.
- *The same tables.* A mutation is a function of what it reads. Where every table that its statements named
  is as it was at an earlier try, it does again what it did then. Whenever a state is entered that was
  computed in this way, it is compared with what the database says: a wrong inference fails.

What one person did alone by design (`effects.ALONE`) is no way; behind a way the search does not go on.
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

    async def to_depth(self, depth: int) -> list[Way]:
        """Search from the state in which the sandbox is; return the ways."""
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
        answer = await self.client.post("/graphql", json=body, headers=headers)
        if INTERNAL in answer.text:
            self.faults.append(move)
        while JOBS in self.sandbox.touched and await self.worker.work_once():
            pass
        return answer.content

    async def _from(self, state: State, way: Moves) -> AsyncIterator[tuple[Move, State]]:
        """Yield the moves that change something in a state, and to what."""
        async with Place(self, state, way) as place:
            for move in await place.moves():
                changes = (self._known(state, move) or await place.attempt(move)).changes
                if changes:
                    self.worked.add(move.name)
                    yield move, State({**state, **changes})

    async def _is_way(self, state: State, way: Moves) -> bool:
        async with Place(self, state, way) as place:
            allowed = by_design(way)
            effects = await place.effects() - self.rightful
        new = frozenset((kind, row) for kind, row in effects if kind not in allowed)
        if new:
            self.ways.append(Way(way, new))
        return bool(new)

    def _known(self, state: State, move: Move) -> Tried | None:
        """Return an earlier try on the same tables."""
        for tried in self._tried.get(move, ()):
            if all(state.get(name) == digest for name, digest in tried.before.items()):
                return tried
        return None


@dataclass
class Place:
    """A state, entered only if something must be asked of the database there."""

    search: Search
    state: State
    way: Moves
    _open: AsyncExitStack = field(default_factory=AsyncExitStack)
    _entered: bool = False

    async def __aenter__(self) -> "Place":
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._open.aclose()

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
        await self._enter()
        search, sandbox = self.search, self.search.sandbox
        search.attempts += 1
        async with sandbox.taken_back():
            sandbox.touched.clear()
            await search.send(move)
            touched = set(sandbox.touched)
            after = await sandbox.state(self.state)
        before = {name: self.state[name] for name in touched & self.state.keys()}
        tried = Tried(before, {name: after[name] for name in before if after[name] != before[name]})
        search._tried.setdefault(move, []).append(tried)
        return tried

    async def _rows(self, statement: str) -> Sequence[Any]:
        key = (statement, *(self.state.get(name, "") for name in tables_in(statement)))
        known = self.search._rows
        if key not in known:
            await self._enter()
            known[key] = await self.search.sandbox.rows(statement)
        return known[key]

    async def _enter(self) -> None:
        if not self._entered:
            self._entered = True
            await self._open.enter_async_context(self._replayed())

    @asynccontextmanager
    async def _replayed(self) -> AsyncIterator[None]:
        if not self.way:
            yield
            return
        async with self.search.sandbox.taken_back():
            for move in self.way:
                await self.search.send(move)
                self.search.clock.go_on(minutes=1)
            assert await self.search.sandbox.state() == self.state, self.way
            yield
            self.search.clock.go_on(minutes=-len(self.way))


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
