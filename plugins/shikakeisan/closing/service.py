"""異動締め: twice a month everything that was decided and not yet closed becomes one close.

A revision belongs to a close because it was written there, and its id is the key: so to one at most. What was
decided before a cut-off but committed after the close read belongs to the next close, so to one at least.
"""

from datetime import UTC, datetime

from core.runtime import Runtime
from core.work import Work
from plugins.shikakeisan.closing import queries
from plugins.shikakeisan.closing.errors import CutOffInvalid, NothingAssessed, RunUnderWay
from plugins.shikakeisan.sql import hold

JOURNAL_TYPE = "shikakeisan.closing"
INITIAL, CHANGES = "initial", "changes"
BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)
"""Stands for the cut-off before the first close."""


async def close(runtime: Runtime, work: Work, cut_off: datetime | None = None) -> int:
    """Close what was decided up to `cut_off` (the present moment if None) and return the close's number.

    A close that holds first revisions of a year is `initial`. Raises CutOffInvalid, NothingAssessed,
    RunUnderWay.
    """
    await hold(work.session, "closing")
    last = await queries.last_close(work.session)
    previous = BEGINNING if last is None else last.cut_off
    now = max(work.now, runtime.clock.now())
    cut_off = now if cut_off is None else cut_off
    if not previous < cut_off <= now:
        raise CutOffInvalid(lastCutOff=previous.isoformat())
    if await queries.is_run_under_way(work.session):
        raise RunUnderWay
    values = {"previous_cut_off": previous, "cut_off": cut_off, "closed_by": work.staff, "closed_at": now}
    closing_id = await queries.add_close(work.session, {**values, "kind": CHANGES, "counts": {}})
    await queries.take_revisions(work.session, closing_id, cut_off)
    counts = await queries.counts_of(work.session, closing_id, previous)
    if last is None and not counts["revisions"]:
        raise NothingAssessed
    kind = INITIAL if counts["first_revisions"] else CHANGES
    await queries.describe(work.session, closing_id, kind, counts)
    work.journal.wrote(JOURNAL_TYPE, str(closing_id), {"closing"})
    await runtime.plugins.run("close_done", session=work.session, closing_id=closing_id, cut_off=cut_off)
    return closing_id
