"""Findings of the merge in the hands of officers: one proposes to close, another confirms (二重チェック)."""

from typing import Any

from sqlalchemy import Row

from core.errors import NotFound, SelfApproval
from core.graphql.masking import require_reason
from core.work import Work
from plugins.shikakeisan.merge import listing
from plugins.shikakeisan.merge.errors import FindingSettled
from plugins.shikakeisan.states import OPEN_FINDINGS, FindingState

FINDING_TYPE = "shikakeisan.finding"


async def assign_finding(work: Work, finding_id: int, expected: int, owner: str) -> None:
    """Give a finding to somebody (empty: to nobody); raises NotFound, Conflict, FindingSettled."""
    await _in_state(work, finding_id, *OPEN_FINDINGS)
    await _change(work, finding_id, expected, owner=owner)


async def propose_closing(work: Work, finding_id: int, expected: int, reason: str) -> None:
    """Propose with a reason that a finding is settled; raises NotFound, Conflict, FindingSettled."""
    require_reason(reason)
    await _in_state(work, finding_id, *OPEN_FINDINGS)
    await _change(
        work, finding_id, expected, state=FindingState.PROPOSED, reason=reason, proposed_by=work.staff
    )


async def confirm_closing(work: Work, finding_id: int, expected: int) -> None:
    """Close what somebody else proposed to close; raises NotFound, Conflict, FindingSettled, SelfApproval.

    It stays closed while the merge says the same; what the merge says differently is a new finding.
    """
    found = await _in_state(work, finding_id, FindingState.PROPOSED)
    if found.proposed_by == work.staff:
        raise SelfApproval
    await _change(
        work, finding_id, expected, state=FindingState.CLOSED, closed_by=work.staff, closed_at=work.now
    )


async def reject_closing(work: Work, finding_id: int, expected: int) -> None:
    """Send a proposal back; raises NotFound, Conflict, FindingSettled."""
    await _in_state(work, finding_id, FindingState.PROPOSED)
    await _change(work, finding_id, expected, state=FindingState.OPEN, reason="", proposed_by="")


async def finding_of(work: Work, finding_id: int) -> Row[Any]:
    """Return a finding of the merge as it is now; raises NotFound."""
    found = (await listing.findings_by_id(work.session, [finding_id])).get(finding_id)
    if found is None:
        raise NotFound
    return found


async def _in_state(work: Work, finding_id: int, *states: FindingState) -> Row[Any]:
    found = await finding_of(work, finding_id)
    if found.state not in states:
        raise FindingSettled
    return found


async def _change(work: Work, finding_id: int, expected: int, **values: Any) -> None:
    """Change a finding that still is as the caller saw it; raises Conflict."""
    await listing.change_finding(work.session, finding_id, expected, **values)
    work.journal.wrote(FINDING_TYPE, str(finding_id), set(values))
