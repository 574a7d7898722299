"""Households of a block: shapes and ages as in a Japanese city, parents older than their children."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import NamedTuple

from plugins.synth.chance import source, weighted
from plugins.synth.people.model import FEMALE, MALE, Person, Role
from plugins.synth.people.moves import Tie, tie
from plugins.synth.people.numbers import my_numbers
from plugins.synth.people.words import FEMALE_NAMES, MALE_NAMES, SURNAMES, Word
from plugins.synth.plan import BLOCK, Plan

SURNAME_STEP = 1_543
BIRTH_CLASSES, NAME_CLASSES = 50, 8
GENERATION = (20, 40)
"""How much older a parent is than a child."""
OLDEST = 101


class Shape(NamedTuple):
    """A kind of household: how many in a thousand, ages and sex of the head, and who else lives there."""

    weight: int
    head: tuple[int, int]
    sex: str
    adults: int
    children: int
    ages: tuple[int, int]
    parents: int


_SHAPES = (
    Shape(105, (18, 29), "", 1, 0, (0, 0), 0),
    Shape(140, (30, 64), "", 1, 0, (0, 0), 0),
    Shape(60, (65, 84), MALE, 1, 0, (0, 0), 0),
    Shape(115, (65, 95), FEMALE, 1, 0, (0, 0), 0),
    Shape(95, (27, 64), MALE, 2, 0, (0, 0), 0),
    Shape(150, (65, 92), MALE, 2, 0, (0, 0), 0),
    Shape(80, (27, 58), MALE, 2, 1, (0, 22), 0),
    Shape(80, (29, 56), MALE, 2, 2, (0, 22), 0),
    Shape(22, (31, 54), MALE, 2, 3, (0, 22), 0),
    Shape(26, (27, 54), FEMALE, 1, 1, (0, 19), 0),
    Shape(14, (30, 54), FEMALE, 1, 2, (0, 19), 0),
    Shape(7, (32, 56), MALE, 1, 1, (3, 19), 0),
    Shape(44, (50, 68), MALE, 2, 1, (20, 38), 0),
    Shape(22, (66, 88), FEMALE, 1, 1, (30, 60), 0),
    Shape(26, (36, 56), MALE, 2, 2, (4, 22), 1),
    Shape(14, (36, 56), MALE, 2, 2, (4, 22), 2),
)
_DRAW = weighted([shape.weight for shape in _SHAPES])
_SINGLE = _SHAPES[1]


class _Member(NamedTuple):
    role: Role
    sex: str
    age: int


@dataclass(frozen=True, slots=True)
class Household:
    """A household and its members, the head first."""

    number: int
    members: list[Person]


def households(plan: Plan, block: int) -> list[Household]:
    """Make the households of a block; together they have exactly the people of the block."""
    chance = source(plan.seed, f"households:{block}")
    first = block * BLOCK + 1
    size = plan.size_of(block)
    numbers = iter(my_numbers(plan.seed, range(first, first + size)))
    serials = iter(range(first, first + size))
    made: list[Household] = []
    while size:
        number = block * BLOCK + len(made)
        bond = tie(chance, plan)
        members = _members(chance, size, alone=bond.is_alone)
        family = _surname(plan, number)
        people = _people(chance, plan, number, members)
        made.append(
            Household(
                number,
                [
                    _person(member, next(serials), number, family, given, birth, next(numbers), bond)
                    for member, given, birth in people
                ],
            )
        )
        size -= len(members)
    return made


def _members(chance: Random, room: int, *, alone: bool) -> list[_Member]:
    shape = _SINGLE if alone else _SHAPES[chance.choice(_DRAW)]
    head = _Member(Role.HEAD, shape.sex or chance.choice((MALE, FEMALE)), chance.randint(*shape.head))
    members = [head]
    mother = head.age
    if shape.adults > 1:
        mother = max(18, head.age + chance.randint(-6, 2))
        members.append(_Member(Role.SPOUSE, FEMALE, mother))
    youngest, oldest = max(shape.ages[0], mother - GENERATION[1]), min(shape.ages[1], mother - GENERATION[0])
    members.extend(
        _Member(Role.CHILD, chance.choice((MALE, FEMALE)), chance.randint(youngest, oldest))
        for _ in range(shape.children if youngest <= oldest else 0)
    )
    members.extend(
        _Member(Role.PARENT, sex, min(OLDEST, head.age + chance.randint(22, 36)))
        for sex in (FEMALE, MALE)[: shape.parents]
    )
    return members[:room]


def _people(
    chance: Random, plan: Plan, number: int, members: list[_Member]
) -> Iterator[tuple[_Member, Word, date]]:
    """Names and birthdays come from the class of the household: see decision 0056."""
    kind = (number // len(SURNAMES) + number % len(SURNAMES) * 131) % (BIRTH_CLASSES * NAME_CLASSES)
    names = {
        MALE: list(MALE_NAMES[kind // BIRTH_CLASSES :: NAME_CLASSES]),
        FEMALE: list(FEMALE_NAMES[kind // BIRTH_CLASSES :: NAME_CLASSES]),
    }
    for member in members:
        given = names[member.sex].pop(chance.randrange(len(names[member.sex])))
        yield member, given, _birth(chance, plan.income_year - member.age, kind % BIRTH_CLASSES)


def _birth(chance: Random, year: int, kind: int) -> date:
    """A day of the year, never 1 January, whose ordinal is of the class."""
    day = date(year, 1, 2) + timedelta(days=chance.randrange(364))
    back = (day.toordinal() - kind) % BIRTH_CLASSES
    earlier = day - timedelta(days=back)
    return earlier if earlier > date(year, 1, 1) else earlier + timedelta(days=BIRTH_CLASSES)


def _surname(plan: Plan, number: int) -> Word:
    start = source(plan.seed, "surnames").randrange(len(SURNAMES))
    return SURNAMES[(number * SURNAME_STEP + start) % len(SURNAMES)]


def _person(
    member: _Member,
    serial: int,
    household: int,
    family: Word,
    given: Word,
    birth: date,
    my_number: str,
    bond: Tie,
) -> Person:
    return Person(
        serial,
        household,
        member.role,
        family,
        given,
        member.sex,
        birth,
        member.age,
        my_number,
        bond.stay,
        bond.home,
        bond.earlier,
        max(bond.since, birth) if bond.is_here else bond.since,
    )
