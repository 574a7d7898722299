"""Proposing, approving, rejecting and withdrawing corrections (賦課更正): nobody changes tax alone.

Whoever approves names the version that they saw. At that moment everything is computed again: only if it is
the same to the byte does it take effect, in one transaction with the revision that it gives. A proposal that
no longer is becomes `stale`, which is an answer and not an error, so that it stays written.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row

from core.errors import JuminzeiError, SelfApproval, Unavailable
from core.graphql.masking import require_reason
from core.graphql.versions import ensure_version
from core.runtime import Runtime
from core.work import Work
from plugins.shikakeisan.assessment.outcome import Ground, Outcome
from plugins.shikakeisan.assessment.service import JOURNAL_TYPE as ASSESSMENT_TYPE
from plugins.shikakeisan.assessment.service import write_block
from plugins.shikakeisan.correction import queries
from plugins.shikakeisan.correction.catalogue import kind_of
from plugins.shikakeisan.correction.computing import (
    Computed,
    FiledLate,
    Request,
    carry_out,
    changes_of,
    compute,
    request_of,
)
from plugins.shikakeisan.correction.errors import (
    LeavesUndecided,
    NothingChanges,
    ProposalSettled,
    RevisionChanged,
)
from plugins.shikakeisan.correction.holding import Held, hold
from plugins.shikakeisan.correction.merging import trial
from plugins.shikakeisan.states import ProposalState

JOURNAL_TYPE = "shikakeisan.proposal"


@dataclass(frozen=True, slots=True)
class Approval:
    """How an approval went: `stale` proposals changed nothing; `revision` is the one in force now."""

    proposal_id: int
    is_approved: bool
    revision: int


async def propose(
    runtime: Runtime, work: Work, request: Request, expected_revision: int | None = None
) -> int:
    """Propose a correction in the name of `work.staff` and return its number.

    `expected_revision` is the one that the proposer saw. Raises RevisionChanged with the one in force, and
    the refusals of `computing.compute`.
    """
    require_reason(request.reason)
    held = await hold(runtime, work, request.tax_year, request.person_id)
    if expected_revision not in (None, held.revision):
        raise RevisionChanged(currentVersion=held.revision)
    computed = await compute(runtime, held, request)
    if not request.changes and not computed.changes_figures:
        raise NothingChanges
    return await store(held.work, computed, ProposalState.PROPOSED)


async def store(work: Work, computed: Computed, state: ProposalState, batch_id: int | None = None) -> int:
    """Write what was computed as a proposal."""
    proposal_id = await queries.add_proposal(
        work.session,
        {
            **computed.shown,
            "digest": computed.digest,
            "state": state,
            "batch_id": batch_id,
            "proposed_by": work.staff,
            "proposed_at": work.now,
        },
    )
    work.journal.wrote(JOURNAL_TYPE, str(proposal_id), {"proposal"})
    return proposal_id


async def approve(
    runtime: Runtime, work: Work, proposal_id: int, expected: int, *, in_batch: int | None = None
) -> Approval:
    """Approve exactly what somebody else proposed, and let it take effect.

    Raises NotFound, SelfApproval, ProposalSettled, Conflict, LeavesUndecided. A member of a batch is approved
    with its batch.
    """
    row = await queries.proposal_row(work.session, proposal_id)
    if row.proposed_by == work.staff:
        raise SelfApproval
    held = await hold(runtime, work, row.tax_year, row.person_id)
    work, row = held.work, await queries.proposal_row(work.session, proposal_id)
    if row.state == ProposalState.STALE:
        return Approval(proposal_id, is_approved=False, revision=held.revision)
    if row.state != ProposalState.PROPOSED or row.batch_id != in_batch:
        raise ProposalSettled
    ensure_version(row.version, expected)
    if leaves_undecided(row.before, row.after):
        raise LeavesUndecided
    computed = await _carried_out(runtime, held, row)
    if computed is None:
        await queries.change_proposal(
            work.session, proposal_id, expected, state=ProposalState.STALE, decided_at=work.now
        )
        work.journal.wrote(JOURNAL_TYPE, str(proposal_id), {"state"})
        return Approval(proposal_id, is_approved=False, revision=held.revision)
    return await _decide(runtime, held, row, computed)


def leaves_undecided(before: Mapping[str, Any], after: Mapping[str, Any]) -> bool:
    """Tell whether decided tax would be taken back for a contradiction that nobody settled."""
    was_decided = before["outcome"] != Outcome.UNDECIDED.value
    return bool(was_decided and after["ground"] == Ground.MERGE_FINDING.value)


async def reject(work: Work, proposal_id: int, expected: int) -> None:
    """Turn down what somebody else proposed. Raises NotFound, SelfApproval, ProposalSettled, Conflict."""
    await _end(work, proposal_id, expected, ProposalState.REJECTED)


async def withdraw(work: Work, proposal_id: int, expected: int) -> None:
    """Take back one's own proposal.

    Raises NotFound, ProposalSettled (also for others' proposals), Conflict.
    """
    await _end(work, proposal_id, expected, ProposalState.WITHDRAWN)


async def _end(work: Work, proposal_id: int, expected: int, state: ProposalState) -> None:
    row = await queries.proposal_row(work.session, proposal_id)
    is_own = row.proposed_by == work.staff
    if is_own and state == ProposalState.REJECTED:
        raise SelfApproval
    if (
        row.state != ProposalState.PROPOSED
        or row.batch_id is not None
        or is_own != (state == ProposalState.WITHDRAWN)
    ):
        raise ProposalSettled
    await queries.change_proposal(
        work.session, proposal_id, expected, state=state, decided_by=work.staff, decided_at=work.now
    )
    work.journal.wrote(JOURNAL_TYPE, str(proposal_id), {"state"})


async def _carried_out(runtime: Runtime, held: Held, row: Row[Any]) -> Computed | None:
    """Take the decisions and merge again if that still gives what the approver saw; else leave all as is."""
    officers = {"proposed_by": row.proposed_by, "approved_by": held.work.staff}
    try:
        async with trial(held.work.session) as running:
            computed = await carry_out(runtime, held, request_of(row), changes_of(row), officers)
            if computed.digest == row.digest:
                return computed
            await running.take_back()
    except Unavailable:
        raise
    except (JuminzeiError, FiledLate):
        pass
    return None


async def _decide(runtime: Runtime, held: Held, row: Row[Any], computed: Computed) -> Approval:
    """Write the very decision that was computed, and end the proposal."""
    work, kind = held.work, kind_of(row.kind, row.tax_year)
    common = {"reason": f"{kind.label}: {row.reason}", "proposal_id": row.id}
    present = {} if computed.present.row is None else {row.person_id: computed.present.row}
    changes = await write_block(runtime, work, row.tax_year, computed.block, present, common)
    revision = changes[0].revision if changes else held.revision
    await queries.change_proposal(
        work.session,
        row.id,
        row.version,
        state=ProposalState.APPROVED,
        decided_by=work.staff,
        decided_at=work.now,
        decided_revision=revision,
    )
    await queries.outdate(work, row.tax_year, row.person_id)
    if kind.marks_slip:
        await queries.mark_slip(work, row)
    work.journal.wrote(JOURNAL_TYPE, str(row.id), {"state"})
    if changes:
        work.journal.wrote(ASSESSMENT_TYPE, f"{row.tax_year}:{row.person_id}", {"assessment"})
    return Approval(row.id, is_approved=True, revision=revision)
