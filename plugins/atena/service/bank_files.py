"""The bank master and mergers of branches from files: everything is checked, then taken whole or not at all.

A master is the state from a day on: who is new comes in, other names are changed, who is missing is closed.
Nothing of the days before changes, and the same file again changes nothing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path
from typing import NamedTuple

from core.work import Work
from plugins.atena import tables
from plugins.atena.errors import FileRefused, LineFault
from plugins.atena.feed.csv_files import HEADER, read_rows
from plugins.atena.history import Carving, Content, Revision, Span, clear, overlay, replace
from plugins.atena.particulars import Findings, column_name, pattern
from plugins.atena.queries import banks, history
from plugins.atena.queries.history import Change
from plugins.atena.queries.persons import Moment
from plugins.atena.service.banks import BRANCH_CHECKS, BRANCH_JOURNAL_TYPE, CODE, move_accounts, would_circle

MASTER = ("bank_code", "bank_kana", "bank_name", "branch_code", "branch_kana", "branch_name")
MERGERS = ("old_code", "new_code", "merged_on")
BANK, BRANCH = (
    pattern("[0-9]{4}", "code", "金融機関コードは半角数字4桁です。"),
    pattern("[0-9]{3}", "code", "支店コードは半角数字3桁です。"),
)
CLOSED_SHARE = 10
"""A master without one branch in so many is taken for a piece of one, unless the operator says otherwise."""


@dataclass(frozen=True, slots=True)
class MasterTaken:
    """What a master brought: lines read, branches added, changed and closed."""

    read: int
    added: int
    changed: int
    closed: int


@dataclass(frozen=True, slots=True)
class MergersTaken:
    """What a file of mergers brought: lines read, branches merged, and persons whose account moved."""

    read: int
    merged: int
    moved: int


class Merger(NamedTuple):
    """One line of a file of mergers."""

    line: int
    code: str
    successor: str
    on: date


async def take_master(work: Work, file: Path, valid_from: date, *, many_closed: bool = False) -> MasterTaken:
    """Take a master that holds from a day on; raises FileRefused with all faults."""
    given, session = _master(file), work.session
    known = await banks.branches(session)
    new = [code for code in given if code not in known]
    await banks.add_branches(session, new, work.now)
    ids = await banks.branches(session)
    present = await history.present_of(session, tables.bank_branch_revision, list(ids.values()))
    closing = [
        code for code in known if code not in given and _is_open(present.get(ids[code], []), valid_from)
    ]
    if not many_closed and len(closing) * CLOSED_SHARE > len(known):
        message = (
            f"{len(closing):,}件の支店がファイルにありません。正しければ --many-closed を付けてください。"
        )
        raise FileRefused([LineFault(HEADER, "file", "many-closed", message)])
    span = Span(valid_from)
    added = {ids[code]: _stated(span, given[code], []) for code in new}
    await history.write_carvings(session, tables.bank_branch_revision, added, lambda _: work.now)
    changes: dict[int, Change] = {
        ids[code]: partial(_stated, span, said) for code, said in given.items() if code in known
    }
    changes |= {ids[code]: partial(_closed, span) for code in closing}
    changed = await history.change_many(
        session, tables.bank_branch, tables.bank_branch_revision, changes, work.now
    )
    codes = {branch_id: code for code, branch_id in ids.items()}
    for code in (*new, *map(codes.__getitem__, changed)):
        work.journal.wrote(BRANCH_JOURNAL_TYPE, code, {"validFrom"})
    return MasterTaken(len(given), len(new), len(changed) - len(closing), len(closing))


async def take_mergers(work: Work, file: Path) -> MergersTaken:
    """Take a file of mergers; raises FileRefused with all faults."""
    mergers, faults = _mergers(file)
    merged = moved = 0
    for merger in mergers:
        fault = await _fault(work, merger)
        if fault is not None:
            faults.append(fault)
        elif not faults and await _merge(work, merger):
            merged += 1
            moved += await move_accounts(work, merger.code, merger.successor, merger.on)
    if faults:
        raise FileRefused(sorted(faults))
    return MergersTaken(len(mergers), merged, moved)


async def _fault(work: Work, merger: Merger) -> LineFault | None:
    moment = Moment(merger.on)
    for field, code in (("old_code", merger.code), ("new_code", merger.successor)):
        if await banks.branch_at(work.session, code, moment) is None:
            return LineFault(merger.line, field, "unknown", "統合の日に登録のない支店です。")
    if await would_circle(work, merger.code, merger.successor, merger.on):
        return LineFault(merger.line, "new_code", "circle", "統合先が、統合される支店に統合されています。")
    return None


async def _merge(work: Work, merger: Merger) -> bool:
    branch_ids = await banks.branches(work.session)
    decide = partial(_overlaid, Span(merger.on), {"successor_code": merger.successor})
    changes = {branch_ids[merger.code]: decide}
    table = tables.bank_branch_revision
    if not await history.change_many(work.session, tables.bank_branch, table, changes, work.now):
        return False
    work.journal.wrote(BRANCH_JOURNAL_TYPE, merger.code, {"successorCode"})
    return True


def _master(file: Path) -> Mapping[str, Content]:
    given, faults = dict[str, Content](), list[LineFault]()
    for line, items in read_rows(file, MASTER):
        findings = Findings()
        findings.found.extend(BANK("bank_code", items["bank_code"]))
        findings.found.extend(BRANCH("branch_code", items["branch_code"]))
        said = {name: items[name] for name in BRANCH_CHECKS}
        findings.items(BRANCH_CHECKS, said)
        code = f"{items['bank_code']}-{items['branch_code']}"
        if code in given:
            findings.add("branch_code", "doubled", "同じ支店が2回あります。")
        given[code] = said
        faults.extend(LineFault(line, column_name(each.field), *each[1:]) for each in findings.found)
    if not given:
        faults.append(LineFault(HEADER, "file", "empty", "支店が1件もありません。"))
    if faults:
        raise FileRefused(faults)
    return given


def _mergers(file: Path) -> tuple[Sequence[Merger], list[LineFault]]:
    mergers, faults = list[Merger](), list[LineFault]()
    for line, items in read_rows(file, MERGERS):
        found = [each for name in MERGERS[:2] for each in CODE(name, items[name])]
        faults.extend(LineFault(line, *each) for each in found)
        try:
            on = date.fromisoformat(items["merged_on"])
        except ValueError:
            faults.append(LineFault(line, "merged_on", "date", "統合の日をYYYY-MM-DDで指定してください。"))
            continue
        if not found:
            mergers.append(Merger(line, items["old_code"], items["new_code"], on))
    return mergers, faults


def _is_open(present: Sequence[Revision], on: date) -> bool:
    """A branch that is merged may be missing in the master: it is known where its accounts went."""
    later = [old for old in present if old.span.valid_to > on]
    return any(old.content["successor_code"] is None for old in later)


def _stated(span: Span, said: Content, present: list[Revision]) -> Carving:
    """What is known of a merger stays; a branch that was not there yet, or no longer, comes in."""
    if any(old.span.meets(span) for old in present):
        return overlay(present, span, said)
    return replace(present, span, {**said, "successor_code": None})


def _closed(span: Span, present: list[Revision]) -> Carving:
    return clear(present, span)


def _overlaid(span: Span, changes: Content, present: list[Revision]) -> Carving:
    return overlay(present, span, changes)
