"""What a city is asked to be; everything else follows from this, so the same plan gives the same bytes."""

from dataclasses import dataclass
from datetime import date

BLOCK = 1_000
"""People of a block: each block is made on its own, so neither workers nor memory change the result."""
PEOPLE_PER_EMPLOYER = 12
PEOPLE_PER_FUND = 2_000
LARGEST_CITY = 1_200_000
"""Up to this size no two people are namesakes with one birthday by accident (decision 0056)."""


@dataclass(frozen=True, slots=True)
class Plan:
    """A city: how many people, which 課税年度, which seed, which faults."""

    people: int
    year: int
    seed: int
    faults: frozenset[str]

    @property
    def income_year(self) -> int:
        """年分: the calendar year whose income is taxed."""
        return self.year - 1

    @property
    def tax_day(self) -> date:
        """賦課期日: who lives here on 1 January is taxed here."""
        return date(self.year, 1, 1)

    @property
    def blocks(self) -> int:
        """How many blocks the people fill."""
        return -(-self.people // BLOCK)

    @property
    def employers(self) -> int:
        """How many employers may pay somebody here."""
        return max(24, self.people // PEOPLE_PER_EMPLOYER)

    @property
    def funds(self) -> int:
        """How many payers of pensions there are."""
        return max(4, self.people // PEOPLE_PER_FUND)

    def size_of(self, block: int) -> int:
        """How many people a block has: the last one may be smaller."""
        return min(BLOCK, self.people - block * BLOCK)
