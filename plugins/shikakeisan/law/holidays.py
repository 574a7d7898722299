"""Days on which no term ends: 国民の祝日, weekends and the turn of the year (地方税法20条の5第2項)."""

from datetime import date, timedelta
from functools import cache

SATURDAY, SUNDAY = 5, 6
FIXED = ((1, 1), (2, 11), (2, 23), (4, 29), (5, 3), (5, 4), (5, 5), (8, 11), (11, 3), (11, 23))
MONDAYS = ((1, 2), (7, 3), (9, 3), (10, 2))
"""Month and which Monday of it: 成人の日, 海の日, 敬老の日, スポーツの日."""
MOVED = {
    date(2021, 7, 19): date(2021, 7, 22),
    date(2021, 10, 11): date(2021, 7, 23),
    date(2021, 8, 11): date(2021, 8, 8),
}
"""令和三年東京オリンピック競技大会・東京パラリンピック競技大会特別措置法32条."""
TURN_OF_YEAR = {(12, 29), (12, 30), (12, 31), (1, 2), (1, 3)}
"""地方税法施行令6条の18第2項 (12月) と一般の休日 (1月)."""
SPRING, AUTUMN, YEARLY = 20_843_100, 23_248_800, 242_194
"""Day of the equinoxes of 1980 and what a year adds, in millionths of a day (good for 1980 to 2099)."""


@cache
def national_holidays(year: int) -> frozenset[date]:
    """国民の祝日と休日 of a calendar year (国民の祝日に関する法律2条・3条), from 2021 on."""
    named = {date(year, month, day) for month, day in FIXED}
    named |= {_monday(year, month, which) for month, which in MONDAYS}
    named |= {_equinox(year, 3, SPRING), _equinox(year, 9, AUTUMN)}
    named = {MOVED.get(day, day) for day in named}
    return frozenset(named | {_substitute(day, named) for day in named} | _between(named))


def is_closed(day: date) -> bool:
    """Whether a term cannot end on the day."""
    turn = (day.month, day.day) in TURN_OF_YEAR
    return turn or day.weekday() >= SATURDAY or day in national_holidays(day.year)


def next_open(day: date) -> date:
    """The day itself, or the first one after it that is open (地方税法20条の5第2項)."""
    while is_closed(day):
        day += timedelta(days=1)
    return day


def _monday(year: int, month: int, which: int) -> date:
    first = date(year, month, 1)
    return first + timedelta(days=-first.weekday() % 7 + 7 * (which - 1))


def _equinox(year: int, month: int, start: int) -> date:
    since = year - 1980
    return date(year, month, (start + YEARLY * since) // 1_000_000 - since // 4)


def _substitute(day: date, named: set[date]) -> date:
    """振替休日: a holiday on a Sunday gives the next day that is none; of any other day, the day itself."""
    if day.weekday() != SUNDAY:
        return day
    while day in named:
        day += timedelta(days=1)
    return day


def _between(named: set[date]) -> set[date]:
    """国民の休日: a day between two holidays."""
    two = timedelta(days=2)
    return {day + timedelta(days=1) for day in named if day + two in named and day.weekday() < SATURDAY}
