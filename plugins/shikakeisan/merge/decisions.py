"""Officers' decisions on facts, before the tax of the year is decided: one proposes, another approves that.

A decision survives every merge. After the first decision of the tax, facts change by corrections.
"""

import re
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row

from core.errors import NotFound, SelfApproval
from core.graphql.masking import require_reason
from core.work import Work
from plugins.atena.api import one_of
from plugins.shikakeisan.base.standing import Standing
from plugins.shikakeisan.base.years import undecided_year
from plugins.shikakeisan.facts.validate import validate
from plugins.shikakeisan.facts.vocabulary import BY_PATH, RELATIVE_BY_PATH, STATED
from plugins.shikakeisan.merge import listing, queries
from plugins.shikakeisan.merge.deciding import said_at
from plugins.shikakeisan.merge.errors import DecisionSettled, PathUnknown, ValueUnfit
from plugins.shikakeisan.merge.gathered import Facts, Merged
from plugins.shikakeisan.merge.people import Decision
from plugins.shikakeisan.merge.service import merge_people, preview_person
from plugins.shikakeisan.service import statable

DECISION_TYPE = "shikakeisan.decision"
_RELATIVE = re.compile(r"(?:spouse|dependants\[[0-9]{1,18}\])(?:\.(?P<part>[a-z_]+))?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Proposal:
    """What an officer proposes: `value` None takes the fact away.

    `path` is a path of the facts; `dependants[123]` is the relative who is person 123, and
    `dependants[123].age` one of their facts.
    """

    tax_year: int
    person_id: int
    path: str
    value: Any
    reason: str
    document_id: int | None = None


async def propose_decision(work: Work, proposal: Proposal) -> int:
    """Propose a value; return the number of the proposal.

    Raises YearNotOpen, YearNotFrozen, YearAssessed, NotFound (not in the base), PathUnknown, ValueUnfit.
    """
    await undecided_year(work.session, proposal.tax_year)
    require_reason(proposal.reason)
    if not is_path(proposal.path):
        raise PathUnknown(field="path")
    seen = await _checked(work, proposal)
    values = {
        "tax_year": proposal.tax_year,
        "person_id": proposal.person_id,
        "path": proposal.path,
        "value": proposal.value,
        "seen": seen,
        "reason": proposal.reason,
        "document_id": proposal.document_id,
    }
    return await _add(work, values, approved_by="")


async def propose_ending(work: Work, decision_id: int, reason: str) -> int:
    """Propose to take back a decision in force; raises NotFound, DecisionSettled, YearAssessed."""
    row = await _in_force(work, decision_id)
    if not row.approved_by:
        raise DecisionSettled
    require_reason(reason)
    await undecided_year(work.session, row.tax_year)
    kept = ("tax_year", "person_id", "path", "document_id")
    values = {name: getattr(row, name) for name in kept}
    values |= {"value": None, "seen": row.value, "reason": reason, "ends_id": row.id}
    return await _add(work, values, approved_by="")


async def approve_decision(work: Work, decision_id: int) -> int:
    """Approve exactly what somebody else proposed, and merge the person again; return the decision.

    Raises NotFound, DecisionSettled (also where what was to be taken back has ended since), SelfApproval,
    YearAssessed.
    """
    row = await _proposed(work, decision_id)
    if row.proposed_by == work.staff:
        raise SelfApproval
    await undecided_year(work.session, row.tax_year)
    before = await listing.decisions_of(work.session, row.tax_year, row.person_id, with_ended=False)
    if row.ends_id is not None and row.ends_id not in {other.id for other in before}:
        raise DecisionSettled
    ended = [other.id for other in before if other.id == row.id or _is_replaced(other, row)]
    await listing.end_decisions(work.session, ended, work.now)
    approved: int = row.id
    if row.ends_id is None:
        names = ("tax_year", "person_id", "path", "value", "seen", "reason", "document_id")
        values = {name: getattr(row, name) for name in names}
        approved = await _add(work, values, proposed_by=row.proposed_by, approved_by=work.staff)
    await merge_people(work, row.tax_year, [row.person_id])
    return approved


async def withdraw_decision(work: Work, decision_id: int) -> None:
    """Take back or send back a proposal; raises NotFound, DecisionSettled."""
    row = await _proposed(work, decision_id)
    await listing.end_decisions(work.session, [row.id], work.now)
    work.journal.wrote(DECISION_TYPE, str(row.id), {"known_to"})


def is_path(path: str) -> bool:
    """Tell whether a decision can have this path."""
    relative = _RELATIVE.fullmatch(path)
    if relative is not None:
        return relative["part"] is None or relative["part"] in RELATIVE_BY_PATH
    key, _, name = path.partition(".")
    return path in BY_PATH or path in STATED or (key == "given" and name in statable())


def _is_replaced(other: Row[Any], row: Row[Any]) -> bool:
    """Tell whether a decision in force ends when `row` is approved."""
    return bool(other.approved_by) and other.path == row.path


async def _checked(work: Work, proposal: Proposal) -> Any:
    """Return what the merge says today; raises NotFound, ValueUnfit where the value makes facts faulty."""
    session, year, person_id = work.session, proposal.tax_year, proposal.person_id
    people = await queries.people(session, year, one_of([person_id]))
    if person_id not in people or people[person_id].standing == Standing.OUTSIDE:
        raise NotFound
    without = await preview_person(session, year, person_id, {}, leaving_out=[proposal.path]) or Merged()
    seen = said_at(without, proposal.path)
    with_it = await preview_person(session, year, person_id, {proposal.path: Decision(proposal.value, seen)})
    after = set() if with_it is None else _faults(with_it.facts, year)
    new = after - _faults(without.facts, year)
    missing = with_it is not None and any(one.code == "DECISION_WITHOUT_PLACE" for one in with_it.findings)
    if new or missing:
        raise ValueUnfit(field="value", faults=[{"path": path, "code": code} for path, code in sorted(new)])
    return seen


def _faults(facts: Facts, tax_year: int) -> set[tuple[str, str]]:
    found = validate(facts, tax_year, statable())
    return {(one.path, one.code) for one in found} if isinstance(found, list) else set()


async def _add(work: Work, values: dict[str, Any], *, approved_by: str, proposed_by: str = "") -> int:
    who = {"proposed_by": proposed_by or work.staff, "approved_by": approved_by}
    decision_id = await listing.add_decision(work.session, {**values, **who, "known_from": work.now})
    work.journal.wrote(DECISION_TYPE, str(decision_id), {"path", "value"})
    return decision_id


async def _in_force(work: Work, decision_id: int) -> Row[Any]:
    row = await listing.decision_by_id(work.session, decision_id)
    if row is None:
        raise NotFound
    if not await listing.is_known(work.session, decision_id):
        raise DecisionSettled
    return row


async def _proposed(work: Work, decision_id: int) -> Row[Any]:
    """Return a proposal that nobody else settles or approves before the end of the transaction."""
    row = await _in_force(work, decision_id)
    await queries.hold_people(work.session, row.tax_year, [row.person_id])
    row = await _in_force(work, decision_id)
    if row.approved_by:
        raise DecisionSettled
    return row
