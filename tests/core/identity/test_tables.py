"""The migration makes exactly the tables that the program declares."""

from collections.abc import Sequence

from sqlalchemy import Table

from core.identity.tables import Base
from core.storage.database import Database
from core.storage.migrations import Migrations, differences

OWN = set(Base.metadata.tables)


async def test_migration_makes_the_declared_tables(
    owner_database: Database, branches: Sequence[Migrations]
) -> None:
    found = await differences(owner_database, branches[0], Base.metadata)

    assert [change for change in found if not _of_another_table(change)] == []


def _of_another_table(change: tuple[object, ...]) -> bool:
    """Jobs and others declare tables of the same schema elsewhere, so these look superfluous here."""
    kind, thing = change[0], change[1]
    table = thing if isinstance(thing, Table) else getattr(thing, "table", None)
    return kind in ("remove_table", "remove_index") and isinstance(table, Table) and str(table) not in OWN
