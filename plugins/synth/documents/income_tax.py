"""The income tax's side of a slip, as an employer prints it: integers, and only the cases this city has."""

from plugins.synth.people.claims import ELDERLY, SPECIFIC_FROM, SPECIFIC_UNTIL, UNDER_16, Claims
from plugins.synth.people.outgoings import Outgoings

SPOUSE, SPOUSE_ELDERLY, GENERAL, SPECIFIC, COHABITING_PARENT = 380_000, 480_000, 380_000, 630_000, 580_000
SINGLE_PARENT = 350_000
_BASIC = ((24_000_000, 480_000), (24_500_000, 320_000), (25_000_000, 160_000))
_BASIC_2025 = (
    *((1_320_000, 950_000), (3_360_000, 880_000), (4_890_000, 680_000), (6_550_000, 630_000)),
    *((23_500_000, 580_000), *_BASIC),
)
_RATES = (
    *((1_950_000, 5, 0), (3_300_000, 10, 97_500), (6_950_000, 20, 427_500), (9_000_000, 23, 636_000)),
    *((18_000_000, 33, 1_536_000), (40_000_000, 40, 2_796_000)),
)
_REFORM = 2025


def basic(income_year: int, total_income: int) -> int:
    """Return the 基礎控除 (所得税法86条; from 2025 with 租税特別措置法41条の16の2)."""
    table = _BASIC_2025 if income_year >= _REFORM else _BASIC
    return next((amount for limit, amount in table if total_income <= limit), 0)


def life(paid: Outgoings) -> int:
    """Return the 生命保険料控除 for contracts from 2012 on (所得税法76条)."""
    return min(120_000, sum(map(_life, (paid.life_new_general, paid.life_new_pension, paid.life_care))))


def spouse(claims: Claims) -> int:
    """Return the 配偶者控除."""
    if claims.spouse is None:
        return 0
    return SPOUSE if claims.spouse.age < ELDERLY else SPOUSE_ELDERLY


def relatives(claims: Claims) -> int:
    """Return 配偶者控除, 扶養控除 and ひとり親控除 together."""
    young = len(claims.aged(SPECIFIC_FROM, SPECIFIC_UNTIL))
    old = len(claims.aged(ELDERLY, 150))
    rest = len(claims.aged(UNDER_16, 150)) - young - old
    single = SINGLE_PARENT if claims.is_single_parent else 0
    return spouse(claims) + young * SPECIFIC + old * COHABITING_PARENT + rest * GENERAL + single


def tax(taxable: int) -> int:
    """Return the income tax on 課税総所得金額 (所得税法89条)."""
    taxable = taxable // 1_000 * 1_000
    for limit, rate, off in _RATES:
        if taxable < limit:
            return taxable * rate // 100 - off
    return taxable * 45 // 100 - 4_796_000


def with_surtax(amount: int) -> int:
    """Add the 復興特別所得税, rounded down to 100 yen."""
    return amount * 1_021 // 1_000 // 100 * 100


def _life(premium: int) -> int:
    for limit, share, plus in ((20_000, 1, 0), (40_000, 2, 10_000), (80_000, 4, 20_000)):
        if premium <= limit:
            return -(-premium // share) + plus
    return 40_000
