"""The journal of one request: which personal data were read or written, recorded before the answer leaves.

Types of the API that show personal data derive from `PersonalData`: making an instance enters it in the
journal of the running request, so no resolver can forget it. Writes are entered by the services. The
journal holds ids and field names, never the data.
"""

from collections import defaultdict
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from core.access.actor import Actor


@dataclass(frozen=True, slots=True)
class AccessRecord:
    """One line for the access log: who did what to which objects of one type, and with what result."""

    at: datetime
    actor: Actor
    action: str
    operation: str
    object_type: str
    object_ids: tuple[str, ...]
    fields: tuple[str, ...]
    result: str
    correlation_id: str
    reason: str = ""
    origin: str = ""


class Journal:
    """What one request read and wrote, in order, each object once per action."""

    def __init__(self) -> None:
        self.read: dict[str, dict[str, None]] = defaultdict(dict)
        self.written: dict[str, dict[str, set[str]]] = defaultdict(dict)

    def saw(self, object_type: str, object_id: str) -> None:
        """Enter an object whose personal data the answer may show."""
        self.read[object_type][object_id] = None

    def wrote(self, object_type: str, object_id: str, fields: set[str]) -> None:
        """Enter an object that was created, changed or deleted, with the fields concerned."""
        self.written[object_type].setdefault(object_id, set()).update(fields)


current_journal: ContextVar[Journal | None] = ContextVar("current_journal", default=None)


class PersonalData:
    """Mixin of API types that show personal data; `journal_id` names the object in the access log."""

    journal_type: ClassVar[str]

    def journal_id(self) -> str:
        """Return the id under which the access log names this object."""
        raise NotImplementedError

    def __post_init__(self) -> None:
        journal = current_journal.get()
        if journal is not None:
            journal.saw(self.journal_type, self.journal_id())
