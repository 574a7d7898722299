"""A plain Strawberry server without our core: the same rows by SQLAlchemy Core, one connection per request.

Third argument `cached`: with Strawberry's ParserCache and ValidationCache, which its documentation offers.
"""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NewType

import asyncpg
import strawberry
from sqlalchemy import (
    BigInteger,
    Column,
    Date,
    Integer,
    MetaData,
    Row,
    Select,
    Table,
    Text,
    literal_column,
    select,
)
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from strawberry.asgi import GraphQL
from strawberry.extensions import ParserCache, ValidationCache
from strawberry.schema.config import StrawberryConfig
from work import POOL, database_url, serve

INFINITY = literal_column("'infinity'")
Yen = NewType("Yen", int)
atena = MetaData(schema="atena")
person = Table("person", atena, Column("id", BigInteger), Column("atena_number", Text))
revision = Table(
    "person_revision",
    atena,
    *(Column(name, BigInteger) for name in ("person_id",)),
    *(Column(name, Text) for name in ("name", "kana", "sex")),
    *(Column(name, Date) for name in ("birth_date", "valid_from", "valid_to", "known_to")),
)
address = Table(
    "address_revision",
    atena,
    Column("person_id", BigInteger),
    *(
        Column(name, Text)
        for name in ("municipality_code", "prefecture", "municipality", "town", "lot", "postal_code")
    ),
    *(Column(name, Date) for name in ("valid_from", "valid_to", "known_to")),
)
instalment = Table(
    "instalment",
    MetaData(schema="bench"),
    *(Column(name, BigInteger) for name in ("person_id", "amount", "paid_amount")),
    Column("number", Integer),
    *(Column(name, Date) for name in ("due_date", "paid_on")),
)


@dataclass
class Context:
    """One connection per request; sibling resolvers take turns on it."""

    engine: AsyncEngine
    today: date
    connection: AsyncConnection | None = None
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def rows(self, statement: Select[Any]) -> Any:
        """Execute a statement."""
        async with self.turn:
            if self.connection is None:
                self.connection = await self.engine.connect()
            return (await self.connection.execute(statement)).all()


Info = strawberry.Info[Context, None]


@strawberry.type
class Address:
    municipality_code: str
    prefecture: str
    municipality: str
    town: str
    lot: str
    postal_code: str
    valid_from: date


@strawberry.type
class Instalment:
    number: int
    due_date: date
    amount: Yen
    paid_amount: Yen
    paid_on: date | None


@strawberry.type
class Person:
    id: strawberry.Private[int]
    atena_number: str
    name: str
    kana: str
    birth_date: str | None
    sex: str
    valid_from: date

    @strawberry.field
    async def address(self, info: Info) -> Address | None:
        """Return the present address."""
        at, columns = (
            address.c,
            ("municipality_code", "prefecture", "municipality", "town", "lot", "postal_code"),
        )
        statement = select(*(at[name] for name in columns), at.valid_from).where(
            at.person_id == self.id,
            at.valid_from <= info.context.today,
            info.context.today < at.valid_to,
            at.known_to == INFINITY,
        )
        return next((Address(**row._mapping) for row in await info.context.rows(statement)), None)

    @strawberry.field
    async def instalments(self, info: Info) -> list[Instalment]:
        """Return the instalments."""
        of = instalment.c
        statement = (
            select(of.number, of.due_date, of.amount, of.paid_amount, of.paid_on)
            .where(of.person_id == self.id)
            .order_by(of.number)
        )
        return [Instalment(**row._mapping) for row in await info.context.rows(statement)]


@strawberry.type
class Query:
    @strawberry.field
    async def person(self, info: Info, atena_number: str) -> Person | None:
        """Return one person."""
        said, today = revision.c, info.context.today
        statement = (
            select(person, said.name, said.kana, said.birth_date, said.sex, said.valid_from)
            .join_from(person, revision, said.person_id == person.c.id)
            .where(
                person.c.atena_number == atena_number,
                said.valid_from <= today,
                today < said.valid_to,
                said.known_to == INFINITY,
            )
        )
        return next((_person(row) for row in await info.context.rows(statement)), None)


def _person(row: Row[Any]) -> Person:
    told = dict(row._mapping)
    born = told.pop("birth_date")
    return Person(birth_date=born and born.isoformat(), **told)


class Server(GraphQL[Context, None]):
    """Strawberry's own ASGI view, with the engine in the context."""

    engine: AsyncEngine

    async def get_context(self, request: Request, response: Response) -> Context:
        """Make the context of a request."""
        return Context(self.engine, date.today())  # noqa: DTZ011  # the machine's own day is good enough

    async def run(self, request: Request, *arguments: Any, **more: Any) -> Any:
        """Run a request and give its connection back."""
        context = await self.get_context(request, Response())
        try:
            return await super().run(request, *arguments, **{**more, "context": context})
        finally:
            if context.connection is not None:
                await context.connection.close()


def build() -> Starlette:
    """Make the application."""
    caches = (ParserCache, ValidationCache) if sys.argv[3:] == ["cached"] else ()
    yen = strawberry.scalar(name="Yen", serialize=int, parse_value=int)
    schema = strawberry.Schema(Query, extensions=caches, config=StrawberryConfig(scalar_map={Yen: yen}))
    server = Server(schema, graphql_ide=None)

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        server.engine = create_async_engine(
            "postgresql+asyncpg://",
            async_creator=lambda: asyncpg.connect(database_url()),
            pool_size=POOL,
            max_overflow=0,
        )
        yield
        await server.engine.dispose()

    return Starlette(routes=[Route("/graphql", server)], lifespan=lifespan)


if __name__ == "__main__":
    serve(build())
