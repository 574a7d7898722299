"""Who claims whom: one claimant in a household, and only relatives whom every year's limit allows."""

from dataclasses import dataclass, field
from datetime import date

from plugins.synth.people.households import Household
from plugins.synth.people.model import MALE, Person, Role, Stay
from plugins.synth.plan import Plan

UNDER_16, SPECIFIC_FROM, SPECIFIC_UNTIL, ELDERLY = 16, 19, 22, 70
LIMITS = ((1_030_000, 1_100_000), (550_000, 1_580_000))
"""Pay and pension of a relative within 合計所得金額 480,000, the lowest limit of any year (R3 on)."""
CLAIMANT_PAY, CLAIMANT_PROFIT = 10_000_000, 5_000_000
"""Above these the 配偶者控除 shrinks; the city has none of that kind."""
PARENT_PAY, PARENT_PROFIT = 6_700_000, 4_000_000
"""Below these a single parent has not more than 5,000,000 of income (ひとり親控除)."""


@dataclass(slots=True)
class Claims:
    """What a person claims on documents."""

    spouse: Person | None = None
    dependants: list[Person] = field(default_factory=list)
    is_single_parent: bool = False

    def aged(self, youngest: int, oldest: int) -> list[Person]:
        """Return the dependants from one age to another, both included."""
        return [one for one in self.dependants if youngest <= one.age <= oldest]

    @property
    def under_16(self) -> list[Person]:
        """Return the children for whom no 扶養控除 is given but who count for 非課税."""
        return self.aged(0, UNDER_16 - 1)

    @property
    def deductible(self) -> list[Person]:
        """Return the 控除対象扶養親族."""
        return self.aged(UNDER_16, 150)


def claims_of(plan: Plan, household: Household) -> dict[int, Claims]:
    """Return claims by the serial of the claimant: at most one in a household."""
    last_day = date(plan.income_year, 12, 31)
    alive = [person for person in household.members if person.is_alive_on(last_day)]
    adults = [person for person in alive if person.role in {Role.HEAD, Role.SPOUSE}]
    if not adults or household.members[0].stay is Stay.NON_RESIDENT:
        return {}
    claimant = max(adults, key=lambda person: person.salary + person.profit + person.pension)
    if not (claimant.salary or claimant.trade or claimant.pension) or not claimant.is_taxed_here(
        plan.tax_day
    ):
        return {}
    claims = Claims(
        spouse=next((one for one in adults if one is not claimant and _takes(claimant, one)), None),
        dependants=[one for one in alive if one.role in {Role.CHILD, Role.PARENT} and is_low(one)],
    )
    has_spouse = any(person.role is Role.SPOUSE for person in household.members)
    has_child = any(one.role is Role.CHILD for one in claims.dependants)
    modest = claimant.salary <= PARENT_PAY and claimant.profit <= PARENT_PROFIT and not claimant.pension
    claims.is_single_parent = has_child and not has_spouse and modest
    return {claimant.serial: claims}


def is_low(person: Person) -> bool:
    """Tell whether somebody's income lets a relative claim them."""
    within = any(person.salary <= pay and person.pension <= pension for pay, pension in LIMITS)
    return within and person.trade is None


def relation(claimant: Person, relative: Person) -> str:
    """Name the relation as the facts write it."""
    if relative.role is Role.CHILD:
        return "子"
    own = "父" if relative.sex == MALE else "母"
    return own if claimant.role is Role.HEAD else f"義{own}"


def _takes(claimant: Person, spouse: Person) -> bool:
    return is_low(spouse) and claimant.salary <= CLAIMANT_PAY and claimant.profit <= CLAIMANT_PROFIT
