"""Branches of banks and their mergers; the accounts that tax is debited to.

A merger moves the accounts of the branch by a revision from its day on, so it changes debits from that day on
and none before. Should an account name a branch that was merged earlier, the mergers of the day are followed.
"""

from collections.abc import Mapping
from datetime import date, timedelta
from functools import partial

from sqlalchemy.exc import IntegrityError

from core.errors import NotFound
from core.work import Work
from plugins.atena import tables
from plugins.atena.errors import BranchTaken, Finding, InvalidInput, MergerRefused
from plugins.atena.history import FOREVER, Carving, Content, Revision, Span, clear, overlay, replace
from plugins.atena.particulars import Check, Findings, graphql_name, pattern, text
from plugins.atena.queries import banks, history, persons
from plugins.atena.queries.history import Change
from plugins.atena.queries.persons import Moment
from plugins.atena.service.persons import JOURNAL_TYPE

BRANCH_JOURNAL_TYPE = "atena.bank_branch"
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
    work.journal.wrote(BRANCH_JOURNAL_TYPE, code, {graphql_name(item) for item in said})


async def merge_branch(work: Work, code: str, expected_version: int, successor: str, on: date) -> None:
    """Let a branch be part of another one from a day on, and its accounts be the other's.

    Raises NotFound for an unknown branch, MergerRefused if the two would point at each other, Conflict,
    InvalidInput if nothing changes.
    """
    if await banks.branch_at(work.session, successor, Moment(on)) is None:
        raise NotFound
    if await would_circle(work, code, successor, on):
        raise MergerRefused
    branch_id, at = await history.next_version(
        work.session, tables.bank_branch, code, expected_version, work.now
    )
    decide = partial(_merged, Span(on), {"successor_code": successor})
    if not await history.change(work.session, tables.bank_branch_revision, branch_id, at, decide):
        raise _nothing()
    work.journal.wrote(BRANCH_JOURNAL_TYPE, code, {"successorCode"})
    await move_accounts(work, code, successor, on)


async def would_circle(work: Work, code: str, successor: str, on: date) -> bool:
    """Tell whether a branch would become part of itself, that day or later."""
    days = (on, FOREVER - timedelta(days=1))
    return code in [resolved(successor, await banks.successors(work.session, Moment(day))) for day in days]


async def move_accounts(work: Work, code: str, successor: str, on: date) -> int:
    """Move the accounts of a merged branch from the day on; returns of how many persons."""
    decide = partial(_moved, code, successor, Span(on))
    holders = await banks.holders_at(work.session, code, on)
    changes = dict.fromkeys(holders, decide)
    moved = await history.change_many(work.session, tables.person, tables.bank_account, changes, work.now)
    for row in (await persons.numbers_of(work.session, moved)).values():
        work.journal.wrote(JOURNAL_TYPE, row, {"bankAccount"})
    return len(moved)


async def close_branch(work: Work, code: str, expected_version: int, on: date) -> None:
    """Let a branch be no more from a day on; its accounts stay as they are and are listed.

    Raises Conflict, NotFound, InvalidInput if it is closed then already.
    """
    branch_id, at = await history.next_version(
        work.session, tables.bank_branch, code, expected_version, work.now
    )
    decide = partial(_cleared, Span(on))
    if not await history.change(work.session, tables.bank_branch_revision, branch_id, at, decide):
        raise _nothing()
    work.journal.wrote(BRANCH_JOURNAL_TYPE, code, {"closesOn"})


async def set_account(work: Work, number: str, expected_version: int, span: Span, said: Content) -> None:
    """Let a person's tax be debited to an account for a span of days.

    Raises InvalidInput (also for a branch that is not known on the first day), Conflict, NotFound.
    """
    findings = Findings()
    findings.items(ACCOUNT_CHECKS, said)
    findings.span(span)
    findings.refuse()
    branch = await banks.branch_at(work.session, said["branch_code"], Moment(span.valid_from))
    if branch is None:
        findings.add("branchCode", "unknown", "金融機関・支店が登録されていません。")
    elif branch.successor_code is not None:
        findings.add("branchCode", "merged", "統合された支店です。統合先のコードを入力してください。")
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


def _moved(code: str, successor: str, span: Span, present: list[Revision]) -> Carving:
    there = [account for account in present if account.content["branch_code"] == code]
    return overlay(there, span, {"branch_code": successor})
