"""The house in which one person tries: the city, its staff, and a sandbox under the whole application."""

from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from graphql import GraphQLField

from core.jobs.worker import JOB_LEASE, Worker
from core.runtime import Runtime
from core.storage.address import DATABASE_URL, ServerAddress
from core.storage.database import Database
from plugins.atena.api import open_keyring
from plugins.shikakeisan.merge import job
from plugins.shikakeisan.merge.blocks import Block
from plugins.shikakeisan.merge.service import merge_block
from schema.application import build_application
from schema.build import build_runtime
from schema.compose import compose_schema
from schema.testing import environ_of
from tests.plugins.shikakeisan.base.conftest import StandingClock
from tests.plugins.shiryo.conftest import City
from tests.proofs.alone.city import NOW, enter_staff, settle
from tests.proofs.alone.moves import TRIES, Tries
from tests.proofs.alone.sandbox import Sandbox
from tests.proofs.alone.search import Effects, Search


@dataclass(frozen=True)
class House:
    """A deployment at work in a sandbox."""

    sandbox: Sandbox
    clock: StandingClock
    client: httpx.AsyncClient
    worker: Worker
    mutations: Mapping[str, GraphQLField]
    tokens: Mapping[str, str]

    def search(self, number: str, tries: Tries = TRIES, rightful: Effects = frozenset()) -> Search:
        """Let somebody try."""
        tools = (self.sandbox, self.clock, self.client, self.worker, self.mutations)
        return Search(*tools, self.tokens[number], tries, rightful)


@dataclass(frozen=True)
class _Maker:
    """Makes blocks of the merge where the sandbox can be seen: in no other process."""

    sandbox: Sandbox

    async def make(self, _url: str, tax_year: int, first: int, last: int) -> Block:
        async with self.sandbox.read() as session:
            return await merge_block(session, tax_year, first, last)


def merge_within(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the merge job see what nobody outside of the sandbox sees."""

    @contextmanager
    def makers(_workers: int, _blocks: int) -> Iterator[_Maker]:
        yield _Maker(sandbox)

    monkeypatch.setattr(job, "makers", makers)


@dataclass(frozen=True)
class Settled:
    """A deployment whose city has come to where the proofs begin, with the tokens of its staff."""

    runtime: Runtime
    clock: StandingClock
    tokens: Mapping[str, str]


async def settled(folder: Path, address: ServerAddress) -> Settled:
    """Settle the city in a database."""
    environ = environ_of(folder, **{DATABASE_URL.variable: address.app_url, JOB_LEASE.variable: "3600"})
    clock = StandingClock(NOW)
    runtime = build_runtime(environ, clock)
    database = Database(address.app_url)
    try:
        city = City(runtime, database, open_keyring(runtime.settings))
        tokens = await enter_staff(city)
        await settle(city)
    finally:
        await database.close()
    return Settled(runtime, clock, tokens)


@asynccontextmanager
async def served(runtime: Runtime, database: Database) -> AsyncIterator[httpx.AsyncClient]:
    """Lend a client of the whole application."""
    transport = httpx.ASGITransport(await build_application(runtime, database))
    async with httpx.AsyncClient(transport=transport, base_url="http://house") as client:
        yield client


def mutations_of(runtime: Runtime) -> Mapping[str, GraphQLField]:
    """Return every mutation of the composed schema."""
    mutations = compose_schema(runtime).core.mutation_type
    assert mutations is not None
    return dict(mutations.fields)


@asynccontextmanager
async def opened(
    folder: Path, address: ServerAddress, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[House]:
    """Settle the city and lend the house; nothing of what is done in it stays."""
    town = await settled(folder, address)
    async with Sandbox(address).opened() as sandbox, served(town.runtime, sandbox) as client:
        merge_within(sandbox, monkeypatch)
        worker = Worker(town.runtime, sandbox)
        yield House(sandbox, town.clock, client, worker, mutations_of(town.runtime), town.tokens)
