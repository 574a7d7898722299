"""Remembers in the database that a synthetic city lives there, so that the demo can be run again."""

from sqlalchemy import BigInteger, Column, Integer, MetaData, Table, func, select
from sqlalchemy.dialects.postgresql import JSONB, insert

from core.demo.city import DemoCity
from core.runtime import Runtime
from core.storage.database import ReadSession, WriteSession

demo_city = Table(
    "demo_city",
    MetaData(schema="core"),
    Column("id", Integer, primary_key=True),
    Column("people", Integer, nullable=False),
    Column("seed", BigInteger, nullable=False),
    Column("samples", JSONB, nullable=False),
)
ONLY = 1  # a database holds one city


async def recall(session: ReadSession, runtime: Runtime) -> DemoCity | None:
    """Return the city that this database holds, or None."""
    row = (await session.execute(select(demo_city).where(demo_city.c.id == ONLY))).first()
    return None if row is None else DemoCity(runtime, row.people, row.seed, row.samples)


async def remember(session: WriteSession, city: DemoCity) -> None:
    """Write down that the city was made; a second one is refused by the primary key."""
    await session.execute(
        insert(demo_city).values(id=ONLY, people=city.people, seed=city.seed, samples=city.samples)
    )


async def holds_demo(session: ReadSession) -> bool:
    """Tell whether the people of this database are synthetic."""
    return bool(await session.scalar(select(func.count()).select_from(demo_city)))
