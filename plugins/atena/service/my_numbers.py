"""Registering My Numbers. A resident's comes by the register feed only."""

from datetime import date
from functools import partial

from core.work import Work
from plugins.atena import tables
from plugins.atena.errors import Finding, InvalidInput, MyNumberRefused, ResidentNumberByFeedOnly
from plugins.atena.history import Carving, Content, Revision, Span, replace
from plugins.atena.particulars import Findings, Kind
from plugins.atena.queries import history, my_numbers, persons, platform
from plugins.atena.service.persons import JOURNAL_TYPE
from plugins.atena.vault.keyring import Keyring
from plugins.atena.vault.seal import blind_indexes, sealed_content


async def register_my_number(
    work: Work, keyring: Keyring, number: str, expected_version: int, my_number: str, valid_from: date
) -> None:
    """Register the My Number of a 住登外者 from a day on; an older number stays in the history.

    Raises InvalidInput, ResidentNumberByFeedOnly, Conflict, NotFound, and MyNumberRefused without a reason.
    """
    span = Span(valid_from)
    _check(span, my_number)
    person_id, at = await history.next_version(
        work.session, tables.person, number, expected_version, work.now
    )
    kind = await persons.kind_of(work.session, person_id, persons.Moment(max(valid_from, work.today)))
    if kind != Kind.NON_RESIDENT:
        raise ResidentNumberByFeedOnly
    indexes = blind_indexes(keyring, my_number)
    if await my_numbers.is_held_by_another(work.session, indexes, person_id):
        raise MyNumberRefused
    content = sealed_content(keyring, person_id, my_number)
    decide = partial(_registered, span, content, indexes)
    if not await history.change(work.session, tables.my_number, person_id, at, decide):
        raise InvalidInput([Finding("input", "no-change", "変更する内容がありません。")])
    await platform.note(work.session, [person_id], "numbered", at)
    work.journal.wrote(JOURNAL_TYPE, number, {"myNumber"})


def _check(span: Span, my_number: str) -> None:
    findings = Findings()
    findings.my_number(my_number)
    findings.span(span)
    findings.refuse()


def _registered(span: Span, content: Content, indexes: list[bytes], present: list[Revision]) -> Carving:
    """Seals of one number never look alike; whether it is the same one shows in the blind index."""
    if any(old.span == span and old.content["blind_index"] in indexes for old in present):
        return Carving([], [])
    return replace(present, span, content)
