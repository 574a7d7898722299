"""Faults that strike people: the victims of a block, chosen before documents are made."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import timedelta
from typing import TypeAlias

from plugins.synth.faults.kinds import Fault, of_block, of_employers
from plugins.synth.people.claims import is_low
from plugins.synth.people.households import Household
from plugins.synth.people.model import Person, Role, Stay
from plugins.synth.people.outgoings import is_adjusted
from plugins.synth.people.places import ELSEWHERE
from plugins.synth.plan import Plan

Victims: TypeAlias = Mapping[Fault, Sequence[int]]
"""Who was struck: serials by fault; of two claimants the second, of namesakes both."""


def strike(plan: Plan, block: int, homes: list[Household]) -> Victims:
    """Choose the victims of a block; some are changed for it: a new home, the name of somebody else."""
    victims: dict[Fault, Sequence[int]] = {}
    used: set[int] = set()
    for fault in of_block(plan, block):
        group = _CHOOSE[fault](plan, [home for home in homes if home.number not in used])
        used.update(person.household for person in group)
        victims[fault] = [person.serial for person in group]
    return victims


def _workers(plan: Plan, homes: list[Household]) -> Iterator[Person]:
    """Heads who live here all year with plain earnings."""
    for home in homes:
        head = home.members[0]
        settled = head.stay is Stay.RESIDENT and head.earlier is None and head.is_taxed_here(plan.tax_day)
        if settled and _earns_plainly(plan, head):
            yield head


def _worker(plan: Plan, homes: list[Household]) -> list[Person]:
    return [person for person, _ in zip(_workers(plan, homes), range(1), strict=False)]


def _pensioner(plan: Plan, homes: list[Household]) -> list[Person]:
    heads = (home.members[0] for home in homes if home.members[0].stay is Stay.RESIDENT)
    able = (head for head in heads if head.annuities and not head.jobs and not head.trade)
    return [person for person in able if person.is_taxed_here(plan.tax_day)][:1]


def _mover(plan: Plan, homes: list[Household]) -> list[Person]:
    """A household of one that comes on 2 January: the documents are sent here nevertheless."""
    alone = {home.number for home in homes if len(home.members) == 1}
    movers = [person for person in _workers(plan, homes) if person.household in alone][:1]
    for person in movers:
        person.stay = Stay.IN_ON_2_JANUARY
        person.since = plan.tax_day + timedelta(days=1)
        person.earlier = person.home._replace(place=ELSEWHERE[0])
    return movers


def _namesakes(plan: Plan, homes: list[Household]) -> list[Person]:
    """Two people who live alone: the second gets name, sex, birthday of the first."""
    alone = {home.number for home in homes if len(home.members) == 1}
    pair = [person for person in _workers(plan, homes) if person.household in alone][:2]
    if len(pair) == 2:
        first, second = pair
        second.family, second.given, second.sex = first.family, first.given, first.sex
        second.birth, second.age = first.birth, first.age
    return pair


def _claimants(plan: Plan, homes: list[Household]) -> list[Person]:
    """Two earning parents with a child: both will claim it. The lesser earner comes out as the victim."""
    for home in homes:
        adults = [one for one in home.members if one.role in {Role.HEAD, Role.SPOUSE}]
        children = [one for one in home.members if one.role is Role.CHILD and is_low(one)]
        here = all(one.stay is Stay.RESIDENT and one.died is None for one in home.members)
        earning = all(_earns_plainly(plan, one) for one in adults)
        if len(adults) == 2 and children and here and earning and adults[0].salary != adults[1].salary:
            return [min(adults, key=lambda one: one.salary)]
    return []


def _earns_plainly(plan: Plan, person: Person) -> bool:
    """One employer whose files are not struck, more pay than a relative may have, no pension."""
    plain = is_adjusted(person) and not is_low(person) and not person.annuities
    return plain and person.jobs[0].code not in of_employers(plan)


_CHOOSE: Mapping[Fault, Callable[[Plan, list[Household]], list[Person]]] = {
    Fault.CANCELLED_SLIP: _worker,
    Fault.DUPLICATE_PENSION: _pensioner,
    Fault.NAMESAKE: _namesakes,
    Fault.WRONG_CHECK_DIGIT: _worker,
    Fault.MOVED_2_JANUARY: _mover,
    Fault.TWO_CLAIMANTS: _claimants,
}
