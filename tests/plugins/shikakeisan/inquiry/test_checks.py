"""Relatives who must be looked at: each with its reason and everybody who claims them."""

import pytest

from plugins.shikakeisan.inquiry import checks
from plugins.shikakeisan.inquiry.catalogue import reasons
from plugins.shikakeisan.merge.book import finding_kinds
from tests.plugins.shikakeisan.base.conftest import TAX_YEAR
from tests.plugins.shikakeisan.inquiry.conftest import (
    FATHER,
    GRANDMOTHER,
    LIMIT,
    MOTHER,
    SON,
    UNCLE,
    Asking,
)
from tests.plugins.shikakeisan.merge.desk import named, pension, slip


def test_every_finding_of_a_reason_exists_and_has_one_reason() -> None:
    codes = [code for reason in reasons().values() for code in reason.findings]

    assert set(codes) <= finding_kinds().keys()
    assert len(codes) == len(set(codes))


async def test_a_child_of_both_parents_is_listed_with_both(asking: Asking) -> None:
    desk = asking.desk
    await desk.file(MOTHER, pension(900_000, named("dependant", "朝霧　一郎"), specific_count=1))
    await desk.withdraw(asking.paper)
    await desk.file(FATHER, slip(5_000_000, named("dependant", "朝霧　一郎"), specific_main=1))
    await desk.merge(FATHER, MOTHER)

    assert await asking.checks("CLAIMED_TWICE") == [("CLAIMED_TWICE", SON, [FATHER, MOTHER])]


async def test_who_lives_elsewhere_is_listed_and_who_lives_here_is_not(asking: Asking) -> None:
    assert await asking.checks("ELSEWHERE") == [
        ("ELSEWHERE", GRANDMOTHER, [FATHER]),
        ("ELSEWHERE", UNCLE, [FATHER]),
    ]


async def test_a_relative_whom_nobody_knows_is_listed_without_name(asking: Asking) -> None:
    await asking.desk.file(MOTHER, pension(900_000, named("dependant", "未知　人"), other_count=1))
    await asking.desk.merge(MOTHER)

    assert await asking.checks("NOT_FOUND") == [("NOT_FOUND", "-", [MOTHER])]


@pytest.mark.parametrize(
    ("salary", "listed"),
    [
        pytest.param(LIMIT + 650_000, [], id="at the limit"),
        pytest.param(LIMIT + 650_001, [("OVER_LIMIT", SON, [MOTHER])], id="above it"),
    ],
)
@pytest.mark.parametrize("is_decided", [False, True], ids=["merged", "decided"])
async def test_income_above_the_limit_is_listed(
    asking: Asking, salary: int, listed: list[object], is_decided: bool
) -> None:
    desk = asking.desk
    await desk.file(MOTHER, pension(900_000, named("dependant", "朝霧　一郎"), specific_count=1))
    await desk.file(SON, slip(salary))
    await desk.merge(MOTHER, SON)
    if is_decided:
        await asking.decide()

    assert await asking.checks("OVER_LIMIT") == listed


@pytest.mark.parametrize(
    ("name", "listed"),
    [
        pytest.param("朝霧　春", True, id="17 years"),
        pytest.param("朝霧　幼", False, id="15 years"),
    ],
)
async def test_who_is_too_old_for_the_claim_is_listed(asking: Asking, name: str, listed: bool) -> None:
    desk, city = asking.desk, asking.city
    child = {
        **city.arrival("8"),
        "person": {"name": "朝霧　幼", "kana": "ヨウ", "birthDate": "2010-01-02", "sex": "1"},
        "household": {"number": "1", "relation": "子"},
    }
    await desk.register(child)
    await desk.file(MOTHER, pension(900_000, named("under16", name), under16_count=1))
    await desk.merge(MOTHER)

    found = await asking.checks("KIND")
    assert any(relative == "4" for _, relative, _ in found) is listed
    assert all(relative != "8" for _, relative, _ in found)


async def test_entries_are_counted_and_come_in_pages(asking: Asking) -> None:
    async with asking.city.database.read() as session:
        counts = await checks.count_checks(session, TAX_YEAR)
        [first] = await checks.list_checks(session, TAX_YEAR, "ELSEWHERE", limit=1)
        behind = checks.Place(first.reason, first.key)
        [second] = await checks.list_checks(session, TAX_YEAR, "ELSEWHERE", after=behind, limit=2)

    assert counts["ELSEWHERE"] == 2
    assert {first.relative_id, second.relative_id} == {
        asking.desk.ids[GRANDMOTHER],
        asking.desk.ids[UNCLE],
    }
