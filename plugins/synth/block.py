"""One block of the city, made in the order of life: households, incomes, claims, payments, figures."""

from dataclasses import dataclass

from plugins.synth.chance import source
from plugins.synth.faults.people import Victims, strike
from plugins.synth.people.claims import Claims, claims_of
from plugins.synth.people.figures import Figures, figures
from plugins.synth.people.households import Household, households
from plugins.synth.people.incomes import earn
from plugins.synth.people.model import Person
from plugins.synth.people.moves import end_of_life
from plugins.synth.people.outgoings import Outgoings, outgoings
from plugins.synth.plan import Plan


@dataclass(frozen=True, slots=True)
class Block:
    """People in the order of their serials; by serial what each claims, paid and earned."""

    number: int
    households: list[Household]
    people: list[Person]
    claims: dict[int, Claims]
    paid: dict[int, Outgoings]
    figures: dict[int, Figures]
    victims: Victims


def make_block(plan: Plan, number: int) -> Block:
    """Make a block: the same for the same plan, wherever and in whatever order blocks are made."""
    homes = households(plan, number)
    people = [person for household in homes for person in household.members]
    chance = source(plan.seed, f"lives:{number}")
    for person in people:
        person.died = end_of_life(chance, plan, person)
        earn(chance, plan, person)
    victims = strike(plan, number, homes)
    claims = {serial: claim for home in homes for serial, claim in claims_of(plan, home).items()}
    paid = {person.serial: outgoings(plan, person) for person in people}
    return Block(number, homes, people, claims, paid, figures(plan, people, claims), victims)
