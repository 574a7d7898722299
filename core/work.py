"""What every change needs: where to write, what to enter in the journal, who does it, and the time."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Self

from core.access.journal import Journal, current_journal
from core.clock import JAPAN, Clock
from core.storage.database import WriteSession


@dataclass(frozen=True, slots=True)
class Work:
    """One change under way by `staff` (職員番号), known from `now` on."""

    session: WriteSession
    journal: Journal
    staff: str
    now: datetime

    @classmethod
    def under_way(cls, session: WriteSession, staff: str, clock: Clock) -> Self:
        """Return the change of a step of a job; what it enters goes to the access log with the step."""
        journal = current_journal.get()
        if journal is None:
            raise RuntimeError("a change is made in a step, which has a journal")
        return cls(session, journal, staff, clock.now())

    @property
    def today(self) -> date:
        """Return the date in Japan, the one a clerk writes on paper."""
        return self.now.astimezone(JAPAN).date()
