"""Who is in the base of 1 January, and why somebody is not."""

from datetime import date
from typing import Any

import pytest

from tests.plugins.shikakeisan.base.conftest import CITY, KITA, KURASHIKI, LONG_AGO, NAKA, City, address

AWAY = {"address": address(KURASHIKI)}


def arrival(on: str = LONG_AGO, **more: Any) -> dict[str, Any]:
    return {"kind": "arrival", "on": on, **more}


def event(kind: str, on: str, **items: Any) -> dict[str, Any]:
    return {"kind": kind, "on": on, **items}


async def settle(city: City, number: str, events: list[dict[str, Any]]) -> None:
    made = []
    for one in events:
        said = dict(one)
        kind, on = said.pop("kind"), said.pop("on")
        made.append(
            city.arrival(number, on, **said) if kind == "arrival" else city.event(kind, number, on, **said)
        )
    await city.feed(*made)


@pytest.mark.parametrize(
    ("events", "standing", "reason", "ward"),
    [
        pytest.param([arrival()], "resident", "", KITA, id="lives here"),
        pytest.param([arrival("2026-01-01")], "resident", "", KITA, id="moves in on 1 January"),
        pytest.param([arrival("2026-01-02")], "outside", "MOVED_IN_AFTER", "", id="moves in on 2 January"),
        pytest.param(
            [arrival(), event("move_out", "2025-12-31", **AWAY)],
            *("outside", "MOVED_OUT", KURASHIKI),
            id="moves out on 31 December",
        ),
        pytest.param(
            [arrival(), event("move_out", "2026-01-01", **AWAY)],
            *("outside", "MOVED_OUT", KURASHIKI),
            id="lives elsewhere from 1 January on",
        ),
        pytest.param(
            [arrival(), event("move_out", "2026-01-02", **AWAY)],
            *("resident", "", KITA),
            id="lives elsewhere from 2 January on",
        ),
        pytest.param(
            [arrival(), event("move_out", "2020-06-01", **AWAY), arrival("2025-12-01", code=NAKA)],
            *("resident", "", NAKA),
            id="came back",
        ),
        pytest.param(
            [arrival(), event("move_within", "2026-01-01", address=address(NAKA))],
            *("resident", "", NAKA),
            id="changes the ward on 1 January",
        ),
        pytest.param(
            [arrival(), event("move_within", "2026-01-02", address=address(NAKA))],
            *("resident", "", KITA),
            id="changes the ward on 2 January",
        ),
        pytest.param([arrival(), event("death", "2025-12-31")], "outside", "DIED", KITA, id="died before"),
        pytest.param(
            [arrival(), event("death", "2026-01-01")], "outside", "DIED", KITA, id="dies on the day"
        ),
        pytest.param([arrival(), event("death", "2026-01-02")], "resident", "", KITA, id="dies after it"),
        pytest.param(
            [arrival("2026-01-01", how="birth", birth="2026-01-01")],
            *("resident", "", KITA),
            id="born on 1 January",
        ),
        pytest.param(
            [arrival("2026-01-02", birth="2026-01-02")],
            *("outside", "BORN_AFTER", ""),
            id="born on 2 January",
        ),
        pytest.param(
            [arrival(code=KURASHIKI)],
            *("outside", "OTHER_MUNICIPALITY", KURASHIKI),
            id="a resident with an address elsewhere",
        ),
    ],
)
async def test_the_register_decides(
    city: City, events: list[dict[str, Any]], standing: str, reason: str, ward: str
) -> None:
    await settle(city, "1", events)

    await city.freeze()

    row = await city.base("1")
    assert (row.standing, row.reason, row.ward_code) == (standing, reason, ward)


@pytest.mark.parametrize(
    ("since", "standing", "reason"),
    [
        (date(2020, 4, 1), "registered", ""),
        (date(2026, 1, 1), "registered", ""),
        (date(2026, 1, 2), "outside", "NO_GROUND"),
    ],
)
async def test_who_was_registered_as_non_resident_is_taxed_here(
    city: City, since: date, standing: str, reason: str
) -> None:
    number = await city.register(since)

    await city.freeze()

    row = await city.base(number)
    assert (row.standing, row.reason, row.ward_code) == (standing, reason, "" if reason else CITY)


async def test_a_row_says_what_the_register_says_of_the_day(city: City) -> None:
    await city.feed(
        city.arrival("1", birth="1964-07", household={"number": "12", "relation": "世帯主"}),
        city.arrival("2", household={"number": "12", "relation": "妻"}),
        city.event("household_change", "2", "2026-01-02", household={"number": "13", "relation": "世帯主"}),
        city.event("protection_set", "2", "2025-12-01", until="2026-03-01"),
        city.event("death", "1", "2026-02-01"),
    )

    await city.freeze()

    one, two = await city.base("1"), await city.base("2")
    assert (one.household_number, one.relation, one.birth_date) == ("12", "世帯主", date(1964, 7, 1))
    assert (one.sex, one.death_date, one.is_protected) == ("1", date(2026, 2, 1), False)
    assert (two.household_number, two.relation, two.death_date) == ("12", "妻", None)
    assert (two.is_protected, two.is_welfare, two.house_wards) == (True, False, 0)


async def test_another_number_of_somebody_is_not_taxed_again(city: City) -> None:
    await city.feed(city.arrival("1"))
    number = await city.register(date(2020, 4, 1))
    await city.link(number, "1")

    await city.freeze()

    other, own = await city.base(number), await city.base("1")
    assert (other.standing, other.reason) == ("outside", "LINKED")
    assert (own.standing, own.ward_code) == ("resident", KITA)


async def test_a_primary_lives_where_another_number_of_theirs_lives(city: City) -> None:
    await city.feed(city.arrival("1", code=NAKA, household={"number": "7", "relation": "世帯主"}))
    primary = await city.register(date(2020, 4, 1))
    await city.link("1", primary)

    await city.freeze()

    row = await city.base(primary)
    assert (row.standing, row.ward_code, row.household_number) == ("resident", NAKA, "7")
    assert (await city.base("1")).reason == "LINKED"
