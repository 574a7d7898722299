"""Registering and ending 送付先, 納税管理人, 相続人代表者 and 破産管財人."""

from collections.abc import Mapping
from datetime import date
from functools import partial
from typing import Any

from core.work import Work
from plugins.atena import tables
from plugins.atena.delivery import RecipientKind
from plugins.atena.errors import Finding, InvalidInput
from plugins.atena.history import Carving, Revision, Span, clear, replace
from plugins.atena.particulars import ADDRESS_CHECKS, PERSON_CHECKS, Findings
from plugins.atena.queries import history
from plugins.atena.queries.history import Change
from plugins.atena.queries.recipients import TABLES
from plugins.atena.service.persons import JOURNAL_TYPE


async def set_recipient(
    work: Work,
    number: str,
    expected_version: int,
    kind: RecipientKind,
    span: Span,
    said: Mapping[str, Any],
    address: Mapping[str, Any],
) -> None:
    """Let somebody receive a person's notices for a span of days.

    Raises InvalidInput with all findings, Conflict with the present version, NotFound.
    """
    findings = Findings()
    findings.items(PERSON_CHECKS, said)
    findings.items(ADDRESS_CHECKS, address, "address.")
    findings.span(span)
    findings.refuse()
    await _change(work, number, expected_version, kind, partial(_set, span, {**said, **address}))


async def end_recipient(
    work: Work, number: str, expected_version: int, kind: RecipientKind, on: date
) -> None:
    """Let nobody of that kind receive from a day on; raises as `set_recipient` does."""
    await _change(work, number, expected_version, kind, partial(_ended, Span(on)))


async def _change(
    work: Work, number: str, expected_version: int, kind: RecipientKind, decide: Change
) -> None:
    person_id, at = await history.next_version(
        work.session, tables.person, number, expected_version, work.now
    )
    if not await history.change(work.session, TABLES[kind], person_id, at, decide):
        raise InvalidInput([Finding("input", "no-change", "変更する内容がありません。")])
    work.journal.wrote(JOURNAL_TYPE, number, {kind.value})


def _set(span: Span, said: Mapping[str, Any], present: list[Revision]) -> Carving:
    return replace(present, span, said)


def _ended(span: Span, present: list[Revision]) -> Carving:
    return clear(present, span)
