"""A person merged again with other decisions, by the merge itself: for trial inside a savepoint, or to stay.

What is shown to an approver is what the merge, the findings and the calculation really give, also where a
decision settles a contradiction between two taxpayers; then it is taken back.
"""

from collections.abc import AsyncIterator, Collection, Mapping
from contextlib import asynccontextmanager
from typing import Any

from sqlalchemy import text

from core.storage.database import ReadSession, WriteSession
from core.work import Work
from plugins.shikakeisan.correction import queries
from plugins.shikakeisan.merge.deciding import said_at
from plugins.shikakeisan.merge.service import merge_people, preview_person

BEGIN, TAKE_BACK = text("SAVEPOINT correction"), text("ROLLBACK TO SAVEPOINT correction")
END = text("RELEASE SAVEPOINT correction")


class Trial:
    """What is done inside is kept unless `take_back` is called, or an error leaves the block."""

    def __init__(self, session: WriteSession) -> None:
        self._session = session
        self._is_running = True

    async def begin(self) -> None:
        """Remember how things are."""
        await self._session.execute(BEGIN)

    async def take_back(self) -> None:
        """Undo what was written since the trial began, and let go its locks."""
        if self._is_running:
            await self._session.execute(TAKE_BACK)
            await self.end()

    async def end(self) -> None:
        """Keep what stands now; the trial is over."""
        if self._is_running:
            self._is_running = False
            await self._session.execute(END)


@asynccontextmanager
async def trial(session: WriteSession) -> AsyncIterator[Trial]:
    """Try something within the transaction, which can go on after a refusal. Trials may be nested."""
    running = Trial(session)
    await running.begin()
    try:
        yield running
    except Exception:
        await running.take_back()
        raise
    await running.end()


async def said_without(
    session: ReadSession, tax_year: int, person_id: int, paths: Collection[str]
) -> dict[str, Any]:
    """Return what documents and the other decisions say at these paths; None where they say nothing."""
    if not paths:
        return {}
    merged = await preview_person(session, tax_year, person_id, {}, leaving_out=paths)
    return {path: None if merged is None else said_at(merged, path) for path in paths}


async def merge_with(
    work: Work,
    tax_year: int,
    person_id: int,
    changes: Mapping[str, Any],
    seen: Mapping[str, Any],
    said: Mapping[str, Any],
) -> None:
    """Take decisions on facts and merge the person again; `said` are the reason and the officers of all.

    `seen` is what the merge said at the paths when the change was proposed.
    """
    if changes:
        await queries.decide_facts(work, tax_year, person_id, changes, seen, said)
    await merge_people(work, tax_year, [person_id])
