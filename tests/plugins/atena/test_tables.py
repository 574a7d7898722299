"""What the database itself holds: the tables of the program, no overlap, no change in place, no deletion."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy import insert, text
from sqlalchemy.exc import DBAPIError, IntegrityError

from core.storage.database import Database, WriteSession
from core.storage.errors import constraint_of
from core.storage.migrations import differences
from plugins import atena
from plugins.atena import tables
from plugins.atena.queries import persons

NOW = datetime(2026, 6, 10, 3, 0, tzinfo=UTC)
ADDRESS: dict[str, Any] = {
    "municipality_code": "331015",
    "prefecture": "岡山県",
    "municipality": "岡山市北区",
    "town_code": "0000000",
    "town": "桜見町",
    "lot": "1番地",
    "building": "",
    "postal_code": "7000000",
    "address_key": "岡山市北区桜見町1",
    "town_key": "桜見町1",
    "known_from": NOW,
}


def span(valid_from: int, valid_to: int) -> dict[str, date]:
    return {"valid_from": date(valid_from, 1, 1), "valid_to": date(valid_to, 1, 1)}


async def test_migrations_make_the_tables_of_the_program(owner_database: Database) -> None:
    assert await differences(owner_database, atena.migrations(), tables.metadata) == []


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (span(2020, 2030), span(2020, 2021)),
        (span(2020, 2030), span(2025, 2030)),
        (span(2020, 2030), span(2022, 2023)),
        (span(2020, 2022), span(2021, 2025)),
        (span(2022, 2023), span(2020, 2030)),
    ],
)
async def test_present_revisions_cannot_overlap(
    session: WriteSession, one: dict[str, date], other: dict[str, date]
) -> None:
    person_id = await persons.add_person(session, "1", NOW)
    row = {**ADDRESS, "person_id": person_id}
    await session.execute(insert(tables.address_revision), [{**row, **one}])

    with pytest.raises(IntegrityError):
        await session.execute(insert(tables.address_revision), [{**row, **other}])


async def test_overlap_within_one_statement_is_seen(session: WriteSession) -> None:
    person_id = await persons.add_person(session, "1", NOW)
    rows = [
        {**ADDRESS, "person_id": person_id, **span(2020, 2030)},
        {**ADDRESS, "person_id": person_id, **span(2022, 2023)},
    ]
    columns = tuple(rows[0])

    with pytest.raises(IntegrityError) as refused:
        await session.copy(tables.address_revision, columns, [tuple(row.values()) for row in rows])

    assert constraint_of(refused.value) == "ex_address_revision_overlap"


async def test_neighbours_superseded_revisions_and_other_people_do_not_overlap(session: WriteSession) -> None:
    one, other = [await persons.add_person(session, number, NOW) for number in "12"]
    superseded = {"known_from": datetime(2025, 1, 1, tzinfo=UTC), "known_to": NOW}
    for row in (
        {"person_id": one, **span(2020, 2022)},
        {"person_id": one, **span(2022, 2024)},
        {"person_id": one, **span(2021, 2023), **superseded},
        {"person_id": other, **span(2021, 2023)},
    ):
        await session.execute(insert(tables.address_revision), [{**ADDRESS, **row}])

    count = await session.scalar(text("SELECT count(*) FROM atena.address_revision"))
    assert count == 4


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE atena.person_revision SET name = '別人'",
        "UPDATE atena.person_revision SET valid_from = '2000-01-01'",
        "UPDATE atena.person_revision SET known_from = now()",
        "UPDATE atena.person SET atena_number = '2'",
        "UPDATE atena.my_number SET person_id = 1",
        "DELETE FROM atena.person_revision",
        "DELETE FROM atena.my_number",
        "TRUNCATE atena.address_revision",
        "ALTER TABLE atena.person DISABLE TRIGGER ALL",
        "DROP TABLE atena.my_number",
    ],
)
async def test_the_application_cannot_change_history(session: WriteSession, statement: str) -> None:
    with pytest.raises(DBAPIError) as refused:
        await session.execute(text(statement))

    assert getattr(refused.value.orig, "sqlstate", "") == "42501"
