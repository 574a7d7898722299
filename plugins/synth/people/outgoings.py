"""What people paid in the income year that lowers the tax, and by which way the city learns of it."""

from dataclasses import dataclass, field
from enum import StrEnum
from random import Random

from plugins.synth.chance import happens, source
from plugins.synth.people.model import Person
from plugins.synth.people.places import ELSEWHERE
from plugins.synth.plan import Plan

ADJUSTED_UP_TO = 20_000_000
"""Pay up to which the employer makes the year-end adjustment (所得税法190条)."""
DECLARED_PENSION, DECLARED_NOTHING = 80, 60
"""People in a thousand who hand in a 住民税申告書: pensioners with premiums, adults without income."""
ADULT = 18


class Filing(StrEnum):
    """What a person files beside the slips."""

    NONE = "none"
    RETURN = "return"
    """確定申告書, to the tax office."""
    DECLARATION = "declaration"
    """住民税申告書, to the city."""


@dataclass(frozen=True, slots=True)
class Loan:
    """A 住宅借入金等特別控除 from the second year on."""

    year: int
    month: int
    balance: int

    @property
    def available(self) -> int:
        """可能額: one in a hundred of the balance, not more than 400,000."""
        return min(400_000, self.balance // 100)


@dataclass(slots=True)
class Outgoings:
    """Payments of the year in yen, each as the documents state it."""

    filing: Filing = Filing.NONE
    life_new_general: int = 0
    life_new_pension: int = 0
    life_care: int = 0
    quake: int = 0
    social_insurance: int = 0
    """Paid in person: 国民健康保険, 国民年金. Only a filing tells of it."""
    medical: int = 0
    donations: list[tuple[str, int]] = field(default_factory=list)
    """ふるさと納税: 団体コード and amount."""
    loan: Loan | None = None

    @property
    def one_stop(self) -> bool:
        """Tell whether the gifts come as 申告特例通知: only without a 確定申告書 (附則7条)."""
        return bool(self.donations) and self.filing is Filing.NONE


def outgoings(plan: Plan, person: Person) -> Outgoings:
    """Draw what one person paid; each has a source of chance, so that a planted fault changes nobody else."""
    chance = source(plan.seed, f"paid:{person.serial}")
    paid = Outgoings()
    main = person.jobs[0] if person.jobs else None
    adjusted = is_adjusted(person)
    if person.salary + person.pension >= 1_500_000 or person.trade:
        paid.medical = chance.randint(105, 700) * 1_000 if happens(chance, 60) else 0
        if happens(chance, 110):
            paid.donations = _donations(chance, person)
    paid.filing = _filing(chance, person, paid, adjusted=adjusted)
    if adjusted or paid.filing is not Filing.NONE:
        _premiums(chance, person, paid)
    if paid.filing is not Filing.NONE and (person.trade or person.annuities):
        paid.social_insurance = chance.randint(30, 480) * 1_000
    if adjusted and main is not None and main.pay >= 3_000_000 and 30 <= person.age <= 55:
        paid.loan = _loan(chance, plan)
    return paid


def is_adjusted(person: Person) -> bool:
    """Tell whether the employer made the year-end adjustment: one employer, and not a very large pay."""
    return len(person.jobs) == 1 and person.jobs[0].pay <= ADJUSTED_UP_TO


def _filing(chance: Random, person: Person, paid: Outgoings, *, adjusted: bool) -> Filing:
    must = person.trade or (person.jobs and not adjusted)
    if must or paid.medical or (person.jobs and person.annuities):
        return Filing.RETURN
    if paid.donations and happens(chance, 400):
        return Filing.RETURN
    if paid.donations:
        return Filing.NONE
    pensioner = bool(person.annuities) and happens(chance, DECLARED_PENSION)
    idle = person.age >= ADULT and not person.jobs and not person.annuities
    return Filing.DECLARATION if pensioner or (idle and happens(chance, DECLARED_NOTHING)) else Filing.NONE


def _premiums(chance: Random, person: Person, paid: Outgoings) -> None:
    if person.salary + person.pension == 0 and person.trade is None:
        return
    paid.life_new_general = chance.randint(12, 120) * 1_000 if happens(chance, 420) else 0
    paid.life_new_pension = chance.randint(12, 120) * 1_000 if happens(chance, 160) else 0
    paid.life_care = chance.randint(6, 80) * 1_000 if happens(chance, 330) else 0
    paid.quake = chance.randint(5, 50) * 1_000 if happens(chance, 200) else 0


def _donations(chance: Random, person: Person) -> list[tuple[str, int]]:
    share = max(6, min(200, (person.salary + person.pension) // 100_000))
    codes = [place.code for place in chance.sample(ELSEWHERE, chance.randint(1, 3))]
    return [(code, chance.randint(5, share) * 1_000) for code in codes]


def _loan(chance: Random, plan: Plan) -> Loan | None:
    if not happens(chance, 160):
        return None
    year = chance.randint(plan.income_year - 9, min(plan.income_year - 1, LAST_LOAN_YEAR))
    return Loan(year, chance.randint(4, 12), chance.randint(500, 4_500) * 10_000)


LAST_LOAN_YEAR = 2021
"""Homes moved into from 2022 on have other rates; the city has none of them."""
