"""Fixtures for tests of a whole deployment: all plug-ins over ASGI, a database per test, real sign-ins."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest
from sqlalchemy import text

from core.clock import MovableClock
from core.demo.city import DemoCity
from core.identity.demo import DemoSignIn, create_demo_staff
from core.identity.opening import open_identity
from core.runtime import Runtime
from core.settings import CONFIG, DATA_DIR, PROFILE
from core.storage.address import DATABASE_URL, ServerAddress
from core.storage.database import Database
from core.storage.migrations import Migrations
from schema.application import build_application
from schema.build import build_runtime

PEOPLE = 30


def environ_of(folder: Path, **more: str) -> dict[str, str]:
    """Return the environment of a demo deployment that lives in `folder`."""
    return {
        CONFIG.variable: str(folder / "juminzei.toml"),
        DATA_DIR.variable: str(folder / "data"),
        PROFILE.variable: "demo",
        **more,
    }


@pytest.fixture(scope="session")
def house_branches(tmp_path_factory: pytest.TempPathFactory) -> Sequence[Migrations]:
    """The migrations of all plug-ins; a folder of tests lets its `branches` be these."""
    return build_runtime(environ_of(tmp_path_factory.mktemp("branches"))).plugins.answers("migrations")


@dataclass
class House:
    """A deployment at work: `ask` sends GraphQL as one of the demo's people."""

    runtime: Runtime
    database: Database
    client: httpx.AsyncClient
    people: dict[str, DemoSignIn] = field(default_factory=dict)
    samples: dict[str, str] = field(default_factory=dict)

    async def ask(
        self, query: str, role: str = "", token: str = "", reason: str = "", **variables: Any
    ) -> httpx.Response:
        """Send one GraphQL request, as one of the people, with a token, or as nobody."""
        token = token or (self.people[role].token if role else "")
        headers = {"idempotency-key": str(uuid4())}
        if token:
            headers["authorization"] = f"Bearer {token}"
        body = {"query": query, "variables": variables, "extensions": {"reason": reason}}
        return await self.client.post("/graphql", json=body, headers=headers)

    async def audit(self, owner: Database) -> list[Any]:
        """Return the access log, oldest line first."""
        async with owner.read() as session:
            return list(await session.execute(text("SELECT * FROM audit.entry ORDER BY id")))


@asynccontextmanager
async def open_house(folder: Path, address: ServerAddress, **more: str) -> AsyncIterator[House]:
    """Lend a deployment on the database at `address`; `more` are environment variables."""
    environ = environ_of(folder, **{DATABASE_URL.variable: address.app_url, **more})
    runtime = build_runtime(environ, MovableClock())
    database = Database(address.app_url)
    try:
        transport = httpx.ASGITransport(await build_application(runtime, database))
        async with httpx.AsyncClient(transport=transport, base_url="http://house") as client:
            yield House(runtime, database, client)
    finally:
        await database.close()


@pytest.fixture
async def house(tmp_path: Path, address: ServerAddress) -> AsyncIterator[House]:
    """A small synthetic city with all plug-ins, and three people to sign in as."""
    async with open_house(tmp_path, address) as house:
        async with house.database.transaction() as session:
            city = DemoCity(house.runtime, PEOPLE, 1)
            await house.runtime.plugins.run("seed_demo", session=session, city=city)
            sign_ins = await create_demo_staff(session, open_identity(house.runtime, house.database))
        house.people = {person.role: person for person in sign_ins}
        house.samples = city.samples
        yield house
