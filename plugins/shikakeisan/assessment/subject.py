"""Whom a decision is about: the row of the base, the merged facts, and what others say of the person."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any

from plugins.shikakeisan.base.standing import Standing

OUTSIDE = Standing.OUTSIDE.value


@dataclass(frozen=True, slots=True)
class Relief:
    """減免 as it is stored with an assessment: the share that is taken off, and the decision behind it."""

    share: Fraction
    decision: str

    def as_json(self) -> dict[str, Any]:
        """Plain data for the column `reduction`."""
        numerator, denominator = self.share.as_integer_ratio()
        return {"numerator": numerator, "denominator": denominator, "decision": self.decision}

    @classmethod
    def of(cls, stored: Mapping[str, Any] | None) -> "Relief | None":
        """Read the column `reduction` back."""
        if stored is None:
            return None
        return cls(Fraction(stored["numerator"], stored["denominator"]), stored["decision"])


@dataclass(slots=True)
class Subject:
    """One person as the calculation takes them. `facts` is None where nothing was merged.

    Not frozen: making a frozen one takes three times as long, and a city has many.
    """

    person_id: int
    base_id: int
    standing: str
    birth_date: date | None
    is_welfare: bool
    house_wards: int
    basis_id: int | None = None
    facts: Mapping[str, Any] | None = None
    has_documents: bool = False
    is_claimed: bool = False
    is_blocked: bool = False
    relief: Relief | None = None

    def complete_facts(self) -> dict[str, Any]:
        """Return the merged facts together with what the base and a 減免 add to them."""
        facts = dict(self.facts or {})
        taxpayer = {**facts.get("taxpayer", {}), **self._of_base()}
        if self.birth_date is not None and not taxpayer.keys() & {"age", "birth"}:
            taxpayer["birth"] = self.birth_date.isoformat()
        if taxpayer:
            facts["taxpayer"] = taxpayer
        if self.relief is not None:
            numerator, denominator = self.relief.share.as_integer_ratio()
            facts["genmen"] = {"numerator": numerator, "denominator": denominator}
        return facts

    def _of_base(self) -> dict[str, Any]:
        said: dict[str, Any] = {}
        if self.is_welfare:
            said["welfare"] = True
        if self.standing == Standing.HOUSE_ONLY:
            said["house_only"] = True
        if self.house_wards:
            said["house_wards"] = self.house_wards
        return said
