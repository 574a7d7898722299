"""Running a plan over blocks of rows: a whole city at array speed, one person with every value kept."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from plugins.shikakeisan.engine.graph import FactColumn, Plan, Step
from plugins.shikakeisan.engine.relatives import Relatives
from plugins.shikakeisan.engine.rule import RELATIVES, Column

BLOCK_ROWS = 16_384
"""Rows of a block: its columns stay in the processor's cache (tuned in bench/rules.py)."""


@dataclass(frozen=True, slots=True)
class Override:
    """Values that replace a rule's own for the rows of ``mask``."""

    mask: NDArray[np.bool_]
    values: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Population:
    """Facts of many people as columns. A column that is missing has its default for everybody.

    ``starts`` gives the relatives of each taxpayer as in :class:`Relatives`.
    """

    size: int
    taxpayers: Mapping[str, Column]
    relatives: Mapping[str, Column]
    starts: NDArray[np.int64]
    given: Mapping[str, Override] = field(default_factory=dict)


def evaluate(plan: Plan, population: Population, *, block_rows: int = BLOCK_ROWS) -> dict[str, Column]:
    """Give each wanted column for everybody.

    Does not depend on the size of the blocks or on the order of the people.
    """
    results: dict[str, Column] = {}
    for first in range(0, population.size, block_rows):
        last = min(first + block_rows, population.size)
        values = run_block(plan, population, first, last)
        for name in plan.wanted:
            column = values[name]
            if name not in results:
                results[name] = np.empty((*column.shape[:-1], population.size), dtype=column.dtype)
            results[name][..., first:last] = column
    return results


def run_block(
    plan: Plan, population: Population, first: int, last: int, *, keep: bool = False
) -> dict[str, Column]:
    """Values of one block of rows; with ``keep`` also those in the middle, else only what was wanted."""
    starts = population.starts[first : last + 1]
    relatives = Relatives(starts - starts[0])
    values = dict(_facts(plan, population, first, last))
    for step in plan.steps:
        values[step.rule.name] = _run(step, values, relatives, population, first, last)
        if not keep:
            for name in step.drop:
                del values[name]
    return values


def _run(
    step: Step,
    values: Mapping[str, Column],
    relatives: Relatives,
    population: Population,
    first: int,
    last: int,
) -> Column:
    arguments: dict[str, Column | Relatives] = {name: values[name] for name in step.inputs}
    if RELATIVES in step.rule.parameters:
        arguments[RELATIVES] = relatives
    column: Column = step.function(**arguments)
    override = population.given.get(step.rule.name)
    if override is None:
        return column
    stated = override.values[first:last].astype(column.dtype)
    return np.where(override.mask[first:last], stated, column)


def _facts(plan: Plan, population: Population, first: int, last: int) -> Iterator[tuple[str, Column]]:
    begin, end = int(population.starts[first]), int(population.starts[last])
    for name, fact in plan.facts.items():
        if fact.rows == "taxpayer":
            yield name, _block(fact, population.taxpayers.get(name), first, last)
        else:
            yield name, _block(fact, population.relatives.get(name), begin, end)


def _block(fact: FactColumn, column: Column | None, first: int, last: int) -> Column:
    """The block of a column; one value stands for all rows where they are the same, so rare facts cost
    nothing."""
    if column is None:
        return np.array([fact.default], dtype=np.bool_ if fact.is_flag else np.int64)
    block = column[first:last]
    return block[:1] if len(block) > 1 and _same(block) else block


def _same(block: Column) -> bool:
    """Whether every row has the same value; cheap for the usual case of a fact that few people have."""
    if not block[0]:
        return not block.any()
    return bool(block[0] == block[-1]) and bool((block == block[0]).all())
