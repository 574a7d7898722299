"""一括更正: many people corrected for one reason, after a dry run, a sample and another person's signature.

The dry run writes one `planned` proposal for everybody whose tax would change. They are proposed together,
signed off together by somebody else who looked at the sample, and then written one by one: each is checked
for staleness like any other, and what is stale is skipped and listed.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Row

from core.errors import NotFound, SelfApproval
from core.graphql.masking import require_reason
from core.work import Work
from plugins.atena.api import person_ids
from plugins.shikakeisan.base.years import opened_year
from plugins.shikakeisan.correction import batch_queries, queries
from plugins.shikakeisan.correction.catalogue import kind_of
from plugins.shikakeisan.correction.errors import (
    EventRequired,
    ProposalSettled,
    SampleUnseen,
    SelectionUnknown,
)
from plugins.shikakeisan.correction.service import JOURNAL_TYPE as PROPOSAL_TYPE
from plugins.shikakeisan.states import BatchState, ProposalState

JOURNAL_TYPE = "shikakeisan.batch"
PEOPLE, FINDING, RULES = "people", "finding", "rules"
UNSIGNED = (BatchState.DRY, BatchState.READY, BatchState.PROPOSED)
SAMPLE = 10
EXTREMES = 3
"""How many of the largest increases, and of the largest decreases, are in every sample."""


@dataclass(frozen=True, slots=True)
class Selection:
    """Who is chosen: by 宛名番号, by the code of an open finding, or all decided by other rules."""

    atena_numbers: Sequence[str] = ()
    finding: str = ""
    by_rules: bool = False


@dataclass(frozen=True, slots=True)
class Plan:
    """What a batch is to do; without `changes` people are only merged and calculated again."""

    tax_year: int
    kind: str
    reason: str
    received_on: date
    selection: Selection
    changes: Mapping[str, Any]


async def plan_batch(work: Work, plan: Plan) -> int:
    """Write a batch whose dry run is to come and return its number.

    Raises YearNotOpen, ReasonRequired, KindUnknown, EventRequired for kinds that rest on an event of one
    person, NotFound, SelectionUnknown.
    """
    await opened_year(work.session, plan.tax_year)
    require_reason(plan.reason)
    if kind_of(plan.kind, plan.tax_year).event:
        raise EventRequired(field="kind", rule="single")
    values = {
        "tax_year": plan.tax_year,
        "kind": plan.kind,
        "state": BatchState.DRY,
        "reason": plan.reason,
        "received_on": plan.received_on,
        "selection": await _selection(work, plan.selection),
        "changes": dict(plan.changes),
        "sample": [],
        "counts": {},
        "proposed_by": work.staff,
        "proposed_at": work.now,
    }
    batch_id = await batch_queries.add_batch(work.session, values)
    work.journal.wrote(JOURNAL_TYPE, str(batch_id), {"batch"})
    return batch_id


async def propose_batch(work: Work, batch_id: int, expected: int) -> None:
    """Propose what the dry run found. Only who planned it may. Raises NotFound, ProposalSettled, Conflict."""
    row = await batch_queries.batch_row(work.session, batch_id)
    if row.state != BatchState.READY or row.proposed_by != work.staff:
        raise ProposalSettled
    await _change(work, row, expected, state=BatchState.PROPOSED)
    await batch_queries.move_members(work, batch_id, (ProposalState.PLANNED,), ProposalState.PROPOSED)


async def look_at(work: Work, proposal_id: int) -> None:
    """Write down that `work.staff` looked at a proposal. Raises NotFound."""
    await queries.proposal_row(work.session, proposal_id)
    await batch_queries.look(work, proposal_id)
    work.journal.wrote(PROPOSAL_TYPE, str(proposal_id), {"sample_look"})


async def sign_off(work: Work, batch_id: int, expected: int) -> None:
    """Sign off a batch that somebody else proposed; a job then writes it.

    Raises NotFound, SelfApproval, ProposalSettled, SampleUnseen, Conflict.
    """
    row = await batch_queries.batch_row(work.session, batch_id)
    if row.proposed_by == work.staff:
        raise SelfApproval
    if row.state != BatchState.PROPOSED:
        raise ProposalSettled
    seen = await batch_queries.looked_at(work.session, row.sample, work.staff)
    if set(row.sample) - seen:
        raise SampleUnseen(unseen=len(set(row.sample) - seen))
    await _change(work, row, expected, state=BatchState.APPROVED, decided_by=work.staff, decided_at=work.now)


async def reject_batch(work: Work, batch_id: int, expected: int, *, may_approve: bool) -> None:
    """End a batch that is not signed off: one's own, or whoever may approve also another's.

    Raises NotFound, ProposalSettled, Conflict.
    """
    row = await batch_queries.batch_row(work.session, batch_id)
    if row.state not in UNSIGNED or not (may_approve or row.proposed_by == work.staff):
        raise ProposalSettled
    await _change(work, row, expected, state=BatchState.REJECTED, decided_by=work.staff, decided_at=work.now)
    await batch_queries.move_members(work, batch_id, queries.WAITING, ProposalState.REJECTED)


def sample_of(batch_id: int, members: Sequence[Row[Any]]) -> list[int]:
    """Choose the sample, the same however often it is asked for: extremes, and some by a hash."""
    by_change = sorted(members, key=lambda row: (row.payable_after - row.payable_before, row.id))
    by_hash = sorted(members, key=lambda row: hashlib.sha256(f"{batch_id}:{row.person_id}".encode()).digest())
    chosen = [*by_change[:EXTREMES], *by_change[-EXTREMES:], *by_hash[:SAMPLE]]
    return sorted({row.id for row in chosen})


async def _selection(work: Work, selection: Selection) -> dict[str, Any]:
    """Return the selection as it is kept."""
    if (bool(selection.atena_numbers), bool(selection.finding), selection.by_rules).count(True) != 1:
        raise SelectionUnknown(field="selection", rule="one")
    if selection.finding:
        return {"by": FINDING, "code": selection.finding}
    if selection.by_rules:
        return {"by": RULES}
    found = await person_ids(work.session, selection.atena_numbers)
    if len(found) < len(set(selection.atena_numbers)):
        raise NotFound
    return {"by": PEOPLE, "ids": sorted(found.values())}


async def _change(work: Work, row: Row[Any], expected: int, **values: Any) -> None:
    await batch_queries.change_batch(work.session, row.id, expected, **values)
    work.journal.wrote(JOURNAL_TYPE, str(row.id), set(values))
