"""What a city should answer, kept in plain lists that only grow, and read by looking.

A person's items are painted: a later message covers, on its days, whatever was said before. Tax is what
`juminzei calc` gives for the documents, the decisions and the circumstances of the moment.
"""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, NamedTuple

from plugins.shikakeisan.service import assess_many

TAX_YEAR, CITY, BIRTH = 2026, "331007", "1980-05-01"
SHOWN = ("payable", "annual_total", "city_total", "pref_total", "total_income_all")


class Paint(NamedTuple):
    """What was said about days, from a moment on."""

    at: datetime
    first: date
    end: date
    value: str


class Decided(NamedTuple):
    """A revision: what was decided at a moment."""

    at: datetime
    outcome: str
    figures: tuple[int, ...]


@dataclass
class Someone:
    """One person, as everybody should see them."""

    number: str
    names: list[Paint] = field(default_factory=list)
    lots: list[Paint] = field(default_factory=list)
    primaries: list[tuple[datetime, str | None]] = field(default_factory=list)
    documents: dict[int, int] = field(default_factory=dict)
    """Salary by document, of those that count now."""
    insurance: int | None = None
    """What officers decided."""
    is_welfare: bool = False
    changes_of_welfare: int = 0
    """Also one that was taken back makes a new base, which nobody who proposed before has seen."""
    revisions: list[Decided] = field(default_factory=list)

    def state(self) -> tuple[Any, ...]:
        """Return everything that a proposal rests on."""
        return (dict(self.documents), self.insurance, self.changes_of_welfare, len(self.revisions))

    def decide(self, at: datetime) -> None:
        """Decide the tax from what stands now."""
        self.revisions.append(Decided(at, *self._calculated()))

    def person_at(self, day: date, at: datetime) -> tuple[str | None, str | None, str | None]:
        """Return name, 番地 and primary number on a day, as known at a moment."""
        name = _painted(self.names, day, at)
        if name is None:  # nobody, before they came
            return None, None, None
        return name, _painted(self.lots, day, at), self._primary(at)

    def decided_at(self, at: datetime) -> tuple[int, str, tuple[int, ...]] | None:
        """Return the revision in force, its outcome and figures."""
        known = [each for each in self.revisions if each.at <= at]
        return (len(known), known[-1].outcome, known[-1].figures) if known else None

    def _primary(self, at: datetime) -> str | None:
        return next((primary for since, primary in reversed(self.primaries) if since <= at), None)

    def _calculated(self) -> tuple[str, tuple[int, ...]]:
        if not self.documents and self.insurance is None:
            return ("NON_TAXABLE" if self.is_welfare else "UNDECIDED"), (0,) * len(SHOWN)
        taxpayer = {"birth": BIRTH, **({"welfare": True} if self.is_welfare else {})}
        facts: dict[str, Any] = {"taxpayer": taxpayer}
        if self.documents:
            facts["salary"] = sum(self.documents.values())
        if self.insurance is not None:
            facts["social_insurance"] = self.insurance
        [outcome] = assess_many(TAX_YEAR, CITY, [facts], wanted=(*SHOWN, "percap_exempt"))
        exempt = bool(outcome.values["percap_exempt"])
        return ("NON_TAXABLE" if exempt else "TAXED"), tuple(int(outcome.values[name]) for name in SHOWN)


def _painted(paints: list[Paint], day: date, at: datetime) -> str | None:
    covering = (one.value for one in reversed(paints) if one.at <= at and one.first <= day < one.end)
    return next(covering, None)
