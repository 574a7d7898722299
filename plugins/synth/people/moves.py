"""What ties a household to the city: since when it lives here, and its moves around 1 January."""

from datetime import date, timedelta
from random import Random
from typing import NamedTuple

from plugins.synth.chance import happens, weighted
from plugins.synth.people.model import Person, Stay
from plugins.synth.people.places import ELSEWHERE, WARDS, Home, Place
from plugins.synth.people.words import TOWNS
from plugins.synth.plan import Plan

_WARDS = weighted([place.weight for place in WARDS])
_ELSEWHERE = weighted([place.weight for place in ELSEWHERE])
_STAYS: tuple[tuple[Stay, int], ...] = (
    (Stay.IN_THAT_YEAR, 25),
    (Stay.IN_ON_1_JANUARY, 3),
    (Stay.IN_ON_2_JANUARY, 3),
    (Stay.OUT_ON_31_DECEMBER, 3),
    (Stay.OUT_ON_2_JANUARY, 3),
    (Stay.NON_RESIDENT, 12),
)
"""Households in a thousand."""
_REST = 1000 - sum(share for _, share in _STAYS)
_STAY = weighted([_REST, *(share for _, share in _STAYS)])
MOVED_WITHIN = 30
FLATS = 400
_DEATHS = ((0, 0), (50, 3), (65, 10), (75, 30), (85, 90))
"""From which age how many in a thousand die in a year."""


class Tie(NamedTuple):
    """Stay, home, the other home of a move, and the day of the last move (or of moving out)."""

    stay: Stay
    home: Home
    earlier: Home | None
    since: date

    @property
    def is_alone(self) -> bool:
        """住登外 people are registered one by one."""
        return self.stay is Stay.NON_RESIDENT

    @property
    def is_here(self) -> bool:
        """Tell whether `since` is a day from which somebody lives at `home`."""
        return self.stay not in {Stay.OUT_ON_31_DECEMBER, Stay.OUT_ON_2_JANUARY}


def tie(chance: Random, plan: Plan) -> Tie:
    """Draw the tie of one household."""
    place = chance.choice(_STAY)
    stay = _STAYS[place - 1][0] if place else Stay.RESIDENT
    first = plan.tax_day
    match stay:
        case Stay.RESIDENT if happens(chance, MOVED_WITHIN):
            since = date(plan.income_year, 7, 2) + timedelta(days=chance.randrange(170))
            return Tie(stay, _here(chance), _here(chance), since)
        case Stay.RESIDENT:
            return Tie(stay, _here(chance), None, first - timedelta(days=chance.randint(400, 12_000)))
        case Stay.NON_RESIDENT:
            return Tie(stay, _elsewhere(chance), None, first - timedelta(days=chance.randint(400, 4_000)))
        case Stay.IN_THAT_YEAR:
            since = date(plan.income_year, 1, 2) + timedelta(days=chance.randrange(360))
        case Stay.IN_ON_1_JANUARY:
            since = first
        case Stay.IN_ON_2_JANUARY | Stay.OUT_ON_2_JANUARY:
            since = first + timedelta(days=1)
        case Stay.OUT_ON_31_DECEMBER:
            since = first - timedelta(days=1)
    return Tie(stay, _here(chance), _elsewhere(chance), since)


def end_of_life(chance: Random, plan: Plan, person: Person) -> date | None:
    """Draw a day of death between July of the income year and March; nobody moves after it."""
    per_mille = next(share for age, share in reversed(_DEATHS) if person.age >= age)
    settled = person.stay is Stay.RESIDENT and person.earlier is None
    if not settled or not happens(chance, per_mille):
        return None
    return date(plan.income_year, 7, 2) + timedelta(days=chance.randrange(270))


def _here(chance: Random) -> Home:
    return _home(chance, WARDS[chance.choice(_WARDS)])


def _elsewhere(chance: Random) -> Home:
    return _home(chance, ELSEWHERE[chance.choice(_ELSEWHERE)])


def _home(chance: Random, place: Place) -> Home:
    town = chance.choice(TOWNS)
    building = f"{town[:2]}ハイツ{chance.randint(101, 905)}号" if happens(chance, FLATS) else ""
    return Home(place, town, chance.randint(9001, 9999), building.translate(_WIDE))


_WIDE = str.maketrans("0123456789", "０１２３４５６７８９")
