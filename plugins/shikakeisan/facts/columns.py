"""Persons to columns: the population that the engine evaluates."""

from collections import defaultdict
from collections.abc import Iterable, Sequence

import numpy as np

from plugins.shikakeisan.engine.evaluate import Override, Population
from plugins.shikakeisan.engine.rule import Column
from plugins.shikakeisan.facts.validate import Person
from plugins.shikakeisan.facts.vocabulary import COLUMNS

Cells = dict[str, tuple[list[int], list[int]]]
"""By name: the rows that say something, and what they say."""


def population(persons: Sequence[Person]) -> Population:
    """Columns of the facts that anybody has; what nobody has is not stored."""
    counts = np.array([0, *(len(person.relatives) for person in persons)], dtype=np.int64)
    relatives = [one for person in persons for one in person.relatives]
    return Population(
        size=len(persons),
        taxpayers=_columns([person.taxpayer for person in persons]),
        relatives=_columns(relatives),
        starts=np.cumsum(counts),
        given=_overrides([person.given for person in persons]),
    )


def _columns(rows: Sequence[dict[str, int]]) -> dict[str, Column]:
    found = _cells(rows)
    return {name: _column(name, cells, len(rows)) for name, cells in found.items() if name in COLUMNS}


def _cells(rows: Iterable[dict[str, int]]) -> Cells:
    """Gather what is said, row by row: few rows say much, and most columns are nearly empty."""
    found: Cells = defaultdict(lambda: ([], []))
    for place, row in enumerate(rows):
        for name, value in row.items():
            places, values = found[name]
            places.append(place)
            values.append(value)
    return found


def _column(name: str, cells: tuple[list[int], list[int]], size: int) -> Column:
    fact = COLUMNS[name]
    column: Column = np.full(size, fact.default, dtype=np.bool_ if fact.is_flag else np.int64)
    column[cells[0]] = cells[1]
    return column


def _overrides(rows: Sequence[dict[str, int]]) -> dict[str, Override]:
    overrides = {}
    for name, (places, values) in _cells(rows).items():
        mask, column = np.zeros(len(rows), dtype=np.bool_), np.zeros(len(rows), dtype=np.int64)
        mask[places], column[places] = True, values
        overrides[name] = Override(mask, column)
    return overrides
