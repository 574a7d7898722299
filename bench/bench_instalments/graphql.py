"""The field that the benchmark adds to `Person`, loaded in one statement for all persons of an answer."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import strawberry
from sqlalchemy import BigInteger, Column, Date, Integer, MetaData, Row, Table, select

from core.access.permission import Permission
from core.graphql.context import Info
from core.graphql.fields import column, door
from core.graphql.loaders import Loader
from core.graphql.scalars import Yen
from plugins.atena.api import Person

READ = Permission("bench.instalment", "read")

instalment = Table(
    "instalment",
    MetaData(schema="bench"),
    Column("person_id", BigInteger, primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("due_date", Date),
    Column("amount", BigInteger),
    Column("paid_amount", BigInteger),
    Column("paid_on", Date),
)


class InstalmentsByPerson(Loader[int, Sequence[Row[Any]]]):
    """The instalments of a person in their order."""

    missing: Sequence[Row[Any]] = ()

    async def fetch(self, keys: Sequence[int]) -> Mapping[int, Sequence[Row[Any]]]:
        """Return the instalments by person."""
        person_id = instalment.c.person_id
        statement = select(instalment).where(person_id.in_(keys)).order_by(person_id, instalment.c.number)
        found: defaultdict[int, list[Row[Any]]] = defaultdict(list)
        for row in await self.session.execute(statement):
            found[row.person_id].append(row)
        return found


@strawberry.type(description="期別")
class Instalment:
    """One of the twelve."""

    number: int = column(READ, "期")
    due_date: date = column(READ, "納期限")
    amount: Yen = column(READ, "税額")
    paid_amount: Yen = column(READ, "納付額")
    paid_on: date | None = column(READ, "納付日")


@strawberry.type
class PersonInstalments:
    """What this plug-in adds to `Person`."""

    @door(READ, "期別（1年度分）")
    async def instalments(self, person: strawberry.Parent[Person], info: Info) -> list[Instalment]:
        """Return the person's instalments."""
        rows = await info.context.loader(InstalmentsByPerson).load(person.id)
        return [
            Instalment(
                number=row.number,
                due_date=row.due_date,
                amount=Yen(row.amount),
                paid_amount=Yen(row.paid_amount),
                paid_on=row.paid_on,
            )
            for row in rows
        ]
