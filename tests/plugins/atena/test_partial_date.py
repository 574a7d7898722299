"""Dates with unknown parts."""

from datetime import date

import pytest

from plugins.atena.partial_date import PartialDate


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("1964-07-01", date(1964, 7, 1), date(1964, 7, 1)),
        ("1964-02", date(1964, 2, 1), date(1964, 2, 29)),
        ("1964", date(1964, 1, 1), date(1964, 12, 31)),
    ],
)
def test_reads_and_writes_what_is_known(text: str, first: date, last: date) -> None:
    read = PartialDate.parse(text)
    assert (read.first, read.last, str(read)) == (first, last, text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "64",
        "1964-7-1",
        "1964/07/01",
        "1964-02-30",
        "1964-00",
        "0000",
        "１９６４",
        "1964-07-01\n",
        "1964-",
    ],
)
def test_refuses_everything_else(text: str) -> None:
    with pytest.raises(ValueError, match=r"date|month|day|year"):
        PartialDate.parse(text)


@pytest.mark.parametrize(
    ("text", "vaguer"),
    [
        ("1964-07-15", ["1964-07-15", "1964-07", "1964"]),
        ("1964-07", ["1964-07", "1964"]),
        ("1964", ["1964"]),
    ],
)
def test_may_stand_behind_vaguer_dates(text: str, vaguer: list[str]) -> None:
    assert [str(date) for date in PartialDate.parse(text).may_be()] == vaguer
