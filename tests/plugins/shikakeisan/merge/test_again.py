"""Merging again: the persons asked for, who claims one of them, and findings around their relatives."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import update

from core.storage.database import Database
from plugins.shiryo.tables import document
from tests.plugins.shikakeisan.base.conftest import City
from tests.plugins.shikakeisan.correction.papers import Paper
from tests.plugins.shikakeisan.merge.desk import FINDINGS, Desk, family, named, pension, slip, somebody

REGISTERED = datetime(2026, 1, 5, tzinfo=UTC)
ROWS = "SELECT * FROM shikakeisan.{} ORDER BY id"


@pytest.fixture
async def home(city: City, desk: Desk) -> Desk:
    """Father claims mother, who has a little pension, and the son; nobody else has to do with them."""
    neighbours = [
        somebody(city, "6", "入江　進", "1960-02-03", "世帯主", "3"),
        somebody(city, "7", "入江　咲", "1962-04-05", "妻", "3"),
    ]
    await desk.register(*family(city), *neighbours)
    claimed = (named("spouse", "朝霧　花"), named("dependant", "朝霧　一郎"))
    await desk.file("1", slip(5_000_000, *claimed, spouse_claimed="1", specific_main=1))
    await desk.file("2", pension(300_000))
    await desk.file("6", slip(4_000_000, named("spouse", "入江　咲"), spouse_claimed="1"))
    await desk.file("5", slip(3_000_000))
    await desk.merge("1", "2", "5", "6")
    return desk


def filed(amounts: Mapping[str, int], *relatives: Mapping[str, Any]) -> Paper:
    """A 住民税申告書."""
    return Paper(amounts, "resident_return", relatives=relatives, birth_date=None)


async def differing(desk: Desk, before: Mapping[int, int]) -> set[str]:
    """Return whose basis is another row by now."""
    after = await desk.bases()
    names = {person_id: number for number, person_id in desk.ids.items()}
    return {names[one] for one in before.keys() | after.keys() if before.get(one) != after.get(one)}


async def test_a_changed_document_changes_that_person_alone(home: Desk) -> None:
    before = await home.bases()
    await home.file("5", pension(100_000))

    assert await home.merge("5") == ["5"]

    assert await differing(home, before) == {"5"}


async def test_nothing_new_changes_nothing(home: Desk) -> None:
    tables = ("basis", "claim", "finding")
    before = [await home.city.rows(ROWS.format(name)) for name in tables]

    assert await home.merge("1", "2", "3", "5", "6") == []

    assert [await home.city.rows(ROWS.format(name)) for name in tables] == before


async def test_the_income_of_a_spouse_reaches_who_claims_them_and_nobody_else(home: Desk) -> None:
    before = await home.bases()
    stated = (await home.facts("1"))["spouse"]
    await home.file("2", slip(1_500_000))

    assert await home.merge("2") == ["1", "2"]

    assert await differing(home, before) == {"1", "2"}
    assert "total_income" not in stated
    assert (await home.facts("1"))["spouse"]["total_income"] == 850_000
    assert await home.origins("1", "spouse.total_income") == [
        {"item": "total_income_all", "rule": "income_of_own_documents"}
    ]


async def test_a_spouse_who_earns_too_much_is_found_with_the_documents_of_both(home: Desk) -> None:
    claim = (await home.city.rows("SELECT document_id FROM shikakeisan.claim WHERE role = 'spouse'"))[0]
    more = await home.file("3", slip(4_000_000))

    assert await home.merge("3") == ["3"]

    found = await home.finding("1", "DEPENDANT_INCOME")
    assert (found.documents, found.others) == ([claim.document_id, more], [home.ids["3"]])
    assert (found.details, found.is_blocking) == ({"path": "dependants[0]"}, False)


async def test_a_second_claimant_is_found_with_both_documents_and_the_first_is_not_merged_again(
    home: Desk,
) -> None:
    before = await home.bases()
    first = (await home.city.rows("SELECT document_id FROM shikakeisan.claim WHERE role = 'dependant'"))[0]
    second = await home.file("4", pension(100, named("dependant", "朝霧　一郎"), specific_count=1))

    assert await home.merge("4") == ["4"]

    assert await differing(home, before) == {"4"}
    rows = [row for row in await home.city.rows(FINDINGS) if row.code == "TWO_CLAIMANTS"]
    son = {"relative": str(home.ids["3"])}
    assert [(row.person_id, row.others, row.documents, row.details) for row in rows] == [
        (home.ids["1"], [home.ids["4"]], [first.document_id, second], son),
        (home.ids["4"], [home.ids["1"]], [first.document_id, second], son),
    ]
    await home.withdraw(second)
    await home.merge("4")
    assert await home.findings() == []


@pytest.mark.parametrize(("role", "code"), [("dependant", "TWO_CLAIMANTS"), ("spouse", "SPOUSE_OF_TWO")])
async def test_two_claimants_of_somebody_elsewhere_are_found_by_the_number(
    home: Desk, role: str, code: str
) -> None:
    claimed = filed({"salary": 9}, named(role, "遠方　児", number="ab" * 32, birth="1994-05-06"))
    await home.file("5", claimed)
    await home.merge("5")
    alone = await home.findings()
    second = await home.file("6", claimed)
    await home.merge("6")

    assert alone == []
    assert (await home.finding("5", code)).others == [home.ids["6"]]
    assert (await home.finding("6", code)).others == [home.ids["5"]]
    await home.withdraw(second)
    await home.merge("6")
    assert await home.findings() == []


async def test_spouses_who_claim_each_other_are_both_found(home: Desk) -> None:
    paper = await home.file("2", filed({"pension": 300_000}, named("spouse", "朝霧　太一")))

    await home.merge("2")

    found = [await home.finding(number, "MUTUAL_SPOUSES") for number in ("1", "2")]
    assert [row.others for row in found] == [[home.ids["2"]], [home.ids["1"]]]
    assert found[0].documents == found[1].documents
    assert paper in found[0].documents


async def test_a_spouse_who_names_somebody_else_is_found_with_whoever_names_them(home: Desk) -> None:
    paper = await home.file("2", filed({"pension": 300_000}, named("spouse", "遠方　人", number="cd" * 32)))

    await home.merge("2")

    found = await home.finding("1", "SPOUSE_NOT_IN_ACCORD")
    assert (found.others, paper in found.documents, len(found.documents)) == ([home.ids["2"]], True, 2)


async def test_a_document_that_goes_takes_the_basis_with_it(home: Desk) -> None:
    [document] = (await home.city.rows("SELECT documents FROM shikakeisan.basis WHERE person_id = 5"))[0][0]
    await home.withdraw(document)

    assert await home.merge("5") == ["5"]

    assert home.ids["5"] not in await home.bases()


@pytest.mark.parametrize(
    "said",
    [
        pytest.param({"action": "cancel"}, id="cancelled"),
        pytest.param({"is_held": True}, id="held"),
        pytest.param({"superseded_at": REGISTERED, "superseded_by": document.c.id - 1}, id="superseded"),
    ],
)
async def test_a_document_that_does_not_count_changes_nothing(
    home: Desk, owner_database: Database, said: dict[str, Any]
) -> None:
    tables = ("basis", "claim", "finding")
    before = [await home.city.rows(ROWS.format(name)) for name in tables]
    more = await home.file("5", slip(9_000_000, named("dependant", "朝霧　一郎"), other_main=1))
    async with owner_database.transaction() as session:
        await session.execute(update(document).where(document.c.id == more).values(said))

    assert await home.merge("5") == []

    assert [await home.city.rows(ROWS.format(name)) for name in tables] == before


async def test_a_document_of_somebody_outside_the_base_is_found(home: Desk) -> None:
    city = home.city
    await city.feed(
        {**somebody(city, "8", "港　望", "1990-01-02", "世帯主", "8"), "effectiveOn": "2026-01-04"}
    )
    await city.freeze()
    home.ids["8"] = await city.id_of("8")
    document = await home.file("8", slip())

    assert await home.merge("8") == []

    found = await home.finding("8", "OUTSIDE_BASE")
    assert (found.documents, found.is_blocking) == ([document], False)
