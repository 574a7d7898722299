"""The completeness ledger (受付台帳): what senders announced against what became of it.

A line balances when every announced record is attached, forwarded (回送), superseded, or explained or refused
by two people. The announced figure is the sender's; without a manifest the count of the received bytes stands
in for it, and the line says so. A sender who should have sent and did not is a line too, and so are papers
that were keyed and wait for their second person.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row

from core.storage.database import ReadSession
from plugins.shiryo.queries import ledger

SENDER_MISSING = "SENDER_MISSING"
DOCUMENTS_SHORT = "DOCUMENTS_SHORT"
GAPS = frozenset({SENDER_MISSING, DOCUMENTS_SHORT})
"""Lines of what did not come, and may be explained by sender."""


@dataclass(frozen=True, slots=True)
class Line:
    """One file of a sender, or (`file_id` None) a sender of whom something is missing; counts of records."""

    sender_code: str
    sender_name: str
    sender_kind: str
    code: str = ""
    delivery_id: int | None = None
    state: str = ""
    file_id: int | None = None
    file_name: str = ""
    announced: int | None = None
    received: int = 0
    read: int = 0
    accepted: int = 0
    held: int = 0
    refused: int = 0
    attached: int = 0
    forwarded: int = 0
    superseded: int = 0
    waiting: int = 0
    explained: int = 0
    missing: int = 0
    """Documents that a sender did not send; 1 where only the sender is known."""

    @property
    def unexplained(self) -> int:
        """Return what is neither settled nor explained; 0 balances. More than was announced counts too."""
        due = self.missing if self.file_id is None else self._due
        settled = self.attached + self.forwarded + self.superseded + self.explained + self.refused
        return due - settled

    @property
    def _due(self) -> int:
        return self.received if self.announced is None else self.announced


@dataclass(frozen=True, slots=True)
class Ledger:
    """The ledger of one year."""

    tax_year: int
    lines: Sequence[Line]

    @property
    def balances(self) -> bool:
        """Tell whether nothing is unexplained."""
        return all(line.unexplained == 0 for line in self.lines)

    def total(self, name: str) -> int:
        """Return the sum of a count over all lines."""
        return sum(getattr(line, name) or 0 for line in self.lines)


async def read_ledger(session: ReadSession, tax_year: int) -> Ledger:
    """Return the ledger of a year as it stands."""
    files = [_file_line(row) for row in await ledger.lines(session, tax_year)]
    gaps = [_gap(row) for row in await ledger.expected(session, tax_year)]
    keyed = [Line(**row._mapping) for row in await ledger.unconfirmed(session, tax_year)]
    return Ledger(tax_year, [*(line for line in gaps if line is not None), *keyed, *files])


def _file_line(row: Row[Any]) -> Line:
    counts = row._asdict()
    settled, held_for = counts.pop("settled"), counts.pop("held_for")
    line = Line(code=held_for, **counts)
    if row.state != "held":
        return line
    due = line.received if line.announced is None else line.announced
    counts.update({"explain": {"explained": due}, "refuse": {"refused": due}}.get(settled, {"held": due}))
    return Line(code=held_for, **counts)


def _gap(row: Row[Any]) -> Line | None:
    """Return the line of a sender who sent nothing, or fewer documents than 総括表 says."""
    sender = (row.sender_code, row.sender_name, row.sender_kind)
    explained = int(row.explained or 0)
    if row.seen is None:
        missing = row.documents or 1
        return Line(*sender, SENDER_MISSING, announced=row.documents, missing=missing, explained=explained)
    missing = (row.documents or int(row.seen)) - int(row.seen)
    if missing == 0:
        return None
    return Line(*sender, DOCUMENTS_SHORT, announced=row.documents, missing=missing, explained=explained)
