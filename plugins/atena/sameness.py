"""How probably two numbers belong to one person: a score with its reasons. Nothing links by itself.

Name and birth date alone are not enough (namesakes with one birthday exist), and without one of the names in
common nobody is a candidate: siblings share an address, twins a birthday too.
"""

from collections.abc import Iterable, Mapping
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
    BOTH_RESIDENTS = "both_residents"


WEIGHTS: Mapping[Reason, int] = {
    Reason.SAME_NUMBER: 100,
    Reason.SAME_NAME: 20,
    Reason.SAME_KANA: 15,
    Reason.SAME_BIRTH_DATE: 25,
    Reason.SAME_ADDRESS: 30,
    Reason.DIFFERENT_NUMBERS: -60,
    Reason.BOTH_RESIDENTS: -60,
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
    found = compare(one, other, same_number=same_number)
    is_namesake = {Reason.SAME_NAME, Reason.SAME_KANA} & set(found.reasons)
    if not same_number and not (is_namesake and Reason.SAME_BIRTH_DATE in found.reasons):
        return None
    return found


def compare(one: Likeness, other: Likeness, *, same_number: bool) -> Sameness:
    """Say what speaks for it and what against, whether they are candidates or not.

    Two who are residents at one time are two entries of the register, which has everybody once. The name as
    written must be the same: twins may share all the rest, and the reading of their names too.
    """
    facts = {
        Reason.SAME_NUMBER: same_number,
        Reason.SAME_NAME: bool(one.name_keys & other.name_keys),
        Reason.SAME_KANA: bool((one.kana_keys & other.kana_keys) - {""}),
        Reason.SAME_BIRTH_DATE: bool(one.birth_dates & other.birth_dates),
        Reason.SAME_ADDRESS: bool(one.address_keys & other.address_keys),
        Reason.DIFFERENT_NUMBERS: one.has_my_number and other.has_my_number and not same_number,
        Reason.BOTH_RESIDENTS: one.lives_here and other.lives_here and not same_number,
    }
    return weighed(reason for reason, holds in facts.items() if holds)


def weighed(given: Iterable[Reason]) -> Sameness:
    """Return what some reasons come to."""
    reasons = tuple(given)
    score = max(0, min(100, sum(WEIGHTS[reason] for reason in reasons)))
    named = Reason.SAME_NUMBER in reasons or Reason.SAME_NAME in reasons
    return Sameness(score, named and score >= ENOUGH, reasons)


def without_address(found: Sameness) -> Sameness:
    """Return what is left for somebody who may not see the address: agreeing with it would tell it."""
    return weighed(reason for reason in found.reasons if reason is not Reason.SAME_ADDRESS)
