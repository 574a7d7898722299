"""Registering and correcting employers (特別徴収義務者 and other 事業所)."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from sqlalchemy.exc import IntegrityError

from plugins.atena import tables
from plugins.atena.errors import DesignationNumberTaken, Finding, InvalidInput
from plugins.atena.history import Carving, Content, Revision, Span, overlay
from plugins.atena.particulars import EMPLOYER_CHECKS, Findings, employer_content, graphql_name
from plugins.atena.queries import employers, history
from plugins.atena.service.work import Work

JOURNAL_TYPE = "atena.employer"


async def register_employer(
    work: Work, designation_number: str | None, span: Span, items: Mapping[str, Any]
) -> str:
    """Register an employer under the given 指定番号, or the next free one; returns the number.

    Raises InvalidInput with all findings, DesignationNumberTaken.
    """
    _check(span, items, designation_number)
    number = designation_number or f"{await employers.next_serial(work.session):08d}"
    try:
        employer_id = await employers.add_employer(work.session, number, work.now)
    except IntegrityError:
        raise DesignationNumberTaken from None
    said = employer_content(items)
    await history.begin(work.session, tables.employer_revision, employer_id, work.now, span, said)
    work.journal.wrote(JOURNAL_TYPE, number, {graphql_name(item) for item in items})
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
