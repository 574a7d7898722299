"""支援措置 for 住登外者: set and lifted by an officer. A resident's comes by the register feed."""

from datetime import date
from functools import partial

from core.work import Work
from plugins.atena import tables
from plugins.atena.errors import Finding, InvalidInput, ProtectionByFeedOnly
from plugins.atena.history import Carving, Revision, Span, clear, replace
from plugins.atena.particulars import Findings, Kind
from plugins.atena.queries import history, persons
from plugins.atena.queries.history import Change
from plugins.atena.service.persons import JOURNAL_TYPE

OFFICER = "officer"


async def protect(work: Work, number: str, expected_version: int, span: Span) -> None:
    """Hide a person's address for a span of days.

    Raises InvalidInput, ProtectionByFeedOnly, Conflict, NotFound.
    """
    findings = Findings()
    findings.span(span)
    findings.refuse()
    await _change(work, number, expected_version, partial(_protected, span))


async def unprotect(work: Work, number: str, expected_version: int, on: date) -> None:
    """Let a person's address be seen from a day on; raises as `protect` does."""
    await _change(work, number, expected_version, partial(_unprotected, Span(on)))


async def _change(work: Work, number: str, expected_version: int, decide: Change) -> None:
    person_id, at = await history.next_version(
        work.session, tables.person, number, expected_version, work.now
    )
    if await persons.kind_of(work.session, person_id, persons.Moment(work.today)) == Kind.RESIDENT:
        raise ProtectionByFeedOnly
    if not await history.change(work.session, tables.protection, person_id, at, decide):
        raise InvalidInput([Finding("input", "no-change", "変更する内容がありません。")])
    work.journal.wrote(JOURNAL_TYPE, number, {"protection"})


def _protected(span: Span, present: list[Revision]) -> Carving:
    return replace(present, span, {"source": OFFICER})


def _unprotected(span: Span, present: list[Revision]) -> Carving:
    return clear(present, span)
