"""Eras, unknown parts, and two-digit years without an era."""

import pytest

from plugins.shiryo.reading.dates import era_date, partial_date, short_date


@pytest.mark.parametrize(
    ("era", "year", "month", "day", "found"),
    [
        ("1", "64", "01", "07", "1989-01-07"),
        ("4", "01", "01", "08", "1989-01-08"),
        ("1", "64", "01", "08", None),
        ("4", "31", "04", "30", "2019-04-30"),
        ("4", "31", "05", "01", None),
        ("5", "01", "05", "01", "2019-05-01"),
        ("5", "01", "04", "30", None),
        ("3", "45", "07", "29", "1912-07-29"),
        ("2", "1", "7", "30", "1912-07-30"),
        ("1", "39", "07", "00", "1964-07"),
        ("1", "39", "00", "00", "1964"),
        ("1", "39", "00", "01", None),
        ("1", "39", "02", "30", None),
        ("1", "39", "13", "01", None),
        ("1", "00", "01", "01", None),
        ("1", "65", "00", "00", None),
        ("9", "39", "07", "01", ""),
        ("5", "06", "02", "29", "2024-02-29"),
        ("5", "05", "02", "29", None),
    ],
)
def test_an_era_date(era: str, year: str, month: str, day: str, found: str | None) -> None:
    assert era_date(era, year, month, day) == found


@pytest.mark.parametrize(
    ("year", "month", "day", "income_year", "found"),
    [
        ("06", "04", "01", 2024, "2024-04-01"),
        ("30", "10", "01", 2024, "2018-10-01"),
        ("07", "04", "01", 2024, "1995-04-01"),
        ("60", "04", "01", 2024, "1985-04-01"),
        ("00", "04", "01", 2024, None),
        ("06", "04", "31", 2024, None),
    ],
)
def test_a_short_year_is_the_latest_that_may_be(
    year: str, month: str, day: str, income_year: int, found: str | None
) -> None:
    assert short_date(year, month, day, income_year) == found


@pytest.mark.parametrize("text", ["1964-07-01", "1964-07", "1964"])
def test_a_partial_date_is_itself(text: str) -> None:
    assert partial_date(text) == text


@pytest.mark.parametrize(
    "text", ["1964-7-1", "64-07-01", "1964-02-30", "1964-00-01", "1800-01-01", "１９６４", ""]
)
def test_no_partial_date(text: str) -> None:
    assert partial_date(text) is None
