"""The histories of the persons of one batch, in memory: messages change them there; they are written once.

Nobody can have seen what stood between two messages of one batch, so only the outcome becomes revisions.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import count

from sqlalchemy import Table

from plugins.atena import tables
from plugins.atena.history import Carving, Content, Revision, Span

HISTORIES: Sequence[Table] = (
    tables.person_revision,
    tables.address_revision,
    tables.my_number,
    tables.household_member,
    tables.protection,
)
"""What the feed changes."""

_new_ids = count(-1, -1)


@dataclass(slots=True)
class Sheet:
    """One history of one person: the ids that are stored, and what holds now; ids of new ones are below 0."""

    stored: frozenset[int]
    present: list[Revision]

    @classmethod
    def of(cls, stored: list[Revision]) -> "Sheet":
        """Begin with what the database holds."""
        return cls(frozenset(revision.id for revision in stored), stored)

    def carve(self, decide: Callable[[list[Revision]], Carving]) -> None:
        """Apply one change."""
        carving = decide(self.present)
        kept = [revision for revision in self.present if revision.id not in carving.closed]
        opened = [Revision(next(_new_ids), span, content) for span, content in carving.opened]
        self.present = [*kept, *opened]

    def closed(self) -> list[int]:
        """Return the ids of stored revisions that hold no longer."""
        return list(self.stored - {revision.id for revision in self.present})

    def opened(self) -> list[tuple[Span, Content]]:
        """Return what is to be written."""
        return [(revision.span, revision.content) for revision in self.present if revision.id < 0]


class Sheets:
    """All histories of one person."""

    def __init__(self, person_id: int, *, is_new: bool = False) -> None:
        self.person_id = person_id
        self.is_new = is_new
        self.of: dict[Table, Sheet] = {table: Sheet.of([]) for table in HISTORIES}
