"""Registering and correcting employers (特別徴収義務者 and other 事業所)."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from sqlalchemy import Row
from sqlalchemy.exc import IntegrityError

from core.storage.database import ReadSession
from core.work import Work
from plugins.atena import tables
from plugins.atena.errors import DesignationNumberTaken, Finding, InvalidInput
from plugins.atena.history import Carving, Content, Revision, Span, overlay
from plugins.atena.particulars import EMPLOYER_CHECKS, Findings, employer_content, graphql_name
from plugins.atena.queries import employers, history
from plugins.atena.queries.persons import Moment
from plugins.atena.service.candidates import refuse_unless_named

JOURNAL_TYPE = "atena.employer"


async def candidates_for(session: ReadSession, span: Span, items: Mapping[str, Any]) -> Sequence[Row[Any]]:
    """Return who may be the employer to be registered: one 法人番号 or one name; raises InvalidInput."""
    _check(span, items)
    return await employers.employers_alike(session, employer_content(items), Moment(span.valid_from))


async def register_employer(
    work: Work,
    designation_number: str | None,
    span: Span,
    items: Mapping[str, Any],
    others: Sequence[str] = (),
) -> str:
    """Register an employer under the given 指定番号, or the next free one; returns the number.

    `others` are 指定番号 of candidates that are other offices. Raises InvalidInput with all findings,
    CandidatesNotRefused, DesignationNumberTaken.
    """
    _check(span, items, designation_number)
    refused = await employers.ids_of(work.session, others)
    refuse_unless_named({row.id for row in await candidates_for(work.session, span, items)}, refused)
    number = designation_number or f"{await employers.next_serial(work.session):08d}"
    try:
        employer_id = await employers.add_employer(work.session, number, work.now)
    except IntegrityError:
        raise DesignationNumberTaken from None
    said = employer_content(items)
    await history.begin(work.session, tables.employer_revision, employer_id, work.now, span, said)
    work.journal.wrote(JOURNAL_TYPE, number, {graphql_name(item) for item in items})
    for other in refused:
        work.journal.wrote(JOURNAL_TYPE, other, {"notTheSameAs"})
    return number


async def correct_employer(
    work: Work, number: str, expected_version: int, span: Span, items: Mapping[str, Any]
) -> None:
    """Change what is said about an employer; raises InvalidInput, Conflict, NotFound."""
    _check(span, items)
    employer_id, at = await history.next_version(
        work.session, tables.employer, number, expected_version, work.now
    )
    decide = partial(_corrected, span, employer_content(items))
    if not await history.change(work.session, tables.employer_revision, employer_id, at, decide):
        raise InvalidInput([Finding("input", "no-change", "変更する内容がありません。")])
    work.journal.wrote(JOURNAL_TYPE, number, {graphql_name(item) for item in items})


def _check(span: Span, items: Mapping[str, Any], designation_number: str | None = None) -> None:
    findings = Findings()
    findings.items(EMPLOYER_CHECKS, items)
    findings.span(span)
    if designation_number is not None:
        findings.designation_number(designation_number)
    findings.refuse()


def _corrected(span: Span, changes: Content, present: list[Revision]) -> Carving:
    return overlay(present, span, changes)
