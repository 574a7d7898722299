"""The table that the migration makes is the table that the program declares."""

from collections.abc import Sequence

from core.jobs.tables import job
from core.storage.database import Database
from core.storage.migrations import Migrations, differences


async def test_the_migration_makes_the_declared_table(
    owner_database: Database, branches: Sequence[Migrations]
) -> None:
    found = await differences(owner_database, branches[0], job.metadata)

    foreign = [each for each in found if each[0] in ("remove_table", "remove_index")]
    assert [each for each in found if each not in foreign] == []
    assert job.name not in [getattr(each[1], "name", None) for each in foreign]
