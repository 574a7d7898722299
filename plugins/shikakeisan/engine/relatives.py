"""The arrows between the two sets of rows: each relative points at its taxpayer, rows sorted by taxpayer."""

import numpy as np
from numpy.typing import NDArray

from plugins.shikakeisan.engine.rule import Column, Flag, Yen


class Relatives:
    """Aggregation of relatives' columns to taxpayers.

    ``starts`` has one entry more than there are taxpayers: relatives
    ``starts[i]:starts[i + 1]`` belong to taxpayer ``i``.
    """

    def __init__(self, starts: NDArray[np.int64]) -> None:
        self.starts = starts
        self.count = int(starts[-1])
        self._first = starts[:-1]
        self._last = starts[1:]

    def total(self, values: Column) -> Yen:
        """Sum of a column over each taxpayer's relatives (a flag counts as one)."""
        if self.count == 0:
            return np.zeros(1, dtype=np.int64)
        running = np.empty(self.count + 1, dtype=np.int64)
        running[0] = 0
        np.cumsum(np.broadcast_to(values, (self.count,)), out=running[1:])
        return running[self._last] - running[self._first]

    def any(self, flags: Flag) -> Flag:
        """Whether the flag holds for at least one of the taxpayer's relatives."""
        return self.total(flags) > 0

    def of_taxpayer(self, values: Column) -> Column:
        """The taxpayer's value, once for each of its relatives."""
        if values.shape[-1] == 1:
            return values
        return np.repeat(values, self._last - self._first)
