"""What every change needs: where to write, what to enter in the journal, who does it, and the time."""

from dataclasses import dataclass
from datetime import datetime

from core.access.journal import Journal
from core.storage.database import WriteSession


@dataclass(frozen=True, slots=True)
class Work:
    """One change under way by `staff` (職員番号), known from `now` on."""

    session: WriteSession
    journal: Journal
    staff: str
    now: datetime
