"""個人番号 and 法人番号 of synthetic people and payers, a block at once.

Tests hold the check digits against those of 宛名.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from plugins.synth.chance import source

SPACE = 10**11
STEP = 7_919_000_001
"""Without a common divisor with SPACE: walking by it meets every number once."""
UNUSED_REGISTRY = 98 * 10**10
"""No registry office has the code 98, so no real corporation has such a number."""
_MY_NUMBER_WEIGHTS = np.array([6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2])
_CORPORATE_WEIGHTS = np.array([2, 1] * 6)


def my_numbers(seed: int, serials: Sequence[int]) -> list[str]:
    """Return the My Numbers of people by serial, all different."""
    start = source(seed, "my-numbers").randrange(SPACE)
    heads = np.array([(start + serial * STEP) % SPACE for serial in serials], dtype=np.int64)
    rests = _digits(heads, 11) @ _MY_NUMBER_WEIGHTS % 11
    checks = np.where(rests <= 1, 0, 11 - rests)
    return [f"{head:011d}{check}" for head, check in zip(heads.tolist(), checks.tolist(), strict=True)]


def corporate_number(position: int) -> str:
    """Return the 法人番号 of the payer at a position."""
    digits = np.array([UNUSED_REGISTRY + position], dtype=np.int64)
    check = 9 - int((_digits(digits, 12) @ _CORPORATE_WEIGHTS)[0]) % 9
    return f"{check}{UNUSED_REGISTRY + position}"


def with_wrong_check(my_number: str) -> str:
    """Return the number with another last digit: no other digit is right."""
    return f"{my_number[:-1]}{(int(my_number[-1]) + 1) % 10}"


def _digits(numbers: NDArray[np.int64], width: int) -> NDArray[np.int64]:
    return numbers[:, None] // 10 ** np.arange(width - 1, -1, -1, dtype=np.int64) % 10
