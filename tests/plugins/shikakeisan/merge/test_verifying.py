"""The documents of the bases are those that are attached; what differs is told by its number."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import text

from core.storage.database import Database
from plugins.shikakeisan.merge import verifying
from plugins.shikakeisan.merge.verifying import Compared, compare_documents
from tests.plugins.shikakeisan.base.conftest import TAX_YEAR, City
from tests.plugins.shikakeisan.merge.desk import Desk, family, pension, slip

OUTSIDE = (
    "UPDATE shikakeisan.base_person SET standing = 'outside', reason = 'moved_away' WHERE person_id = :id"
)
LINK = """INSERT INTO atena.person_link (person_id, primary_id, valid_from, known_from)
    VALUES (:id, :primary, '1900-01-01', :at)"""


@pytest.fixture
async def home(city: City, desk: Desk) -> Desk:
    """Two have documents, and all are merged."""
    await desk.register(*family(city))
    await desk.file("1", slip(5_000_000))
    await desk.file("2", pension(300_000))
    await desk.merge("1", "2")
    return desk


async def compared(desk: Desk, merged_at: datetime | None = None) -> Compared:
    """Compare after a merge that ended at a moment, now if none is given."""
    desk.city.clock.go_on(minutes=1)
    async with desk.city.database.read() as session:
        return await compare_documents(session, TAX_YEAR, merged_at or desk.city.clock.now())


async def test_all_that_is_attached_was_merged(home: Desk) -> None:
    assert await compared(home) == Compared(2, [], [], 0, 0)


async def test_a_document_that_came_after_the_merge_waits(home: Desk) -> None:
    merged_at = home.city.clock.now()
    home.city.clock.go_on(minutes=1)
    await home.file("1", pension(100_000))

    assert await compared(home, merged_at) == Compared(3, [], [], 1, 0)


async def test_a_document_that_the_merge_lost_is_told(home: Desk) -> None:
    lost = await home.file("1", pension(100_000))

    found = await compared(home)

    assert (found, found.agrees) == (Compared(3, [lost], [], 0, 0), False)


async def test_a_document_that_counts_no_more_is_told(home: Desk) -> None:
    more = await home.file("1", pension(100_000))
    await home.merge("1")
    await home.withdraw(more)

    found = await compared(home)

    assert (found, found.agrees) == (Compared(2, [], [more], 0, 0), False)


async def test_who_is_not_in_the_base_is_counted_apart(home: Desk, owner_database: Database) -> None:
    await home.file("5", pension(100_000))
    async with owner_database.transaction() as session:
        await session.execute(text(OUTSIDE), {"id": home.ids["5"]})

    assert await compared(home) == Compared(3, [], [], 0, 1)


@pytest.mark.parametrize("block", [1, 20_000])
async def test_a_document_of_another_number_belongs_to_the_person(
    home: Desk, monkeypatch: pytest.MonkeyPatch, block: int
) -> None:
    monkeypatch.setattr(verifying, "BLOCK", block)
    linked_at = home.city.clock.now() - timedelta(hours=1)
    async with home.city.database.transaction() as session:
        given = {"id": home.ids["5"], "primary": home.ids["1"], "at": linked_at}
        await session.execute(text(LINK), given)
    await home.file("5", pension(100_000))
    await home.merge("1")

    assert await compared(home) == Compared(3, [], [], 0, 0)
