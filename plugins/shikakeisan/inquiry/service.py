"""所得照会 (地方税法20条の11): asking other municipalities for the income of relatives who live there.

One inquiry for each municipality. What is sent holds name, reading, birth date and the address of 1 January,
and neither a My Number nor who claims the person. People under 支援措置, and who
lives with them, stay out of it.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Row

from core.errors import Invalid
from core.graphql.versions import ensure_version
from core.work import Work
from plugins.atena.api import Moment, homes_of, person_ids
from plugins.shikakeisan.base.municipality import tax_wards
from plugins.shikakeisan.base.years import frozen_year
from plugins.shikakeisan.inquiry import queries
from plugins.shikakeisan.inquiry.checks import living_elsewhere
from plugins.shikakeisan.inquiry.errors import InquiryPeople, InquiryProtected, InquirySettled, NobodyToAsk
from plugins.shikakeisan.inquiry.letters import hidden_elsewhere, letter_of
from plugins.shikakeisan.sheets import Sheet
from plugins.shikakeisan.states import InquiryState

JOURNAL_TYPE = "shikakeisan.inquiry"
CHECK_TYPE = "shikakeisan.dependant_check"
MOST_NAMED = 10_000


@dataclass(frozen=True, slots=True)
class Made:
    """The inquiries that were made, and how many people were left out, by rule.

    Rules: `asked` (an inquiry stands), `protected` (支援措置, or living with one), `no-address` (none
    known on 1 January), `here` (in this municipality), `unknown` (no such 宛名番号), `not-elsewhere` (nobody
    claims the person as a relative elsewhere).
    """

    inquiries: Sequence[int]
    left_out: Mapping[str, int]


async def make(work: Work, tax_year: int, due_on: date, atena_numbers: Sequence[str] | None = None) -> Made:
    """Make a draft for each municipality about everybody who waits, or about exactly those who are named.

    Raises YearNotOpen, YearNotFrozen, Invalid (the day), NobodyToAsk, InquiryPeople (somebody named cannot
    be asked about).
    """
    year = await frozen_year(work.session, tax_year)
    if due_on <= work.today:
        raise Invalid(field="dueOn", rule="future")
    await queries.hold_year(work.session, tax_year)
    waiting = await living_elsewhere(work.session, tax_year)
    wanted = waiting if atena_numbers is None else await _named(work, atena_numbers, waiting)
    homes, rules = await _judged(work, tax_year, wanted, frozenset(_own(year.municipality_code)))
    if atena_numbers is not None and rules:
        raise InquiryPeople(findings=[_finding(wanted, one, rule) for one, rule in rules.items()])
    by_place: defaultdict[str, list[int]] = defaultdict(list)
    for person_id in wanted:
        if person_id not in rules:
            by_place[homes[person_id].municipality_code].append(person_id)
    left_out = dict(Counter(rules.values()))
    if not by_place:
        raise NobodyToAsk(leftOut=left_out)
    sequence = await queries.next_sequence(work.session, tax_year)
    said = {"tax_year": tax_year, "due_on": due_on, "state": InquiryState.DRAFT}
    made = [
        await _add(work, {**said, "sequence": number, "municipality_code": code}, by_place[code], homes)
        for number, code in enumerate(sorted(by_place), sequence)
    ]
    return Made(made, left_out)


async def send(work: Work, inquiry_id: int, expected: int) -> Sheet:
    """Mark a draft as sent today and return its file.

    Raises NotFound, InquirySettled, Conflict, InquiryProtected.
    """
    row = await _held(work, inquiry_id, expected, InquiryState.DRAFT)
    lines = (await queries.people_of(work.session, [inquiry_id]))[inquiry_id]
    if await hidden_elsewhere(work.session, row.tax_year, [line.person_id for line in lines], work.today):
        raise InquiryProtected
    sheet = await letter_of(work.session, work.journal, row, work.now)
    changed = {"state": InquiryState.SENT, "sent_by": work.staff, "sent_at": work.now, "sha256": sheet.sha256}
    await queries.change_inquiry(work.session, inquiry_id, **changed)
    work.journal.wrote(JOURNAL_TYPE, str(inquiry_id), {"state"})
    return sheet


async def cancel(work: Work, inquiry_id: int, expected: int) -> None:
    """Drop a draft: its people wait again. Raises NotFound, InquirySettled, Conflict."""
    await _held(work, inquiry_id, expected, InquiryState.DRAFT)
    await queries.change_inquiry(work.session, inquiry_id, state=InquiryState.CANCELLED)
    work.journal.wrote(JOURNAL_TYPE, str(inquiry_id), {"state"})


def number_of(row: Row[Any]) -> str:
    """Return the number that stands on the inquiry: year and place in it."""
    return f"{row.tax_year}-{row.sequence:05d}"


def is_overdue(row: Row[Any], day: date) -> bool:
    """Tell whether the reply should have come before a day."""
    return bool(row.state == InquiryState.SENT and row.due_on < day)


async def _held(work: Work, inquiry_id: int, expected: int, state: InquiryState) -> Row[Any]:
    row = await queries.hold_inquiry(work.session, inquiry_id)
    ensure_version(row.version, expected)
    if row.state != state:
        raise InquirySettled
    return row


async def _named(work: Work, numbers: Sequence[str], waiting: Sequence[int]) -> Sequence[int]:
    """Return the persons in the order of their lines; raises InquiryPeople."""
    if not 0 < len(numbers) <= MOST_NAMED:
        raise InquiryPeople(findings=[{"line": 0, "rule": "size"}])
    ids, elsewhere = await person_ids(work.session, sorted(set(numbers))), frozenset(waiting)
    found = []
    for line, number in enumerate(numbers, 1):
        if number not in ids:
            found.append({"line": line, "rule": "unknown"})
        elif ids[number] not in elsewhere:
            found.append({"line": line, "rule": "not-elsewhere"})
    if found:
        raise InquiryPeople(findings=found)
    return list(dict.fromkeys(ids[number] for number in numbers))


async def _judged(
    work: Work, tax_year: int, people: Sequence[int], own: frozenset[str]
) -> tuple[Mapping[int, Row[Any]], Mapping[int, str]]:
    """Return the homes of 1 January, and of whom cannot be asked about the rule."""
    asked = await queries.asked_about(work.session, tax_year, people)
    hidden = await hidden_elsewhere(work.session, tax_year, people, work.today)
    homes = await homes_of(work.session, people, Moment(date(tax_year, 1, 1)))
    rules: dict[int, str] = {}
    for person_id in people:
        home = homes.get(person_id)
        broken = {
            "asked": person_id in asked,
            "protected": person_id in hidden,
            "no-address": home is None,
            "here": home is not None and home.municipality_code in own,
        }
        rule = next((rule for rule, holds in broken.items() if holds), None)
        if rule is not None:
            rules[person_id] = rule
    return homes, rules


async def _add(
    work: Work, values: Mapping[str, Any], people: Sequence[int], homes: Mapping[int, Row[Any]]
) -> int:
    place = homes[people[0]]
    name = f"{place.prefecture}{place.municipality}"
    made = {**values, "municipality_name": name, "made_by": work.staff, "made_at": work.now}
    inquiry_id = await queries.add_inquiry(work.session, made, people)
    work.journal.wrote(JOURNAL_TYPE, str(inquiry_id), {"inquiry"})
    return inquiry_id


def _own(municipality_code: str) -> Sequence[str]:
    return [municipality_code, *tax_wards(municipality_code)]


def _finding(people: Sequence[int], person_id: int, rule: str) -> dict[str, object]:
    return {"line": list(people).index(person_id) + 1, "rule": rule}
