"""Branches of banks and their mergers; the accounts that tax is debited to.

An account keeps the branch code that its holder gave. Which branch it is on a day is followed through the
mergers of that day, so a merger changes debits from its day on and none before.
"""

from collections.abc import Mapping
from datetime import date, timedelta
from functools import partial

from sqlalchemy.exc import IntegrityError

from core.errors import NotFound
from plugins.atena import tables
from plugins.atena.errors import BranchTaken, Finding, InvalidInput, MergerRefused
from plugins.atena.history import FOREVER, Carving, Content, Revision, Span, clear, overlay, replace
from plugins.atena.particulars import Check, Findings, pattern, text
from plugins.atena.queries import banks, history
from plugins.atena.queries.history import Change
from plugins.atena.queries.persons import Moment
from plugins.atena.service.persons import JOURNAL_TYPE
from plugins.atena.service.work import Work

CODE = pattern("[0-9]{4}-[0-9]{3}", "code", "金融機関コード4桁-支店コード3桁（半角）を入力してください。")
BRANCH_CHECKS: Mapping[str, Check] = {
    "bank_name": text(30, required=True),
    "bank_kana": text(30),
    "branch_name": text(30, required=True),
    "branch_kana": text(30),
}
ACCOUNT_CHECKS: Mapping[str, Check] = {
    "branch_code": CODE,
    "account_kind": pattern("[129]", "code", "預金種目は1（普通）、2（当座）、9（その他）です。"),
    "account_number": pattern("[0-9]{7}", "code", "口座番号は半角数字7桁です（前に0を付ける）。"),
    "holder_kana": pattern(
        "[0-9A-Z ()./\\-\uff66-\uff9f]{1,30}", "kana", "口座名義は半角カナ30文字以内です。"
    ),
}


async def register_branch(work: Work, code: str, span: Span, said: Content) -> None:
    """Add a branch; raises InvalidInput, BranchTaken."""
    findings = Findings()
    findings.found.extend(CODE("code", code))
    findings.items(BRANCH_CHECKS, said)
    findings.span(span)
    findings.refuse()
    try:
        branch_id = await banks.add_branch(work.session, code, work.now)
    except IntegrityError:
        raise BranchTaken from None
    content = {**said, "successor_code": None}
    await history.begin(work.session, tables.bank_branch_revision, branch_id, work.now, span, content)


async def merge_branch(work: Work, code: str, expected_version: int, successor: str, on: date) -> None:
    """Let a branch be part of another one from a day on.

    Raises NotFound for an unknown branch, MergerRefused if the two would point at each other, Conflict,
    InvalidInput if nothing changes.
    """
    moment = Moment(on)
    if await banks.branch_at(work.session, successor, moment) is None:
        raise NotFound
    for day in (on, FOREVER - timedelta(days=1)):
        if resolved(successor, await banks.successors(work.session, Moment(day))) == code:
            raise MergerRefused
    branch_id, at = await history.next_version(
        work.session, tables.bank_branch, code, expected_version, work.now
    )
    decide = partial(_merged, Span(on), {"successor_code": successor})
    if not await history.change(work.session, tables.bank_branch_revision, branch_id, at, decide):
        raise _nothing()


async def set_account(work: Work, number: str, expected_version: int, span: Span, said: Content) -> None:
    """Let a person's tax be debited to an account for a span of days.

    Raises InvalidInput (also for a branch that is not known on the first day), Conflict, NotFound.
    """
    findings = Findings()
    findings.items(ACCOUNT_CHECKS, said)
    findings.span(span)
    findings.refuse()
    if await banks.branch_at(work.session, said["branch_code"], Moment(span.valid_from)) is None:
        findings.add("branchCode", "unknown", "金融機関・支店が登録されていません。")
        findings.refuse()
    await _change(work, number, expected_version, partial(_replaced, span, said))


async def end_account(work: Work, number: str, expected_version: int, on: date) -> None:
    """Let nothing be debited from a day on; raises as `set_account` does."""
    await _change(work, number, expected_version, partial(_cleared, Span(on)))


def resolved(code: str, successors: Mapping[str, str]) -> str:
    """Follow the mergers of one day; a circle, which no merger can make, would end where it began."""
    seen = {code}
    while (code := successors.get(code, code)) not in seen:
        seen.add(code)
    return code


async def _change(work: Work, number: str, expected_version: int, decide: Change) -> None:
    person_id, at = await history.next_version(
        work.session, tables.person, number, expected_version, work.now
    )
    if not await history.change(work.session, tables.bank_account, person_id, at, decide):
        raise _nothing()
    work.journal.wrote(JOURNAL_TYPE, number, {"bankAccount"})


def _nothing() -> InvalidInput:
    return InvalidInput([Finding("input", "no-change", "変更する内容がありません。")])


def _merged(span: Span, changes: Content, present: list[Revision]) -> Carving:
    return overlay(present, span, changes)


def _replaced(span: Span, said: Content, present: list[Revision]) -> Carving:
    return replace(present, span, said)


def _cleared(span: Span, present: list[Revision]) -> Carving:
    return clear(present, span)
