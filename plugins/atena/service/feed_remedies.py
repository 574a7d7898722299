"""The way past a message that contradicts the past: one officer proposes, another one confirms.

A remedy is for one message as it came: if the register sends another one under the number, it is void.
"""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row
from sqlalchemy.exc import IntegrityError

from core.errors import NotFound, SelfApproval
from core.work import Work
from plugins.atena.errors import FeedNotStopped, RemedyDecided, RemedyOpen
from plugins.atena.feed.remedies import Action, checked_replacement
from plugins.atena.particulars import Findings, text
from plugins.atena.queries import feed, feed_remedies

JOURNAL_TYPE = "atena.feed_remedy"
REASON = text(400, required=True)


@dataclass(frozen=True, slots=True)
class Proposal:
    """What to do about message `sequence`, and why; `event` is in the form of the feed, for `REPLACE`."""

    sequence: int
    action: Action
    reason: str
    event: dict[str, Any] | None = None


async def propose(work: Work, by: str, proposal: Proposal) -> int:
    """Propose a remedy and return its id; raises InvalidInput, FeedNotStopped, RemedyOpen."""
    _check(proposal)
    stop = await feed.impossible_at(work.session, proposal.sequence)
    if stop is None or proposal.sequence <= await feed.last_applied(work.session):
        raise FeedNotStopped
    row = {
        "sequence": proposal.sequence,
        "fingerprint": stop.stop_fingerprint,
        "action": proposal.action.value,
        "replacement": proposal.event,
        "reason": proposal.reason,
        "proposed_by": by,
        "proposed_at": work.now,
    }
    try:
        remedy_id = await feed_remedies.add_remedy(work.session, row)
    except IntegrityError:
        raise RemedyOpen from None
    work.journal.wrote(JOURNAL_TYPE, str(remedy_id), {"proposal"})
    return remedy_id


async def confirm(work: Work, by: str, remedy_id: int) -> None:
    """Let the remedy count from the next run on; raises NotFound, RemedyDecided, SelfApproval."""
    remedy = await _open(work, remedy_id)
    if remedy.proposed_by == by:
        raise SelfApproval
    await _decide(work, by, remedy_id, "confirmed")


async def reject(work: Work, by: str, remedy_id: int) -> None:
    """Set a proposal aside; who proposed it may do so too. Raises NotFound, RemedyDecided."""
    await _open(work, remedy_id)
    await _decide(work, by, remedy_id, "rejected")


def _check(proposal: Proposal) -> None:
    findings = Findings()
    findings.found.extend(REASON("reason", proposal.reason))
    if (proposal.action is Action.REPLACE) != (proposal.event is not None):
        findings.add("replacement", "required", "差替えのときだけ、差し替える内容を入力してください。")
    findings.refuse()
    if proposal.event is not None:
        checked_replacement(proposal.event)


async def _open(work: Work, remedy_id: int) -> Row[Any]:
    remedy = await feed_remedies.find_remedy(work.session, remedy_id)
    if remedy is None:
        raise NotFound
    if remedy.outcome != feed_remedies.OPEN:
        raise RemedyDecided
    return remedy


async def _decide(work: Work, by: str, remedy_id: int, outcome: str) -> None:
    decision = {"outcome": outcome, "decided_by": by, "decided_at": work.now}
    if not await feed_remedies.decide(work.session, remedy_id, decision):
        raise RemedyDecided
    work.journal.wrote(JOURNAL_TYPE, str(remedy_id), {"outcome"})
