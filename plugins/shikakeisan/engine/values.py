"""The forms that a parameter of a year can take: rate, table, curve, amounts by name, rates by kind of
city."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import lcm
from typing import Any, TypeAlias

import numpy as np

from plugins.shikakeisan.engine.operations import larger
from plugins.shikakeisan.engine.rounding import yen_down, yen_up
from plugins.shikakeisan.engine.rule import Yen

Cell: TypeAlias = int | str
Row: TypeAlias = Sequence[Cell]


@dataclass(frozen=True, slots=True)
class Rate:
    """An exact fraction, written ``"6/100"`` in the files."""

    numerator: int
    denominator: int

    @classmethod
    def parse(cls, text: str) -> "Rate":
        """Read ``"6/100"``; anything else is a ``ValueError``."""
        numerator, denominator = text.split("/")
        return cls(int(numerator), int(denominator))

    def down(self, amount: Yen) -> Yen:
        """Multiply and cut the fraction of a yen off."""
        return yen_down(amount * self.numerator, self.denominator)

    def up(self, amount: Yen) -> Yen:
        """Multiply and round the fraction of a yen up."""
        return yen_up(amount * self.numerator, self.denominator)

    def __str__(self) -> str:
        return f"{self.numerator}/{self.denominator}"


class Table:
    """Rows of (upper bound inclusive, value, value ...); the last row's bound is 超 and holds above all
    others."""

    def __init__(self, rows: Sequence[Row]) -> None:
        self.rows = rows
        self._bounds = np.array([_integer(row[0]) for row in rows[:-1]], dtype=np.int64)
        columns = [_scaled([row[i] for row in rows]) for i in range(1, len(rows[0]))]
        self.denominators = [denominator for _, denominator in columns]
        self._values = np.array([values for values, _ in columns], dtype=np.int64)

    def row(self, key: Yen) -> Yen:
        """Number of the row that ``key`` falls into."""
        return np.searchsorted(self._bounds, key, side="left")

    def __call__(self, key: Yen, column: Yen | int = 0) -> Yen:
        """Value of the row of ``key``; a column of fractions gives numerators over :attr:`denominators`."""
        found: Yen = self._values[column, self.row(key)]
        return found

    def pick(self, row: Yen, column: int) -> Yen:
        """Value of a row found before; of a column of rates, the numerator over :attr:`denominators`."""
        found: Yen = self._values[column, row]
        return found


class Curve:
    """A piecewise linear table: rows of (upper bound, rate, amount subtracted).

    With a ``unit`` above 1 rows have a fourth cell: 1 where the argument is first cut to a multiple of
    the unit
    (the 4,000 yen of the salary table), else 0.
    """

    def __init__(self, rows: Sequence[Row], unit: int) -> None:
        self.rows = rows
        self._unit = unit
        self._bounds = np.array([_integer(row[0]) for row in rows[:-1]], dtype=np.int64)
        numerators, self._denominator = _scaled([row[1] for row in rows])
        self._numerators = np.array(numerators, dtype=np.int64)
        self._minus = np.array([_integer(row[2]) for row in rows], dtype=np.int64)
        self._stepped = np.array([_integer(row[3]) if unit > 1 else 0 for row in rows], dtype=np.int64)
        self._has_steps = bool(self._stepped.any())

    def _product(self, amount: Yen) -> tuple[Yen, Yen]:
        row = np.searchsorted(self._bounds, amount, side="left")
        if self._has_steps:
            amount = amount - amount % self._unit * self._stepped[row]
        return amount * self._numerators[row], self._minus[row]

    def down(self, amount: Yen, plus: Yen | int = 0) -> Yen:
        """Value at ``amount`` (and ``plus``), fraction of a yen cut off, never below nil."""
        product, minus = self._product(amount)
        return larger(yen_down(product, self._denominator) - minus + plus, 0)

    def up(self, amount: Yen) -> Yen:
        """Value at ``amount``, fraction of a yen rounded up, never below nil."""
        product, minus = self._product(amount)
        return larger(yen_up(product, self._denominator) - minus, 0)


@dataclass(frozen=True, slots=True)
class Split:
    """Rates of the city and of the prefecture by name, already chosen for the kind of city."""

    city: Mapping[str, Rate]
    pref: Mapping[str, Rate]


Parameter: TypeAlias = int | Rate | Table | Curve | Split | Mapping[str, int]


def _integer(cell: Cell) -> int:
    if isinstance(cell, bool) or not isinstance(cell, int):
        raise TypeError("整数ではありません")
    return cell


def _scaled(cells: Sequence[Cell]) -> tuple[list[int], int]:
    """Numerators of a column over one common denominator (1 for whole numbers)."""
    rates = [Rate.parse(cell) if isinstance(cell, str) else Rate(_integer(cell), 1) for cell in cells]
    denominator = lcm(*(rate.denominator for rate in rates))
    return [rate.numerator * (denominator // rate.denominator) for rate in rates], denominator


def plain(parameter: Any) -> Any:
    """A parameter as plain data, for an explanation or a page."""
    if isinstance(parameter, Rate):
        return str(parameter)
    if isinstance(parameter, Table | Curve):
        return [list(row) for row in parameter.rows]
    if isinstance(parameter, Split):
        return {name: [str(rate), str(parameter.pref[name])] for name, rate in parameter.city.items()}
    return dict(parameter) if isinstance(parameter, Mapping) else parameter
