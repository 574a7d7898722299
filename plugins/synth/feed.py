"""The register feed: the first load on 1 July of the income year, then every event in order of its day.

The format is that of docs/plugins/atena.md: one message a line, numbered without a gap, each with its digest.
"""

import hashlib
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any, NamedTuple

import orjson

from plugins.synth.people.households import Household
from plugins.synth.people.model import FEMALE, Person, Role, Stay
from plugins.synth.people.places import Home
from plugins.synth.plan import Plan

_CANONICAL = orjson.OPT_SORT_KEYS
_ARRIVALS = frozenset({Stay.IN_THAT_YEAR, Stay.IN_ON_1_JANUARY, Stay.IN_ON_2_JANUARY})
_DEPARTURES = frozenset({Stay.OUT_ON_31_DECEMBER, Stay.OUT_ON_2_JANUARY})
PROTECTED_EVERY = 2_000
"""One household of so many is under 支援措置."""


class Event(NamedTuple):
    """A 異動 as the feed tells it; `day` orders it, `text` is its canonical JSON."""

    day: date
    text: bytes


def load_day(plan: Plan) -> date:
    """Return the day of the first load."""
    return date(plan.income_year, 7, 1)


def events(plan: Plan, household: Household) -> Iterator[Event]:
    """Yield what the register tells of a household; of 住登外 people it tells nothing."""
    if household.members[0].stay is Stay.NON_RESIDENT:
        return
    for person in household.members:
        yield from _events(plan, household, person)
    head = household.members[0]
    if household.number % PROTECTED_EVERY == 1 and head.stay is Stay.RESIDENT and head.died is None:
        yield _event(plan, "protection_set", head, plan.tax_day - timedelta(days=30))


def message(sequence: int, event: Event) -> bytes:
    """Return one line of the feed."""
    issued = f"{event.day.isoformat()}T17:00:00+09:00"
    digest = hashlib.sha256(event.text).hexdigest()
    head = f'{{"sequence":{sequence},"issuedAt":"{issued}","sha256":"{digest}","event":'
    return head.encode() + event.text + b"}\n"


def _events(plan: Plan, household: Household, person: Person) -> Iterator[Event]:
    first = load_day(plan)
    moved_within = person.stay is Stay.RESIDENT and person.earlier is not None and person.since > person.birth
    begin = person.since if person.stay in _ARRIVALS or not moved_within else _before(plan, person)
    if person.stay in _DEPARTURES:
        begin = _before(plan, person)
    home = person.earlier if moved_within and person.earlier else person.home
    kind = "birth" if begin == person.birth > first else "move_in"
    yield _event(
        plan,
        kind,
        person,
        begin,
        person=_said(person),
        address=_address(home),
        household={"number": str(household.number + 1), "relation": _relation(person)},
        myNumber=person.my_number,
    )
    if moved_within:
        yield _event(plan, "move_within", person, person.since, address=_address(person.home))
    if person.stay in _DEPARTURES and person.earlier:
        yield _event(plan, "move_out", person, person.since, address=_address(person.earlier))
    if person.died:
        yield _event(plan, "death", person, person.died)


def _before(plan: Plan, person: Person) -> date:
    """The first day at a home that was left later."""
    return max(person.birth, date(plan.income_year - 3, 4, 1))


def _event(plan: Plan, kind: str, whom: Person, day: date, **items: Any) -> Event:
    event = {"kind": kind, "atenaNumber": whom.atena_number, "effectiveOn": day.isoformat(), **items}
    return Event(max(day, load_day(plan)), orjson.dumps(event, option=_CANONICAL))


def _said(person: Person) -> dict[str, str]:
    return {
        "name": person.register_name,
        "kana": person.kana,
        "birthDate": person.birth.isoformat(),
        "sex": person.sex,
    }


def _address(home: Home) -> dict[str, str]:
    said = {
        "municipalityCode": home.place.code,
        "prefecture": home.place.prefecture,
        "municipality": home.place.name,
        "town": home.town,
        "lot": f"{home.lot}番地",
        "postalCode": home.place.postal_code,
    }
    return {**said, "building": home.building} if home.building else said


def _relation(person: Person) -> str:
    match person.role:
        case Role.HEAD:
            return "世帯主"
        case Role.SPOUSE:
            return "妻" if person.sex == FEMALE else "夫"
        case Role.CHILD:
            return "子"
        case Role.PARENT:
            return "母" if person.sex == FEMALE else "父"
