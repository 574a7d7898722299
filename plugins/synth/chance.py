"""Chance that repeats: integers only, from sources that depend on the seed and on what they are for."""

from collections.abc import Sequence
from itertools import accumulate
from random import Random
from typing import TypeVar

T = TypeVar("T")


def source(seed: int, purpose: str) -> Random:
    """Return the source of chance for one purpose (a block, a table) of the city with this seed."""
    return Random(f"{seed}:{purpose}")  # noqa: S311  # a synthetic city must be repeatable


def happens(chance: Random, per_mille: int) -> bool:
    """Tell whether something happens that does so so many times in a thousand."""
    return chance.randrange(1000) < per_mille


def weighted(weights: Sequence[int]) -> tuple[int, ...]:
    """Expand weights to a table of positions, one per unit of weight, to draw from with `choice`."""
    return tuple(place for place, weight in enumerate(weights) for _ in range(weight))


def on_curve(points: Sequence[int], place: int, places: int) -> int:
    """Read a curve given at equal distances: the value at `place` of `places`, interpolated in integers."""
    step, rest = divmod(place * (len(points) - 1), places)
    return points[step] + (points[step + 1] - points[step]) * rest // places


def scaled(parts: Sequence[int], whole: int) -> list[int]:
    """Divide a whole in proportion to parts, so that the shares add up to the whole."""
    marks = [total * whole // sum(parts) for total in accumulate(parts)]
    return [mark - before for before, mark in zip([0, *marks], marks, strict=False)]
