"""Printed figures beside calculated ones: equal to the yen, or a difference."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal
from typing import Any

from plugins.shikakeisan.rules import RULES

RATE_UNIT = 100_000


@dataclass(frozen=True, slots=True)
class Figure:
    """One printed figure and what the rules gave. ``actual`` is ``None`` for a remark that is not
    compared."""

    key: str
    printed: Any
    actual: Any
    note: bool = False

    @property
    def equal(self) -> bool:
        """Whether both are the same, without any tolerance."""
        return bool(self.printed == self.actual)


def figures(expected: Mapping[str, Any], values: Mapping[str, Any], part: int | None) -> Iterator[Figure]:
    """Every figure that the page prints; a key that is no quantity of ours is a remark of the page."""
    for key, printed in expected.items():
        if key == "ded":
            for name, amount in printed.items():
                yield _figure(f"ded.{name}", amount, values.get(f"ded_{name}"))
        elif key in _LISTS:
            yield _figure(key, *_LISTS[key](printed, values, part))
        elif key in RULES:
            yield _figure(key, *_exact(key, printed, values[key]))
        else:
            yield Figure(key, printed, None, note=True)


def _figure(key: str, printed: Any, actual: Any) -> Figure:
    return Figure(key, printed, actual, note=actual is None)


def _exact(key: str, printed: Any, actual: Any) -> tuple[Any, Any]:
    """A rate is printed as a decimal; a page that prints fractions of a yen shows the amount before
    rounding up."""
    if isinstance(printed, Decimal | float):
        exact = Decimal(str(printed))
        if key == "donation_special_rate":
            return exact * RATE_UNIT, Decimal(actual)
        return int(exact.to_integral_value(ROUND_CEILING)), actual
    return printed, actual


def _instalments(printed: Sequence[int], values: Mapping[str, Any], _part: int | None) -> tuple[Any, Any]:
    bills = values["ordinary_instalments"]
    while len(bills) > 1 and bills[-1] == 0:
        bills = bills[:-1]
    return printed, bills


def _months(printed: Mapping[str, int], values: Mapping[str, Any], _part: int | None) -> tuple[Any, Any]:
    first, *rest = values["salary_months"]
    return [printed["june"], *[printed["rest"]] * len(rest)], [first, *rest]


def _schedule(printed: Sequence[Any], values: Mapping[str, Any], part: int | None) -> tuple[Any, Any]:
    year = printed if part is None else printed[part]
    return year, [*values["pension_provisional"], *values["pension_main"]]


def _pairs(printed: Sequence[Any], values: Mapping[str, Any], part: int | None) -> tuple[Any, Any]:
    return printed[part or 0], [values["pension_provisional"][0], values["pension_main"][0]]


_LISTS: dict[str, Callable[[Any, Mapping[str, Any], int | None], tuple[Any, Any]]] = {
    "ordinary_instalments": _instalments,
    "special_salary_months": _months,
    "schedule": _schedule,
    "schedule_pairs": _pairs,
    "schedule_oct_dec_feb": lambda printed, values, _part: (printed, values["pension_main"]),
    "ordinary": lambda printed, values, _part: (printed, values["pension_bills"]),
}
