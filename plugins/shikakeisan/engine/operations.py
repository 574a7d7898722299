"""The two operations that every rule uses, with their types: the greater and the lesser of two amounts."""

import numpy as np

from plugins.shikakeisan.engine.rule import Flag, Yen


def larger(first: Yen | int, second: Yen | int) -> Yen:
    """The greater of two amounts, row by row."""
    result: Yen = np.maximum(first, second)
    return result


def smaller(first: Yen | int, second: Yen | int) -> Yen:
    """The lesser of two amounts, row by row."""
    result: Yen = np.minimum(first, second)
    return result


def stack(*columns: Yen) -> Yen:
    """Several columns as the rows of one quantity (instalments, kinds of income)."""
    result: Yen = np.stack(np.broadcast_arrays(*columns))
    return result


def row(rows: Yen, number: int) -> Yen:
    """One row of a quantity of several rows."""
    result: Yen = rows[number]
    return result


def total(rows: Yen) -> Yen:
    """Sum of the rows of a quantity of several rows."""
    result: Yen = rows.sum(axis=0)
    return result


def equal(first: Yen, second: Yen | int) -> Flag:
    """Whether two amounts are the same, row by row."""
    result: Flag = first == second
    return result


def within(amount: Yen, low: Yen | int, high: Yen | int) -> Flag:
    """Whether an amount lies from ``low`` to ``high``, both included."""
    result: Flag = (amount >= low) & (amount <= high)
    return result
