"""Persons to columns: the population that the engine evaluates."""

from collections.abc import Iterable, Sequence

import numpy as np

from plugins.shikakeisan.engine.evaluate import Override, Population
from plugins.shikakeisan.engine.rule import Column
from plugins.shikakeisan.facts.validate import Person
from plugins.shikakeisan.facts.vocabulary import COLUMNS


def population(persons: Sequence[Person]) -> Population:
    """Columns of the facts that anybody has; what nobody has is not stored."""
    counts = np.array([0, *(len(person.relatives) for person in persons)], dtype=np.int64)
    relatives = [one for person in persons for one in person.relatives]
    return Population(
        size=len(persons),
        taxpayers=_columns([person.taxpayer for person in persons]),
        relatives=_columns(relatives),
        starts=np.cumsum(counts),
        given={name: _override(persons, name) for name in _names(person.given for person in persons)},
    )


def _names(rows: Iterable[dict[str, int]]) -> list[str]:
    return list(dict.fromkeys(name for row in rows for name in row))


def _columns(rows: Sequence[dict[str, int]]) -> dict[str, Column]:
    return {name: _column(rows, name) for name in _names(rows) if name in COLUMNS}


def _column(rows: Sequence[dict[str, int]], name: str) -> Column:
    fact = COLUMNS[name]
    values = [row.get(name, fact.default) for row in rows]
    return np.array(values, dtype=np.bool_ if fact.is_flag else np.int64)


def _override(persons: Sequence[Person], name: str) -> Override:
    mask = np.array([name in person.given for person in persons])
    return Override(mask, np.array([person.given.get(name, 0) for person in persons], dtype=np.int64))
