"""The synthetic city: seeded, plausible, with right numbers, found by the queries that the demo prints."""

from datetime import date
from random import Random
from types import SimpleNamespace
from typing import Any, cast

import pytest
from sqlalchemy import select, text

from core.clock import Clock
from core.demo.city import DemoCity
from core.runtime import Runtime
from core.settings import Settings
from core.storage.database import Database
from plugins import atena
from plugins.atena import tables
from plugins.atena.check_digits import is_corporate_number, is_my_number
from plugins.atena.city.people import citizens
from plugins.atena.search_keys import kana_key, name_key
from plugins.atena.service.banks import ACCOUNT_CHECKS
from plugins.atena.vault.keyring import open_keyring
from plugins.atena.vault.seal import unseal


async def seeded(database: Database, settings: Settings, people: int) -> DemoCity:
    runtime = cast("Runtime", SimpleNamespace(settings=settings, clock=Clock()))
    city = DemoCity(runtime, people, 1)
    async with database.transaction() as session:
        await atena.seed_demo(session, city)
    return city


async def count(database: Database, statement: str) -> int:
    async with database.read() as session:
        return int(await session.scalar(text(statement)))


@pytest.mark.parametrize("people", [1, 2, 500])
async def test_as_many_people_as_asked_for(database: Database, settings: Settings, people: int) -> None:
    await seeded(database, settings, people)

    assert await count(database, "SELECT count(*) FROM atena.person") == people
    present = "SELECT count(DISTINCT person_id) FROM atena.{} WHERE known_to = 'infinity'"
    assert await count(database, present.format("person_revision")) == people
    assert await count(database, present.format("address_revision")) == people


async def test_the_city_has_every_ward_some_non_residents_and_some_who_moved(
    database: Database, settings: Settings
) -> None:
    await seeded(database, settings, 2_000)

    async with database.read() as session:
        found = await session.scalars(select(tables.address_revision.c.municipality).distinct())
        municipalities = set(found)
    assert {"岡山市北区", "岡山市中区", "岡山市東区", "岡山市南区"} < municipalities
    non_residents = await count(
        database, "SELECT count(*) FROM atena.person_revision WHERE kind = 'non_resident'"
    )
    assert 10 < non_residents < 200
    assert (
        await count(database, "SELECT count(*) FROM atena.address_revision WHERE known_to < 'infinity'") > 50
    )


async def test_every_number_has_its_check_digit_and_stands_once(
    database: Database, settings: Settings
) -> None:
    await seeded(database, settings, 500)

    keyring = open_keyring(settings)
    async with database.read() as session:
        sealed = (await session.execute(select(tables.my_number))).all()
        corporate = (await session.scalars(select(tables.employer_revision.c.corporate_number))).all()
    numbers = [unseal(keyring, row.person_id, row) for row in sealed]
    assert len(numbers) > 450
    assert len(set(numbers)) == len(numbers)
    assert all(map(is_my_number, numbers))
    assert all(map(is_corporate_number, corporate))


async def test_keys_are_those_of_the_names(database: Database, settings: Settings) -> None:
    await seeded(database, settings, 50)

    async with database.read() as session:
        rows = (await session.execute(select(tables.person_revision))).all()
    assert [(row.name_key, row.kana_key) for row in rows] == [
        (name_key(row.name), kana_key(row.kana)) for row in rows
    ]


@pytest.mark.parametrize(("seed", "same"), [(1, True), (2, False)])
def test_the_same_seed_makes_the_same_people(seed: int, same: bool) -> None:
    first, second = (list(citizens(Random(each), 300, date(2026, 6, 10))) for each in (1, seed))
    assert (first == second) is same


def test_households_are_plausible() -> None:
    today = date(2026, 6, 10)
    people = list(citizens(Random(3), 5_000, today))
    ages = [(today - person.birth).days // 365 for person in people]
    assert 0 <= min(ages) < 5
    assert 85 < max(ages) < 100
    assert 0.2 < sum(age >= 65 for age in ages) / len(ages) < 0.4
    assert 0.1 < sum(age < 18 for age in ages) / len(ages) < 0.25
    assert all(person.birth <= person.homes[0][0] <= today for person in people)


async def test_residents_live_in_households_with_one_head(database: Database, settings: Settings) -> None:
    await seeded(database, settings, 500)

    member = tables.household_member.c
    async with database.read() as session:
        rows = (await session.execute(select(member.household_number, member.relation))).all()
    residents = "SELECT count(*) FROM atena.person_revision WHERE kind = 'resident'"
    assert len(rows) == await count(database, residents)
    heads = [row.household_number for row in rows if row.relation == "世帯主"]
    assert sorted(heads) == sorted({row.household_number for row in rows})
    assert {row.relation for row in rows} == {"世帯主", "妻", "子", "母"}


async def test_some_have_an_account_an_address_or_an_agent(database: Database, settings: Settings) -> None:
    await seeded(database, settings, 2_000)

    async with database.read() as session:
        accounts = (await session.execute(select(tables.bank_account))).all()
        codes = set(await session.scalars(select(tables.bank_branch.c.code)))
    assert 100 < len(accounts) < 300
    assert {account.branch_code for account in accounts} == codes
    for account in accounts:
        said = {name: getattr(account, name) for name in ACCOUNT_CHECKS}
        assert not [fault for name, value in said.items() for fault in ACCOUNT_CHECKS[name](name, value)]
    assert await count(database, "SELECT count(*) FROM atena.delivery_address") > 5
    assert await count(database, "SELECT count(*) FROM atena.tax_agent") > 0


async def test_the_queries_to_paste_find_something(
    database: Database, settings: Settings, house: Any
) -> None:
    city = await seeded(database, settings, 100)

    search, person, number = atena.demo_queries(city)

    found = await house.data(search.query, search.staff, **search.variables)
    assert len(found["searchPersons"]["edges"]) >= 1
    shown = await house.data(person.query, person.staff, **person.variables)
    assert len(shown["person"]["addresses"]) >= 1
    assert len(shown["person"]["household"]["members"]) >= 1
    masked = await house.data(number.query, "other_office", **number.variables)
    assert masked["person"]["myNumber"] == "************"
    seen = await house.data(number.query, "tax_clerk", "確認のため", **number.variables)
    assert is_my_number(seen["person"]["myNumber"])
