"""Identity on the real database, with a clock that moves, and the GraphQL endpoint in front of it."""

import base64
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

import httpx
import jwt
import pytest
from starlette.applications import Starlette
from starlette.routing import Route

import core
import core.identity
from core.access.actor import SYSTEM
from core.access.journal import AccessRecord
from core.access.policy import Policy
from core.clock import MovableClock
from core.graphql.documents import Documents
from core.graphql.execution import Executor
from core.graphql.http import GraphQLEndpoint
from core.graphql.settings import BODY_LIMIT, CONCURRENCY, PAGE_LIMIT, STREAMS_PER_ACTOR
from core.identity import register_queries, totp
from core.identity.authenticator import Authenticator
from core.identity.credentials import OwnCredentials
from core.identity.events import Events
from core.identity.graphql import graphql_parts
from core.identity.identity import Identity
from core.identity.oauth import oauth_routes
from core.identity.register import NewStaff, StaffRegister
from core.identity.settings import SETTINGS
from core.identity.sign_in import SignedIn, SignIn
from core.settings import CONFIG, DATA_DIR, PROFILE, Settings, Sources
from core.storage.database import Database, WriteSession
from core.storage.migrations import Migrations
from schema.compose import compose

FOLDER = Path(core.identity.__file__).parent
PASSWORD = "green-river-Stone-42"
OTHER_PASSWORDS = [
    f"quiet-harbour-{word}-7" for word in ("amber", "birch", "cedar", "delta", "ember", "fjord")
]
RULES = """
p, role:tax_clerk, sample.thing, read
p, role:tax_chief, sample.thing, approve
p, role:other_office, sample.thing, mask
p, scope:018:thing:read, sample.thing, read
"""


@pytest.fixture(scope="session")
def branches() -> Sequence[Migrations]:
    return [Migrations("core", Path(core.__file__).parent / "migrations" / "versions", "core")]


@pytest.fixture
def clock() -> MovableClock:
    return MovableClock()


@pytest.fixture(scope="session")
def policy() -> Policy:
    return Policy.load({"identity": (FOLDER / "policy.csv").read_text(encoding="utf-8"), "sample": RULES})


@pytest.fixture
def make_settings(tmp_path: Path) -> Callable[..., Settings]:
    """Make settings of the demo profile with some changed: `make_settings(password_profile="nist")`."""

    def make(**changed: str) -> Settings:
        given = {
            "profile": "demo",
            "data_dir": str(tmp_path),
            "config": str(tmp_path / "none.toml"),
            **changed,
        }
        environ = {f"JUMINZEI_{name.upper()}": value for name, value in given.items()}
        more = (CONFIG, PROFILE, DATA_DIR, BODY_LIMIT, CONCURRENCY, PAGE_LIMIT, STREAMS_PER_ACTOR)
        return Settings([*more, *SETTINGS], Sources(environ))

    return make


@dataclass
class Recorded:
    """The access log of a test."""

    records: list[AccessRecord] = field(default_factory=list)

    async def __call__(self, session: WriteSession, records: Sequence[AccessRecord]) -> None:
        self.records.extend(records)

    @property
    def actions(self) -> list[str]:
        return [record.action for record in self.records]


@pytest.fixture
def recorded() -> Recorded:
    return Recorded()


@pytest.fixture
def make_identity(
    database: Database,
    policy: Policy,
    clock: MovableClock,
    make_settings: Callable[..., Settings],
    recorded: Recorded,
) -> Callable[..., Identity]:
    """Make an Identity, as another process on the same database would have one."""
    return lambda **changed: Identity(database, policy, clock, make_settings(**changed), recorded)


@pytest.fixture
def identity(make_identity: Callable[..., Identity]) -> Identity:
    return make_identity()


@pytest.fixture
def events(identity: Identity) -> Events:
    return Events(identity.record, identity.clock, "test", "c-1", origin="192.0.2.1")


MakePerson = Callable[..., Awaitable["Person"]]


@dataclass
class Person:
    """A person who has enrolled, with what they know and own."""

    identity: Identity
    events: Events
    number: str
    secret: bytes
    password: str = PASSWORD

    def code(self) -> str:
        return totp.code_at(self.secret, totp.step_of(self.identity.clock.now()))

    async def sign_in(self) -> SignedIn:
        """Sign in; the clock moves first, because a code works once."""
        assert isinstance(self.identity.clock, MovableClock)
        self.identity.clock.move(timedelta(seconds=30))
        return await SignIn(self.identity, self.events).sign_in(self.number, self.password, self.code())

    def renewed(self, signed_in: SignedIn) -> str:
        """Return a new access token for the same session, as time goes by."""
        return self.identity.tokens.for_staff(self.number, session_of(signed_in), signed_in.ends_at)


def session_of(signed_in: SignedIn) -> UUID:
    """Return the session that an access token names."""
    return UUID(jwt.decode(signed_in.access_token, options={"verify_signature": False})["sid"])


@pytest.fixture
def make_person(identity: Identity, events: Events) -> MakePerson:
    """Enter a person with roles and let them enrol."""

    async def make(number: str, *roles: str) -> Person:
        async with identity.database.transaction() as session:
            await register_queries.put_departments(session, {"0101": "課税管理課"})
            register = StaffRegister(identity, session, SYSTEM, events)
            code = await register.create(NewStaff(number, "試験 太郎", "0101", date(2020, 4, 1)))
            for role in roles:
                await register.grant(number, role)
        uri = await OwnCredentials(identity, events).enrol(number, code, PASSWORD)
        secret = parse_qs(urlsplit(uri).query)["secret"][0]
        return Person(identity, events, number, base64.b32decode(secret))

    return make


@pytest.fixture
async def person(make_person: MakePerson) -> Person:
    """A tax clerk."""
    return await make_person("001234", "tax_clerk")


@pytest.fixture
def authenticator(identity: Identity) -> Authenticator:
    return Authenticator(identity)


def bearer(token: str, **more: str) -> dict[str, str]:
    """Return the headers of a request with a token."""
    return {"authorization": f"Bearer {token}", **more}


@dataclass
class Front:
    """The HTTP way in: GraphQL and OAuth2."""

    http: httpx.AsyncClient

    async def ask(self, query: str, token: str = "", **variables: object) -> dict[str, Any]:
        """Send one operation and return the decoded answer; a mutation gets a key of its own."""
        headers = {"idempotency-key": secrets.token_hex(8), **(bearer(token) if token else {})}
        body = {"query": query, "variables": variables}
        answer: dict[str, Any] = (await self.http.post("/graphql", json=body, headers=headers)).json()
        return answer

    async def code_of(self, query: str, token: str = "", **variables: object) -> str:
        """Send one operation and return the code of its refusal."""
        code: str = (await self.ask(query, token, **variables))["errors"][0]["extensions"]["code"]
        return code


@pytest.fixture
async def front(
    identity: Identity, policy: Policy, make_settings: Callable[..., Settings], recorded: Recorded
) -> AsyncIterator[Front]:
    settings = make_settings()
    schema = compose([graphql_parts()], policy)
    executor = Executor(schema, identity.database, settings, recorded, mark=identity.seals.mark)
    endpoint = GraphQLEndpoint(
        executor, Documents(schema), Authenticator(identity).authenticate, settings, identity.clock
    )
    app = Starlette(routes=[Route("/graphql", endpoint), *oauth_routes(identity)])
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test") as http:
        yield Front(http)
