"""Taking an amount off several others, one after the other: the one operation of offsets, carry-over and
deductions."""

from collections.abc import Sequence

from plugins.shikakeisan.engine.operations import smaller
from plugins.shikakeisan.engine.rule import Yen


def absorb(amount: Yen, incomes: Sequence[Yen]) -> tuple[Yen, list[Yen]]:
    """Take ``amount`` off the incomes in their order; give what is left of it and of each.

    All are zero or more. Where nothing is to be taken in the whole block the incomes come back as they are.
    """
    if not amount.any():
        return amount, list(incomes)
    left: list[Yen] = []
    for income in incomes:
        taken = smaller(amount, income)
        left.append(income - taken)
        amount = amount - taken
    return amount, left


def carry_on(of_year: Yen, carried: Sequence[Yen], used: Yen) -> list[Yen]:
    """Losses by age next year: this year's, then what is left of the earlier ones; the oldest lapses.

    ``carried`` are by age, youngest first; ``used`` was taken this year, oldest first.
    """
    _, left = absorb(used, list(reversed(carried)))
    return [of_year, *reversed(left[1:])]
