"""What people earned: pay by age and sex, pensions, small businesses, a long tail of employers.

Amounts follow log-normal curves given as tables of integers: no float comes near money.
"""

from random import Random

from plugins.synth.chance import happens, on_curve
from plugins.synth.people.model import FEMALE, Annuity, Job, Person, Role, Stay, Trade
from plugins.synth.plan import Plan

FINE = 10_000
_PAY = (
    *(390, 480, 560, 620, 675, 725, 775, 825, 880, 935, 1_000),
    *(1_070, 1_140, 1_215, 1_300, 1_395, 1_510, 1_655, 1_870, 2_250, 4_200),
)
"""Twenty equal parts of a log-normal curve (σ≈0.5) in thousandths of its median, the last cut off."""
_MEDIANS = {18: 2_700, 25: 3_500, 30: 4_100, 35: 4_600, 40: 5_000, 50: 5_400, 60: 3_800, 65: 2_400, 70: 1_800}
"""Median pay of a full year from an age on, in thousand yen."""
_WORKING = {15: 40, 18: 550, 23: 880, 60: 780, 65: 520, 70: 320, 75: 110, 85: 20}
"""From an age on, how many in a thousand work."""
_PENSION = (180, 420, 600, 720, 800, 900, 1_150, 1_500, 1_750, 2_000, 2_300, 3_400)
STUDENT_UNTIL = 22
PENSION_AGE = 65
PART_TIME = 480
"""Wives in a thousand working wives whose pay stays in part-time range."""
SELF_EMPLOYED, SECOND_JOB, SECOND_PENSION = 70, 45, 130
FIRST_LEVEL = 3
"""The sixteen largest employers share one level of the long tail."""


def earn(chance: Random, plan: Plan, person: Person) -> None:
    """Give a person pay, pensions or a business."""
    if person.age >= PENSION_AGE:
        person.annuities = _annuities(chance, plan, person)
    working = person.stay is Stay.NON_RESIDENT or happens(chance, _at(_WORKING, person.age))
    if person.age < min(_WORKING) or not working:
        return
    if person.age > STUDENT_UNTIL and happens(chance, SELF_EMPLOYED):
        person.trade = _trade(chance)
        return
    person.jobs = _jobs(chance, plan, person)


def _jobs(chance: Random, plan: Plan, person: Person) -> list[Job]:
    jobs = [_job(employer_of(chance, plan.employers), _pay(chance, person), is_main=True)]
    if person.age > STUDENT_UNTIL and happens(chance, SECOND_JOB):
        second = employer_of(chance, plan.employers)
        if second != jobs[0].employer:
            jobs.append(_job(second, chance.randint(201, 900) * 1_000, is_main=False))
    return jobs


def _job(employer: int, pay: int, *, is_main: bool) -> Job:
    return Job(employer, pay, pay * 147 // 1000 if is_main and pay >= INSURED else 0, is_main)


INSURED = 1_060_000
"""Pay of a year from which 社会保険料 are taken off (roughly: 106万円の壁)."""


def _pay(chance: Random, person: Person) -> int:
    is_student = person.role is Role.CHILD and person.age <= STUDENT_UNTIL
    part_time = person.role is Role.SPOUSE and person.sex == FEMALE and happens(chance, PART_TIME)
    if is_student or part_time:
        return chance.randint(20, 102) * 10_000 + chance.randrange(10_000)
    median = _at(_MEDIANS, person.age) * (82 if person.sex == FEMALE else 105) // 100
    return max(50_000, median * on_curve(_PAY, chance.randrange(FINE), FINE) + chance.randrange(1_000))


def _annuities(chance: Random, plan: Plan, person: Person) -> list[Annuity]:
    if happens(chance, 35):
        return []
    amount = on_curve(_PENSION, chance.randrange(FINE), FINE) * 1_000 + chance.randrange(1_000)
    annuities = [Annuity(0, amount, amount * 6 // 100)]
    if happens(chance, SECOND_PENSION):
        annuities.append(Annuity(chance.randrange(1, plan.funds), chance.randint(60, 900) * 1_000, 0))
    return annuities


def _trade(chance: Random) -> Trade:
    revenue = 3_600 * on_curve(_PAY, chance.randrange(FINE), FINE) + chance.randrange(1_000)
    return Trade(revenue, revenue * chance.randint(25, 80) // 100)


def employer_of(chance: Random, employers: int) -> int:
    """Draw an employer: each doubling of the rank has the same number of people (Zipf's law)."""
    last = employers.bit_length() - 2
    level = chance.randint(FIRST_LEVEL, last)
    low = 0 if level == FIRST_LEVEL else 1 << level
    return chance.randrange(low, employers if level == last else 2 << level)


def _at(table: dict[int, int], age: int) -> int:
    return next((value for since, value in reversed(table.items()) if age >= since), 0)
