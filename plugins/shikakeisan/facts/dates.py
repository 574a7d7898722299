"""Ages and dates of the facts: western or era notation."""

import re
from datetime import date

_ERAS = {"R": 2018, "H": 1988, "S": 1925}
_DATE = re.compile(r"(?P<era>[RHS]?)(?P<year>\d{1,4})(?:-(?P<month>\d{1,2}))?(?:-(?P<day>\d{1,2}))?")


def _parts(text: str) -> tuple[int, int | None, int | None]:
    match = _DATE.fullmatch(text)
    if match is None:
        raise ValueError
    year = int(match["year"]) + _ERAS.get(match["era"], 0)
    month, day = match["month"], match["day"]
    return year, int(month) if month else None, int(day) if day else None


def parse_date(text: str) -> date:
    """Read ``1980-04-01`` or ``S55-04-01``; ``ValueError`` otherwise."""
    year, month, day = _parts(text)
    if month is None or day is None:
        raise ValueError
    return date(year, month, day)


def parse_month(text: str) -> int:
    """Read ``2018-04``, ``H30-04`` or a whole date as 201804. A year alone is not enough: ``ValueError``."""
    year, month, day = _parts(text)
    if month is None:
        raise ValueError
    date(year, month, day or 1)
    return year * 100 + month


def age_on(birth: date, day: date) -> int:
    """Age in law: a year is added at the end of the day before the birthday (年齢計算ニ関スル法律)."""
    reached = (birth.month, birth.day) <= _next(day)
    return day.year - birth.year - (0 if reached else 1) + (1 if _turn_of_year(birth, day) else 0)


def _next(day: date) -> tuple[int, int]:
    following = date.fromordinal(day.toordinal() + 1)
    return (13, 1) if following.year != day.year else (following.month, following.day)


def _turn_of_year(birth: date, day: date) -> bool:
    """Born on 1 January: already a year older on 31 December."""
    return (birth.month, birth.day) == (1, 1) and (day.month, day.day) == (12, 31)
