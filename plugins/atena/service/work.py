"""What every change needs: where to write, what to enter in the journal, and the time."""

from dataclasses import dataclass
from datetime import date, datetime

from core.access.journal import Journal
from core.storage.database import WriteSession


@dataclass(frozen=True, slots=True)
class Work:
    """One change under way: `now` is the moment from which it is known, `today` the date in Japan."""

    session: WriteSession
    journal: Journal
    now: datetime
    today: date
