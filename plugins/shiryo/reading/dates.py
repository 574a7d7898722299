"""Dates as layouts record them: era and two-digit year in separate columns, or YYYY-MM-DD; parts may be
unknown (00)."""

import re
from datetime import date
from functools import lru_cache

ERAS: dict[int, tuple[date, date]] = {
    3: (date(1868, 1, 25), date(1912, 7, 29)),
    2: (date(1912, 7, 30), date(1926, 12, 24)),
    1: (date(1926, 12, 25), date(1989, 1, 7)),
    4: (date(1989, 1, 8), date(2019, 4, 30)),
    5: (date(2019, 5, 1), date(9999, 12, 31)),
}
"""First and last day of an era by its code in the layouts: 1=昭和 2=大正 3=明治 4=平成 5=令和."""
WESTERN = 9
"""Code 9=その他 gives no era: nothing says which calendar the year is of, so the date stays unknown."""
_PARTIAL = re.compile(r"([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2}))?)?", re.ASCII)
WHOLE = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
"""A date that is known to the day."""
UNKNOWN = ""


@lru_cache(maxsize=65_536)
def era_date(era: str, year: str, month: str, day: str) -> str | None:
    """Return `1964-07-01`, `1964-07` or `1964`, `UNKNOWN` for era 9, or None where there is no such date.

    The last year of an era and the first of the next overlap; a date outside its era is none.
    """
    if int(era) == WESTERN:
        return UNKNOWN
    first, last = ERAS[int(era)]
    number = int(year)
    if number == 0:
        return None
    western = first.year + number - 1
    earliest = _iso(western, month, day)
    if earliest is None or not first.year <= western <= last.year:
        return None
    if len(earliest) == len("YYYY-MM-DD") and not first <= date.fromisoformat(earliest) <= last:
        return None
    return earliest


@lru_cache(maxsize=65_536)
def short_date(year: str, month: str, day: str, income_year: int) -> str | None:
    """Return the date of a two-digit year without era: the latest one that is not after the income year.

    Used for moves into a house and for leaving or joining an employer. None where there is no such date.
    """
    for era in (5, 4, 1):
        found = era_date(str(era), year, month, day)
        if found and int(found[:4]) <= income_year:
            return found
    return None


@lru_cache(maxsize=65_536)
def partial_date(text: str) -> str | None:
    """Return the text if it is a date of the form YYYY-MM-DD, YYYY-MM or YYYY."""
    match = _PARTIAL.fullmatch(text)
    if match is None or not ERAS[3][0].year <= int(match[1]):
        return None
    return _iso(int(match[1]), match[2] or "00", match[3] or "00")


def _iso(year: int, month: str, day: str) -> str | None:
    months, days = int(month), int(day)
    try:
        whole = date(year, months or 1, days or 1).isoformat()
    except ValueError:
        return None
    if not months:
        return whole[:4] if not days else None
    return whole if days else whole[:7]
