"""My Numbers that a document states: taken if new, compared if known, never written over.

A number that is not taken waits as a case until somebody has asked 住基ネット; the case keeps it sealed.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import Row
from sqlalchemy.exc import IntegrityError

from core.errors import NotFound
from core.work import Work
from plugins.atena import tables
from plugins.atena.errors import CaseResolved
from plugins.atena.history import LATEST, Span, replace
from plugins.atena.particulars import Findings, Kind, text
from plugins.atena.queries import history, my_numbers, number_cases, persons, platform
from plugins.atena.queries.persons import Moment
from plugins.atena.service.persons import JOURNAL_TYPE
from plugins.atena.vault.keyring import Keyring
from plugins.atena.vault.seal import blind_indexes, seal, sealed_content

CASE_TYPE = "atena.number_case"
SOURCE = text(200, required=True)


class Taking(StrEnum):
    """What became of a number: registered, known already, or why a case was opened."""

    REGISTERED = "registered"
    SAME = "same"
    DIFFERENT = "different"
    HELD_BY_ANOTHER = "held_by_another"
    RESIDENT = "resident"


class Outcome(StrEnum):
    """How a case ended."""

    KEPT = "kept"
    CORRECTED = "corrected"
    NOT_THIS_PERSON = "not_this_person"


@dataclass(frozen=True, slots=True)
class Taken:
    """`case_id` is the case that waits for an officer; None where the number was taken or known."""

    taking: Taking
    case_id: int | None = None


async def take_number(work: Work, keyring: Keyring, person: Row[Any], number: str, source: str) -> Taken:
    """Take a number that a document states for a person (a row of `queries.persons`, as of today).

    `source` names the document, without personal data. The same number again opens no second case.
    Raises InvalidInput for what is no My Number.
    """
    findings = Findings()
    findings.my_number(number)
    findings.found.extend(SOURCE("source", source))
    findings.refuse()
    indexes = blind_indexes(keyring, number)
    is_held = await my_numbers.is_held_by_another(work.session, indexes, person.id)
    taking = await _decide(work, person, indexes, is_held=is_held)
    if taking is Taking.SAME:
        return Taken(taking)
    if taking is Taking.REGISTERED:
        await _register(work, keyring, person, number, source)
        return Taken(taking)
    return Taken(taking, await _open_case(work, keyring, person, number, taking, source))


async def resolve(work: Work, case_id: int, outcome: Outcome, note: str, by: str) -> None:
    """End a case; raises InvalidInput, NotFound, CaseResolved. The vault is changed elsewhere, if at all."""
    findings = Findings()
    findings.found.extend(text(400, required=True)("note", note))
    findings.refuse()
    case = await number_cases.find_case(work.session, case_id)
    if case is None:
        raise NotFound
    if case.outcome is not None:
        raise CaseResolved
    row = {
        "case_id": case_id,
        "outcome": outcome.value,
        "note": note,
        "resolved_by": by,
        "resolved_at": work.now,
    }
    try:
        await number_cases.add_outcome(work.session, row)
    except IntegrityError:
        raise CaseResolved from None
    work.journal.wrote(JOURNAL_TYPE, case.atena_number, {"numberCase"})


async def _decide(work: Work, person: Row[Any], indexes: list[bytes], *, is_held: bool) -> Taking:
    held = await my_numbers.sealed_by_person(work.session, [person.id], Moment(work.today, LATEST))
    own = held.get(person.id)
    if own is not None:
        return Taking.SAME if own.blind_index in indexes else Taking.DIFFERENT
    if is_held:
        return Taking.HELD_BY_ANOTHER
    kind = await persons.kind_of(work.session, person.id, Moment(work.today))
    return Taking.REGISTERED if kind == Kind.NON_RESIDENT else Taking.RESIDENT


async def _register(work: Work, keyring: Keyring, person: Row[Any], number: str, source: str) -> None:
    at = await history.hold(work.session, tables.person, person.id, work.now)
    content = sealed_content(keyring, person.id, number, source)
    await history.change(
        work.session,
        tables.my_number,
        person.id,
        at,
        lambda present: replace(present, Span(work.today), content),
    )
    await platform.note(work.session, [person.id], "numbered", at)
    work.journal.wrote(JOURNAL_TYPE, person.atena_number, {"myNumber"})


async def _open_case(
    work: Work, keyring: Keyring, person: Row[Any], number: str, taking: Taking, source: str
) -> int:
    """The lock on the number, which `take_number` holds, keeps two documents from opening two cases."""
    known = await number_cases.open_case_of(work.session, person.id, blind_indexes(keyring, number))
    if known is not None:
        return known
    sealed = seal(keyring, person.id, number)._asdict()
    row = {"person_id": person.id, "kind": taking.value, "source": source, "opened_at": work.now, **sealed}
    work.journal.wrote(JOURNAL_TYPE, person.atena_number, {"numberCase"})
    return await number_cases.add_case(work.session, row)
