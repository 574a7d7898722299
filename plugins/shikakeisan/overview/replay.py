"""Late news of the register, replayed into a base that stands: what changed is looked at by people."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from core.work import Work
from plugins.atena.api import persons_changed_since
from plugins.shikakeisan.base import circumstances, queries
from plugins.shikakeisan.base.service import JOURNAL_TYPE, rebuild_people
from plugins.shikakeisan.base.years import frozen_year
from plugins.shikakeisan.merge.service import merge_people
from plugins.shikakeisan.overview.findings import let_go, notice
from plugins.shikakeisan.states import YearState

OVERLAP = timedelta(hours=1)
"""Looked at once more: a change can be committed later than the moment from which it is known."""


@dataclass(frozen=True, slots=True)
class Replayed:
    """Of how many people the register said something, whose base changed, and what people must look at."""

    looked_at: int
    changed: Sequence[int]
    findings: int


async def replay_register(work: Work, tax_year: int, since: datetime | None = None) -> Replayed:
    """Replay what the register said since a moment (left out: since the last replay, or the freeze).

    Between merge and assessment, who changed is merged again; once tax is decided it stays as it is, and
    findings of stage `base` are opened. Raises YearNotOpen, YearNotFrozen.
    """
    year = await frozen_year(work.session, tax_year)
    begin = (since or year.replayed_at) - OVERLAP
    concerned = await persons_changed_since(work.session, begin)
    changed = await rebuild_people(work, tax_year, concerned)
    await queries.year_replayed(work.session, tax_year, work.now)
    work.journal.wrote(JOURNAL_TYPE, str(tax_year), {"base"})
    return Replayed(len(concerned), changed, await _followed(work, tax_year, year.state, changed))


async def approve_circumstances(work: Work, proposal_id: int, expected: int) -> Sequence[int]:
    """Approve a proposal of circumstances, and let follow what follows; returns for whom the base changed.

    Raises what `circumstances.approve` raises.
    """
    changed = await circumstances.approve(work, proposal_id, expected)
    if changed:
        tax_year = await circumstances.year_of(work, proposal_id)
        year = await frozen_year(work.session, tax_year)
        await _followed(work, tax_year, year.state, changed)
    return changed


async def _followed(work: Work, tax_year: int, state: str, changed: Sequence[int]) -> int:
    await let_go(work, tax_year)
    if not changed:
        return 0
    if state == YearState.MERGED:
        await merge_people(work, tax_year, changed)
    return await notice(work, tax_year, changed)
