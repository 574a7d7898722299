"""What one block gives: lines of truth and facts, events of the feed, and documents for the spool."""

from collections.abc import Iterator
from typing import Any, NamedTuple

import orjson

from plugins.synth.block import Block, make_block
from plugins.synth.documents.facts import facts_of
from plugins.synth.documents.filings import filings
from plugins.synth.documents.model import Document
from plugins.synth.documents.slips import pension_slips, salary_slips
from plugins.synth.documents.spoiled import Planted, spoil
from plugins.synth.documents.view import View, view_of
from plugins.synth.faults.kinds import Fault
from plugins.synth.feed import Event, events
from plugins.synth.people.model import Person, Stay
from plugins.synth.plan import Plan


class Output(NamedTuple):
    """The lines and documents of one block, in the order of its people."""

    facts: list[bytes]
    people: list[bytes]
    non_residents: list[bytes]
    events: list[Event]
    documents: list[Document]
    planted: list[Planted]


def output_of(plan: Plan, number: int) -> Output:
    """Make a block and everything that it gives."""
    block = make_block(plan, number)
    output = Output([], [], [], [], [], [])
    for person in block.people:
        view = view_of(plan, block, person)
        papers, planted = spoil(block, view, list(_papers(plan, block, view)))
        output.facts.append(_line(facts_of(view)))
        output.people.append(_line(_truth(plan, view, papers)))
        output.documents.extend(papers)
        output.planted.extend(planted)
        if person.stay is Stay.NON_RESIDENT:
            output.non_residents.append(_line(_non_resident(person)))
    for household in block.households:
        output.events.extend(events(plan, household))
    return output


def _papers(plan: Plan, block: Block, view: View) -> Iterator[Document]:
    """Documents reach this city for whom it taxes; and, by mistake, for a mover of 2 January."""
    person = view.person
    if person.is_taxed_here(plan.tax_day) or person.serial in block.victims.get(Fault.MOVED_2_JANUARY, ()):
        yield from salary_slips(view)
        yield from pension_slips(view, block.number)
        yield from filings(view, block.number)


def _line(value: dict[str, Any]) -> bytes:
    return orjson.dumps(value, option=orjson.OPT_APPEND_NEWLINE)


def _truth(plan: Plan, view: View, papers: list[Document]) -> dict[str, Any]:
    person = view.person
    truth = {
        "kind": "person",
        "serial": person.serial,
        "facts_line": person.serial,
        "atena_number": None if person.stay is Stay.NON_RESIDENT else person.atena_number,
        "my_number": person.my_number,
        "household": person.household + 1,
        "role": person.role.value,
        "name": person.register_name,
        "kana": person.kana,
        "birth": person.birth.isoformat(),
        "sex": person.sex,
        "stay": person.stay.value,
        "died": person.died.isoformat() if person.died else None,
        "taxed_here": person.is_taxed_here(plan.tax_day),
        "documents": [paper.id for paper in papers],
        "claims": _claimed(view),
    }
    if person.stay is Stay.IN_ON_2_JANUARY and person.earlier:
        truth["taxed_by"] = person.earlier.place.code
    return truth


def _claimed(view: View) -> list[int]:
    spouse = [view.claims.spouse.serial] if view.claims.spouse else []
    return [*spouse, *(one.serial for one in view.claims.dependants)]


def _non_resident(person: Person) -> dict[str, Any]:
    home = person.home
    return {
        "serial": person.serial,
        "my_number": person.my_number,
        "name": person.name,
        "kana": person.kana,
        "birth_date": person.birth.isoformat(),
        "sex": person.sex,
        "municipality_code": home.place.code,
        "prefecture": home.place.prefecture,
        "municipality": home.place.name,
        "town": home.town,
        "lot": f"{home.lot}番地",
        "building": home.building,
        "postal_code": home.place.postal_code,
    }
