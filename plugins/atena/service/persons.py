"""Registering a 住登外者 and correcting a person."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from typing import Any

from core.storage.database import ReadSession
from core.work import Work
from plugins.atena import tables
from plugins.atena.check_digits import modulus_11
from plugins.atena.errors import Finding, InvalidInput, ResidentByFeedOnly
from plugins.atena.history import Carving, Content, Revision, Span, overlay, replace
from plugins.atena.particulars import (
    ADDRESS_CHECKS,
    PERSON_CHECKS,
    Findings,
    Kind,
    address_content,
    graphql_name,
    person_content,
)
from plugins.atena.queries import history, persons, platform
from plugins.atena.service.candidates import Found, alike_to, refuse_unless_named

JOURNAL_TYPE = "atena.person"
OUR_NUMBERS = "9"
"""The first digit of numbers that this system gave; those of residents come from the resident register."""


@dataclass(frozen=True)
class PersonChange:
    """What to change, within which days: only the items given; an address always whole."""

    span: Span
    items: Mapping[str, Any] = field(default_factory=dict)
    address: Mapping[str, Any] | None = None


async def candidates_for(session: ReadSession, given: PersonChange, today: date) -> Sequence[Found]:
    """Return who may be the 住登外者 to be registered, city-wide; raises InvalidInput with all findings."""
    _check(given, today)
    return await alike_to(session, given.items, given.address, today)


async def register_non_resident(work: Work, given: PersonChange, others: Sequence[str] = ()) -> str:
    """Register a 住登外者 and return the new 宛名番号; `others` are candidates who are other people.

    Raises InvalidInput with all findings, CandidatesNotRefused.
    """
    found = await candidates_for(work.session, given, work.today)
    refused = await persons.ids_of(work.session, others)
    refuse_unless_named({each.person_id for each in found}, refused)
    (serial,) = await persons.next_serials(work.session)
    number = atena_number(serial)
    person_id = await persons.add_person(work.session, number, work.now)
    said = {"kind": Kind.NON_RESIDENT.value, "death_date": None, **person_content(given.items)}
    await history.begin(work.session, tables.person_revision, person_id, work.now, given.span, said)
    if given.address is not None:
        address = address_content(given.address)
        await history.begin(work.session, tables.address_revision, person_id, work.now, given.span, address)
    await platform.note(work.session, [person_id], "registered", work.now)
    work.journal.wrote(JOURNAL_TYPE, number, _entered(given))
    for other in refused:
        work.journal.wrote(JOURNAL_TYPE, other, {"notTheSameAs"})
    return number


async def correct_person(work: Work, number: str, expected_version: int, given: PersonChange) -> None:
    """Change what is said about a 住登外者; what was said before stays known as of its time.

    Raises InvalidInput with all findings, ResidentByFeedOnly if the person is a resident on one of the days,
    Conflict with the present version, NotFound.
    """
    _check(given, work.today)
    person_id, at = await history.next_version(
        work.session, tables.person, number, expected_version, work.now
    )
    known = await history.present(work.session, tables.person_revision, person_id)
    if any(old.content["kind"] == Kind.RESIDENT and old.span.meets(given.span) for old in known):
        raise ResidentByFeedOnly
    changed = await history.change(
        work.session,
        tables.person_revision,
        person_id,
        at,
        partial(_corrected, given.span, person_content(given.items)),
    )
    if given.address is not None:
        changed |= await history.change(
            work.session,
            tables.address_revision,
            person_id,
            at,
            partial(_moved, given.span, address_content(given.address)),
        )
    if not changed:
        raise InvalidInput([Finding("input", "no-change", "変更する内容がありません。")])
    await platform.note(work.session, [person_id], "changed", at)
    work.journal.wrote(JOURNAL_TYPE, number, _entered(given))


def atena_number(serial: int) -> str:
    """Return the 宛名番号 (15 digits) for a serial: our digit, the serial, a check digit."""
    digits = f"{OUR_NUMBERS}{serial:013d}"
    return digits + modulus_11(digits)


def _check(given: PersonChange, today: date) -> None:
    findings = Findings()
    findings.items(PERSON_CHECKS, given.items)
    findings.life(given.items, today)
    findings.span(given.span)
    if given.address is not None:
        findings.items(ADDRESS_CHECKS, given.address, "address.")
    findings.refuse()


def _corrected(span: Span, changes: Content, present: list[Revision]) -> Carving:
    if changes and span.valid_from < present[0].span.valid_from:
        raise InvalidInput(
            [Finding("validFrom", "before-first", "登録されている最初の有効開始日より前は訂正できません。")]
        )
    return overlay(present, span, changes)


def _moved(span: Span, address: Content, present: list[Revision]) -> Carving:
    return replace(present, span, address)


def _entered(given: PersonChange) -> set[str]:
    items = [*given.items, *(["address"] if given.address is not None else [])]
    return {graphql_name(item) for item in items}
