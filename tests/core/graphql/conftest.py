"""A small schema with personal data, masks, mutations and streams, served on the real database."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any, ClassVar

import httpx
import orjson
import pytest
import strawberry
from sqlalchemy import text
from starlette.datastructures import Headers

import core
from core.access.actor import Actor, ActorKind
from core.access.journal import AccessRecord, PersonalData, current_journal
from core.access.permission import Permission
from core.clock import Clock
from core.errors import NotFound, Unauthenticated
from core.graphql.console import Console
from core.graphql.context import Info
from core.graphql.documents import Documents
from core.graphql.execution import Executor
from core.graphql.fields import OPEN, Structure, column, door, guarded, stream
from core.graphql.http import GraphQLEndpoint
from core.graphql.masking import Masked
from core.graphql.pages import Connection, connection, page_of
from core.graphql.scalars import FiscalYear, Yen
from core.graphql.schema import HouseSchema
from core.graphql.settings import SETTINGS
from core.graphql.versions import ensure_version
from core.identity.keys import SealKeys
from core.settings import CONFIG, Settings, Sources
from core.storage.database import Database, WriteSession
from core.storage.migrations import Migrations

PERSON = Permission("sample.person", "read")
NUMBER = Permission("sample.number", "read")
NUMBER_MASK = Permission("sample.number", "mask")
WRITE = Permission("sample.person", "write")
SIGN_IN = Permission("sample.session", "write")
CANARY = "ひみつ花子123456789018"


@strawberry.type
class Person(PersonalData):
    journal_type: ClassVar[str] = "sample_person"

    id: str = column(PERSON, "番号")

    def journal_id(self) -> str:
        return self.id

    @door(PERSON, "氏名")
    def name(self) -> str:
        return f"人{self.id}"

    @door(NUMBER, "個人番号", extensions=[Masked(NUMBER_MASK)])
    def number(self) -> str:
        return "123456789018"

    @door(PERSON, "知人")
    def friends(self, info: Info, first: int | None = None, after: str | None = None) -> "Connection[Person]":
        return people_page(info, first, after)

    @door(PERSON, "知人1")
    def friend(self) -> "Person":
        return Person(id="f" + self.id)


def people_page(info: Info, first: int | None, after: str | None) -> Connection[Person]:
    page = page_of(info, first, after, (int,))
    start = int(str(page.after[0])) + 1 if page.after else 0
    rows = range(start, min(start + page.size + 1, 30))
    return connection(rows, page, node=lambda row: Person(id=str(row)), key=lambda row: (row,))


@strawberry.input
class Filter:
    name: str | None = column(PERSON, "氏名", default=None)
    number: str | None = column(NUMBER, "個人番号", default=None)
    also: "Filter | None" = strawberry.field(default=None)


@strawberry.type
class Query:
    @door(PERSON, "人")
    async def person(self, number: Annotated[str, strawberry.argument(name="id")]) -> Person | None:
        return Person(id=number) if number != "none" else None

    @door(PERSON, "人の一覧")
    def people(self, info: Info, first: int | None = None, after: str | None = None) -> Connection[Person]:
        return people_page(info, first, after)

    @door(PERSON, "検索")
    def search(
        self,
        wanted: Annotated[Filter | None, strawberry.argument(name="filter")] = None,
        number: Annotated[str | None, guarded(NUMBER, "番号")] = None,
    ) -> list[Person]:
        return []

    @door(PERSON, "金額")
    def amount(self, yen: Yen | None = None, year: FiscalYear | None = None) -> Yen:
        return Yen(yen or 2_200_000_000)

    @door(PERSON, "整数")
    def integer(self, value: int) -> int:
        return value

    @door(PERSON, "故障")
    async def boom(self) -> str | None:
        raise RuntimeError(CANARY)

    @door(PERSON, "該当なし")
    async def missing(self) -> str | None:
        raise NotFound

    @door(PERSON, "SQLの故障")
    async def broken_sql(self, info: Info) -> str | None:
        await info.context.read.execute(text("SELECT 1/0"))
        return "?"


@strawberry.type
class Session(Structure):
    token: str = column(OPEN, "トークン")


@strawberry.type
class Mutation:
    @door(WRITE, "メモ")
    async def note(
        self, info: Info, text_: Annotated[str, strawberry.argument(name="text")], fail: str = ""
    ) -> Person:
        await info.context.write.execute(
            text("INSERT INTO sample_graphql.note VALUES (:text)"), {"text": text_}
        )
        journal = current_journal.get()
        assert journal is not None
        journal.wrote("sample_person", "7", {"note"})
        if fail == "boom":
            raise RuntimeError(CANARY)
        if fail == "version":
            ensure_version(current=3, expected=2)
        return Person(id="7")

    @door(SIGN_IN, "サインイン", no_store=True)
    async def sign_in(self, info: Info, password: str) -> Session:
        async with info.context.open_session() as session:
            await session.execute(text("INSERT INTO sample_graphql.note VALUES ('attempt')"))
        if password != "right":
            raise Unauthenticated
        return Session(token="t")


@strawberry.type
class Subscription:
    @stream(PERSON, "数える")
    async def count(self, info: Info, upto: int) -> AsyncGenerator[Person]:
        for number in range(upto):
            async with info.context.open_session() as session:
                await session.scalar(text("SELECT 1"))
            yield Person(id=str(number))

    @stream(PERSON, "待つ")
    async def wait(self) -> AsyncGenerator[str]:
        WAITING.append("open")
        try:
            await asyncio.sleep(3600)
            yield "never"
        finally:
            WAITING.append("closed")

    @stream(PERSON, "壊れる")
    async def crash(self) -> AsyncGenerator[str]:
        yield "one"
        raise RuntimeError(CANARY)


WAITING: list[str] = []
CLERK = Actor(
    ActorKind.STAFF, "100200", "市民税課", grants=frozenset({PERSON, NUMBER, NUMBER_MASK, WRITE, SIGN_IN})
)
VIEWER = Actor(ActorKind.STAFF, "100300", "福祉課", grants=frozenset({PERSON, NUMBER_MASK}))
OTHER = Actor(ActorKind.STAFF, "100400", "水道局", grants=frozenset({WRITE}))
ANYBODY = Actor(ActorKind.ANONYMOUS, "", grants=frozenset({SIGN_IN}))


class House:
    """The sample served: clients by role, and what the access log and the notes hold."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.settings = Settings((CONFIG, *SETTINGS), Sources({"JUMINZEI_CONFIG": "/nonexistent"}))
        self.schema = HouseSchema(Query, Mutation, Subscription)
        self.documents = Documents(self.schema)
        self.actors = {"clerk": CLERK, "viewer": VIEWER, "other": OTHER}
        self.recording = True
        executor = Executor(
            self.schema, database, self.settings, self.record, mark=SealKeys([bytes(32)]).mark
        )
        self.endpoint = GraphQLEndpoint(
            executor, self.documents, self.authenticate, self.settings, Clock(), Console()
        )

    async def authenticate(self, headers: Headers) -> Actor:
        token = headers.get("authorization")
        if token is None:
            return ANYBODY
        if token not in self.actors:
            raise Unauthenticated
        return self.actors[token]

    async def record(self, session: WriteSession, records: Sequence[AccessRecord]) -> None:
        if not self.recording:
            raise RuntimeError(CANARY)
        for record in records:
            line = {**asdict(record), "at": "", "actor": record.actor.number}
            await session.execute(
                text("INSERT INTO sample_graphql.access VALUES (cast(:line AS jsonb))"),
                {"line": orjson.dumps(line).decode()},
            )

    async def lines(self) -> list[dict[str, Any]]:
        async with self.database.read() as session:
            return list(await session.scalars(text("SELECT line FROM sample_graphql.access")))

    async def notes(self) -> int:
        async with self.database.read() as session:
            return int(await session.scalar(text("SELECT count(*) FROM sample_graphql.note")))

    async def post(self, query: str, role: str | None = "clerk", **more: Any) -> httpx.Response:
        headers = more.pop("headers", {}) | ({"authorization": role} if role else {})
        return await self.send(json={"query": query, **more}, headers=headers)

    async def send(self, **request: Any) -> httpx.Response:
        transport = httpx.ASGITransport(app=self.endpoint)
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
            return await client.request(request.pop("method", "POST"), "/graphql", **request)


@pytest.fixture(scope="session")
def branches() -> Sequence[Migrations]:
    own = Path(core.__file__).parent / "migrations" / "versions"
    return [
        Migrations("core", own, "core"),
        Migrations("sample_graphql", Path(__file__).parent / "sample_migrations", "sample_graphql"),
    ]


@pytest.fixture
async def house(database: Database) -> House:
    WAITING.clear()
    return House(database)


@pytest.fixture
async def offline_house() -> AsyncIterator[House]:
    """The sample with a database that nobody can reach: for what must be answered without one."""
    database = Database("postgresql://nobody@127.0.0.1:1/none")
    yield House(database)
    await database.close()


@pytest.fixture(scope="session")
def sample_schema() -> HouseSchema:
    return HouseSchema(Query, Mutation, Subscription)


@pytest.fixture
def waiting() -> list[str]:
    """What the waiting subscription did: `open`, then `closed`."""
    return WAITING
