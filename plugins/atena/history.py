"""History on two clocks: what holds from when to when (validity), and since when we know it (record time).

Nothing is updated in place. A change closes the revisions that it replaces (their `known_to` is the moment of
the change) and opens new ones: the changed middle, and what is left of the old ones on either side. This file
decides which; `queries/history.py` writes it down. Spans are half-open: `valid_to` is the first day after.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, NamedTuple

Content = Mapping[str, Any]

FOREVER = date.max
"""The open end of validity; stored as `infinity`."""
OPEN = datetime.max.replace(tzinfo=UTC)
"""The open end of record time; stored as `infinity`."""
LATEST = datetime(9999, 12, 31, tzinfo=UTC)
"""A moment at which exactly the present revisions are known: after every change, before `infinity`."""


class Span(NamedTuple):
    """From one day up to, but without, another."""

    valid_from: date
    valid_to: date = FOREVER

    def meets(self, other: "Span") -> bool:
        """Tell whether the two have a day in common."""
        return self.valid_from < other.valid_to and other.valid_from < self.valid_to

    def common(self, other: "Span") -> "Span":
        """Return the days in common; only for spans that meet."""
        return Span(max(self.valid_from, other.valid_from), min(self.valid_to, other.valid_to))

    def without(self, other: "Span") -> "list[Span]":
        """Return what is left on either side when the days of `other` are taken away."""
        left = Span(self.valid_from, min(self.valid_to, other.valid_from))
        right = Span(max(self.valid_from, other.valid_to), self.valid_to)
        return [span for span in (left, right) if span.valid_from < span.valid_to]


@dataclass(frozen=True, slots=True)
class Revision:
    """One present revision: its row, its span, and what it says."""

    id: int
    span: Span
    content: Content


@dataclass(frozen=True, slots=True)
class Carving:
    """What one change does: ids of the revisions to close, and new ones to open."""

    closed: list[int]
    opened: list[tuple[Span, Content]]


def replace(present: Iterable[Revision], span: Span, content: Content) -> Carving:
    """Let `content` hold throughout `span`, whatever held there before, gaps included."""
    touched = [revision for revision in present if revision.span.meets(span)]
    if any(revision.span == span and revision.content == content for revision in touched):
        return Carving([], [])
    kept = [(rest, revision.content) for revision in touched for rest in revision.span.without(span)]
    return Carving([revision.id for revision in touched], [*kept, (span, content)])


def overlay(present: Sequence[Revision], span: Span, changes: Content) -> Carving:
    """Change only the items of `changes` within `span`; the others keep what they said on each day.

    A revision that says so already stays as it is; days without any revision stay without.
    """
    carving = Carving([], [])
    for revision in present:
        changed = {**revision.content, **changes}
        if revision.span.meets(span) and changed != revision.content:
            part = replace([revision], revision.span.common(span), changed)
            carving.closed.extend(part.closed)
            carving.opened.extend(part.opened)
    return carving


def clear(present: Iterable[Revision], span: Span) -> Carving:
    """Let nothing hold throughout `span`; what held on either side goes on."""
    touched = [revision for revision in present if revision.span.meets(span)]
    kept = [(rest, revision.content) for revision in touched for rest in revision.span.without(span)]
    return Carving([revision.id for revision in touched], kept)
