"""What every change needs: where to write, what to enter in the journal, who does it, and the time."""

from dataclasses import dataclass
from datetime import date, datetime

from core.access.journal import Journal
from core.clock import JAPAN
from core.storage.database import WriteSession


@dataclass(frozen=True, slots=True)
class Work:
    """One change under way by `staff` (職員番号), known from `now` on."""

    session: WriteSession
    journal: Journal
    staff: str
    now: datetime

    @property
    def today(self) -> date:
        """Return the date in Japan, the one a clerk writes on paper."""
        return self.now.astimezone(JAPAN).date()
