"""When tax is due: the law's months, holidays, and what a municipality file must say."""

from datetime import date
from typing import Any

import pytest

from plugins.shikakeisan.engine.values import Rate
from plugins.shikakeisan.law.calendar import due_dates, pension_due_dates, relief_grounds, salary_due_dates
from plugins.shikakeisan.law.files import MUNICIPALITIES, LawFileError, MunicipalityUnknownError
from plugins.shikakeisan.law.holidays import national_holidays, next_open
from plugins.shikakeisan.law.municipalities import (
    FIGURES,
    LISTS,
    known_municipalities,
    load_municipality,
    municipality_faults,
    read_municipality,
)

TEXT = (MUNICIPALITIES / "331007.toml").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("year", "days"),
    [
        (2021, ["2021-06-30", "2021-08-31", "2021-11-01", "2022-01-31"]),
        (2024, ["2024-07-01", "2024-09-02", "2024-10-31", "2025-01-31"]),
        (2025, ["2025-06-30", "2025-09-01", "2025-10-31", "2026-02-02"]),
        (2026, ["2026-06-30", "2026-08-31", "2026-11-02", "2027-02-01"]),
    ],
)
def test_bills_are_due_at_the_end_of_the_month_or_the_next_open_day(year: Any, days: Any) -> None:
    assert [str(day) for day in due_dates(year, "331007")] == days


def test_employers_pay_in_by_the_tenth_of_the_next_month() -> None:
    days = [str(day) for day in salary_due_dates(2026, "331007")]

    assert (days[0], days[3], days[6], days[11]) == ("2026-07-10", "2026-10-13", "2027-01-12", "2027-06-10")
    assert len(days) == 12


def test_pensions_pay_in_six_times() -> None:
    found = [str(day) for day in pension_due_dates(2026, "331007")]

    assert found == ["2026-05-11", "2026-07-10", "2026-09-10", "2026-11-10", "2027-01-12", "2027-03-10"]


@pytest.mark.parametrize(
    ("year", "days"),
    [
        (2021, ["07-22", "07-23", "08-08", "08-09"]),
        (2024, ["02-12", "05-06", "08-12", "09-22", "09-23", "11-04"]),
        (2026, ["03-20", "05-06", "09-21", "09-22", "09-23"]),
    ],
)
def test_holidays_that_are_not_on_a_fixed_day(year: Any, days: Any) -> None:
    assert {date.fromisoformat(f"{year}-{day}") for day in days} <= national_holidays(year)


@pytest.mark.parametrize(
    ("year", "count"), [(2021, 17), (2022, 16), (2023, 17), (2024, 21), (2025, 19), (2026, 18)]
)
def test_number_of_holidays_of_a_year(year: Any, count: Any) -> None:
    assert len(national_holidays(year)) == count


@pytest.mark.parametrize(
    ("day", "opens"),
    [
        ("2026-12-28", "2026-12-28"),
        ("2026-12-29", "2027-01-04"),
        ("2027-01-01", "2027-01-04"),
        ("2026-05-02", "2026-05-07"),
        ("2026-09-19", "2026-09-24"),
        ("2021-08-07", "2021-08-10"),
    ],
)
def test_a_term_ends_on_the_next_open_day(day: Any, opens: Any) -> None:
    assert str(next_open(date.fromisoformat(day))) == opens


def test_okayama_is_complete() -> None:
    okayama = load_municipality("331007")

    assert okayama.wards == {"331015": "北区", "331023": "中区", "331031": "東区", "331040": "南区"}
    surtax = okayama.ordinances["percap_pref_surtax"]
    assert [surtax.holding(year) for year in (2023, 2028, 2029)] == [[(500,)], [(500,)], []]


def test_grounds_of_relief_with_rate_or_left_to_the_mayor() -> None:
    found = {relief.ground: relief.rate for relief in relief_grounds(2026, "331007")}

    assert found["public_assistance"] == Rate(1, 1)
    assert found["damage_750_30"] == Rate(1, 4)
    assert found["student"] is None


def test_dates_of_an_unknown_municipality_are_refused() -> None:
    with pytest.raises(MunicipalityUnknownError):
        due_dates(2026, "999999")


@pytest.mark.parametrize("code", known_municipalities())
def test_every_municipality_passes_the_gate(code: Any) -> None:
    assert municipality_faults(load_municipality(code), 2026) == []


@pytest.mark.parametrize("name", sorted(FIGURES | LISTS))
def test_a_file_that_lacks_a_table_is_refused(name: Any) -> None:
    with pytest.raises(LawFileError) as refusal:
        read_municipality(TEXT.replace(f"[{name}]", f"[{name}_x]"), "331007.toml")

    assert f"{name} がありません" in refusal.value.text


@pytest.mark.parametrize(
    ("old", "new", "name"),
    [
        ("    [2021, 9999,  1, 31],\n", "", "due_dates"),
        ("[2021, 9999,  8, 31]", "[2021, 9999, 13, 31]", "due_dates"),
        ("10, 11, 12, 1, 2, 3, 4, 5]]", "10, 11, 12, 1, 2, 3, 4, 4]]", "salary_calendar"),
        ("4, 6, 8, 10, 12, 2]]", "4, 6, 8, 10, 12]]", "pension_calendar"),
        ('"9/10"', '"11/10"', "genmen"),
        ('"no_income"', '"student"', "genmen"),
        ("331023 = ", "331024 = ", "wards"),
        ("designated_city = true", "designated_city = false", "wards"),
    ],
)
def test_the_gate_names_what_is_wrong(old: Any, new: Any, name: Any) -> None:
    assert old in TEXT

    faults = municipality_faults(read_municipality(TEXT.replace(old, new), "331007.toml"), 2026)

    assert faults == [f"331007.toml: {name} が2026年度に正しくそろっていません"]
