"""Check digits of the numbers that this plug-in keeps: 個人番号, 法人番号, and our own 宛名番号.

Formulae: 行政手続における特定の個人を識別するための番号の利用等に関する法律に規定する個人番号、特定個人
情報…に関する命令 5条 for the 個人番号; 法人番号の指定等に関する省令 2条 for the 法人番号. Only ASCII digits
count: `str.isdigit` takes ² and ３ too.
"""

import re
from collections.abc import Collection
from itertools import accumulate
from operator import mul

WEIGHTS = tuple(2 + place % 6 for place in range(20))
CODE_OF_ZERO = (0, *accumulate(ord("0") * weight for weight in WEIGHTS))
"""What the code of the character 0 adds to the weighed sum of so many digits."""
LENGTH = 12
_DIGITS = range(ord("0"), ord("9") + 1)
_WEIGHED = [
    bytes((code - _DIGITS.start) * weight % 11 if code in _DIGITS else 0 for code in range(256))
    for weight in reversed(WEIGHTS[: LENGTH - 1])
]
"""For each place of a 個人番号: the code of a digit to what it adds, by the modulus."""
_CHECK_OF = bytes(_DIGITS.start + (11 - total % 11 if total % 11 > 1 else 0) for total in range(256))
"""A sum of eleven of these to the code of the check digit."""
_MY_NUMBER = re.compile(r"[0-9]{12}", re.ASCII)
_CORPORATE_NUMBER = re.compile(r"[1-9][0-9]{12}", re.ASCII)


def modulus_11(digits: str) -> str:
    """Return the check digit with weights 2 to 7 from the right; remainders 0 and 1 give 0."""
    weighed = sum(map(mul, reversed(digits.encode()), WEIGHTS))  # of character codes: quicker than of ints
    remainder = (weighed - CODE_OF_ZERO[len(digits)]) % 11
    return "0" if remainder <= 1 else str(11 - remainder)


def is_my_number(text: str) -> bool:
    """Tell whether `text` is twelve digits of which the last is right."""
    return _MY_NUMBER.fullmatch(text) is not None and text[-1] == modulus_11(text[:-1])


def are_my_numbers(texts: Collection[str]) -> bool:
    """Tell whether all are right, a thousand in the time of forty.

    What all have at one place is one large number: its bytes are the digits, weighed. No sum exceeds a byte.
    """
    digits = "".join(texts).encode()
    if not digits.isdigit() or set(map(len, texts)) != {LENGTH}:
        return not texts
    weighed = (digits[place::LENGTH].translate(table) for place, table in enumerate(_WEIGHED))
    sums = sum(map(int.from_bytes, weighed)).to_bytes(len(texts))
    return sums.translate(_CHECK_OF) == digits[LENGTH - 1 :: LENGTH]


def modulus_9(digits: str) -> str:
    """Return the check digit of a 法人番号 for its last twelve digits: weights 1, 2, 1, … from the right."""
    total = sum(int(digit) * (1 + place % 2) for place, digit in enumerate(reversed(digits)))
    return str(9 - total % 9)


def is_corporate_number(text: str) -> bool:
    """Tell whether `text` is thirteen digits of which the first is right."""
    return _CORPORATE_NUMBER.fullmatch(text) is not None and text[0] == modulus_9(text[1:])
