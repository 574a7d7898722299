"""The period limits of decisions (地方税法17条の5・17条の6): until which day a change may be made."""

from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from plugins.shikakeisan.correction.catalogue import Kind, Period, periods
from plugins.shikakeisan.correction.errors import PeriodOver

ONE_DAY = timedelta(days=1)
MONTHS = 12


class Direction(StrEnum):
    """What a correction does to the tax of the year."""

    INCREASE = "increase"
    DECREASE = "decrease"
    NONE = "none"

    @classmethod
    def of(cls, difference: int) -> "Direction":
        """Return the direction of a difference in yen."""
        return cls.INCREASE if difference > 0 else cls.DECREASE if difference < 0 else cls.NONE


@dataclass(frozen=True, slots=True)
class Limit:
    """A period limit that holds for a correction, with its last day."""

    period: Period
    last_day: date


def check_period(
    kind: Kind, direction: Direction, due: date, event: date | None, claimed: str, on: date
) -> Limit:
    """Return the limit within which the decision of the day `on` lies, the latest one if several do.

    `due` is the 法定納期限 (the first instalment's, 11条の4第1項), `claimed` the code of a limit that has to
    be named. Raises PeriodOver with the article and last day of the ordinary limit.
    """
    limits = list(_limits(kind, direction, due, event, claimed))
    latest = max(limits, key=lambda limit: limit.last_day)
    if on > latest.last_day:
        period = latest.period
        raise PeriodOver(law=period.law, period=period.code, lastDay=latest.last_day.isoformat())
    return latest


def last_day(start: date, years: int, months: int) -> date:
    """Return the last day of a period counted from the day after `start` (民法140条・143条2項)."""
    first = start + ONE_DAY
    count = first.year * MONTHS + first.month - 1 + years * MONTHS + months
    year, month = divmod(count, MONTHS)
    end = monthrange(year, month + 1)[1]
    if first.day > end:  # no such day in the last month: it ends with the month
        return date(year, month + 1, end)
    return date(year, month + 1, first.day) - ONE_DAY


def _limits(kind: Kind, direction: Direction, due: date, event: date | None, claimed: str) -> Iterator[Limit]:
    for period in (periods()[code] for code in kind.periods):
        start = due if period.start == "due" else event
        is_claimed = not period.on_claim or period.code == claimed
        if start is not None and direction in period.directions and is_claimed:
            yield Limit(period, last_day(start, period.years, period.months))
