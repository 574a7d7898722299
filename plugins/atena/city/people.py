"""Households with their people, one after the other, as a Japanese city has them."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import NamedTuple

from plugins.atena.city import names
from plugins.atena.city.names import FEMALE, Word
from plugins.atena.queries.households import HEAD

MALE = "1"


class Place(NamedTuple):
    """A ward or another municipality: code, prefecture, name, postal code; how many live there."""

    code: str
    prefecture: str
    name: str
    postal_code: str
    weight: int


WARDS = (
    Place("331015", "岡山県", "岡山市北区", "7000000", 41),
    Place("331023", "岡山県", "岡山市中区", "7030000", 20),
    Place("331031", "岡山県", "岡山市東区", "7040000", 13),
    Place("331040", "岡山県", "岡山市南区", "7020000", 26),
)
ELSEWHERE = (
    Place("332020", "岡山県", "倉敷市", "7100000", 5),
    Place("341002", "広島県", "広島市中区", "7300000", 2),
    Place("271004", "大阪府", "大阪市北区", "5300000", 2),
    Place("131016", "東京都", "千代田区", "1000000", 1),
)
GROWN_UP = 25
"""From this age on those who live with the head are a wife or a mother."""
NON_RESIDENTS = 0.03
MOVED = 0.12
"""Share of households that have lived at another address of the city before."""


class Home(NamedTuple):
    """A place to live."""

    place: Place
    town: str
    lot: str
    building: str


@dataclass(frozen=True, slots=True)
class Citizen:
    """One synthetic person; `homes` are pairs of the day of moving in and the home, oldest first.

    `household` counts from 1; `relation` is the 続柄 as a register writes it.
    """

    household: int
    relation: str
    is_resident: bool
    family: Word
    given: Word
    sex: str
    birth: date
    homes: tuple[tuple[date, Home], ...]


# How many in a thousand households, and the ages of their members as (youngest, oldest, sex or "").
_HOUSEHOLDS: tuple[tuple[int, tuple[tuple[int, int, str], ...]], ...] = (
    (230, ((20, 64, ""),)),
    (150, ((65, 94, ""),)),
    (100, ((25, 64, MALE), (25, 64, FEMALE))),
    (130, ((65, 90, MALE), (63, 88, FEMALE))),
    (120, ((28, 50, MALE), (27, 48, FEMALE), (0, 15, ""))),
    (110, ((30, 54, MALE), (28, 52, FEMALE), (5, 22, ""), (0, 18, ""))),
    (40, ((32, 54, MALE), (30, 52, FEMALE), (10, 22, ""), (5, 18, ""), (0, 12, ""))),
    (60, ((27, 54, FEMALE), (0, 19, ""))),
    (60, ((35, 58, MALE), (33, 56, FEMALE), (66, 92, FEMALE), (3, 22, ""))),
)


def citizens(chance: Random, count: int, today: date) -> Iterator[Citizen]:
    """Make `count` people, household after household."""
    made = household = 0
    weights = [weight for weight, _ in _HOUSEHOLDS]
    while made < count:
        _, members = chance.choices(_HOUSEHOLDS, weights)[0]
        household += 1
        for citizen in _household(chance, household, members[: count - made], today):
            yield citizen
            made += 1


def _household(
    chance: Random, number: int, members: tuple[tuple[int, int, str], ...], today: date
) -> Iterator[Citizen]:
    family = names.surname(chance)
    is_resident = chance.random() >= NON_RESIDENTS
    homes = _homes(chance, WARDS if is_resident else ELSEWHERE, today)
    for place, (youngest, oldest, stated) in enumerate(members):
        sex = stated or chance.choice((MALE, FEMALE))
        birth = today - timedelta(
            days=chance.randint(youngest * 365 + youngest // 4, oldest * 365 + oldest // 4 + 364)
        )
        lived = tuple(
            (max(day, birth), home) for day, home in homes if home is homes[-1][1] or birth < homes[-1][0]
        )
        relation = _relation(members[0], youngest) if place else HEAD
        given = names.given_name(chance, sex)
        yield Citizen(number, relation, is_resident, family, given, sex, birth, lived)


def _relation(head: tuple[int, int, str], youngest: int) -> str:
    """Tell the others of a household apart by their ages, as the table above has them."""
    if youngest < GROWN_UP:
        return "子"
    return "母" if youngest > head[1] else "妻"


def _homes(chance: Random, places: tuple[Place, ...], today: date) -> tuple[tuple[date, Home], ...]:
    moved_in = today - timedelta(days=chance.randint(400, 12_000))
    first = (moved_in, _home(chance, places))
    if chance.random() >= MOVED:
        return (first,)
    moved_again = moved_in + timedelta(days=chance.randint(200, (today - moved_in).days - 30))
    return (first, (moved_again, _home(chance, places)))


def _home(chance: Random, places: tuple[Place, ...]) -> Home:
    place = chance.choices(places, [place.weight for place in places])[0]
    building = f"{names.town(chance)[:2]}ハイツ{chance.randint(101, 905)}号" if chance.random() < 0.4 else ""
    return Home(place, names.town(chance), f"{chance.randint(9001, 9999)}番地", building)
