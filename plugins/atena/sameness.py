"""How probably two numbers belong to one person: a score with its reasons. Nothing links by itself.

Name and birth date alone are not enough (namesakes with one birthday exist), and without one of the names in
common nobody is a candidate: siblings share an address, twins a birthday too.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from plugins.atena.queries.matching import Likeness


class Reason(StrEnum):
    """What speaks for it, or against."""

    SAME_NUMBER = "same_number"
    SAME_NAME = "same_name"
    SAME_KANA = "same_kana"
    SAME_BIRTH_DATE = "same_birth_date"
    SAME_ADDRESS = "same_address"
    DIFFERENT_NUMBERS = "different_numbers"


WEIGHTS: Mapping[Reason, int] = {
    Reason.SAME_NUMBER: 100,
    Reason.SAME_NAME: 20,
    Reason.SAME_KANA: 15,
    Reason.SAME_BIRTH_DATE: 25,
    Reason.SAME_ADDRESS: 30,
    Reason.DIFFERENT_NUMBERS: -60,
}
ENOUGH = 70
"""Both names and the birth date give 60; an address in common must come to it."""


@dataclass(frozen=True, slots=True)
class Sameness:
    """The outcome: `score` of 0 to 100, whether it is `enough` to link, and why."""

    score: int
    enough: bool
    reasons: tuple[Reason, ...]


def sameness(one: Likeness, other: Likeness, *, same_number: bool) -> Sameness | None:
    """Compare two numbers; None if they are no candidates at all."""
    facts = {
        Reason.SAME_NUMBER: same_number,
        Reason.SAME_NAME: bool(one.name_keys & other.name_keys),
        Reason.SAME_KANA: bool((one.kana_keys & other.kana_keys) - {""}),
        Reason.SAME_BIRTH_DATE: bool(one.birth_dates & other.birth_dates),
        Reason.SAME_ADDRESS: bool(one.addresses & other.addresses),
        Reason.DIFFERENT_NUMBERS: one.has_my_number and other.has_my_number and not same_number,
    }
    is_namesake = facts[Reason.SAME_NAME] or facts[Reason.SAME_KANA]
    if not same_number and not (is_namesake and facts[Reason.SAME_BIRTH_DATE]):
        return None
    reasons = tuple(reason for reason, holds in facts.items() if holds)
    score = max(0, min(100, sum(WEIGHTS[reason] for reason in reasons)))
    return Sameness(score, score >= ENOUGH, reasons)
