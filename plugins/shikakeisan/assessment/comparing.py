"""Where two calculations of the same people differ, and by which quantity each difference began."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from plugins.shikakeisan.assessment.deciding import Block
from plugins.shikakeisan.assessment.rule_set import RuleSet
from plugins.shikakeisan.assessment.tables import FIGURES
from plugins.shikakeisan.engine.rule import Column

GROUND = "GROUND"
"""Cause: all figures are the same, but not the ground (a claim, a finding, a document more or less)."""
RULES = "RULES"
"""Cause: the same facts give other figures than were stored, for the rules have changed since."""
Difference = Mapping[str, Any]


def first_causes(rules: RuleSet, before: Block, after: Block) -> list[str]:
    """Name for each subject of two blocks the first quantity that differs, in the order of calculation.

    Empty where none does, or where either block has no figures for the person.
    """
    size = len(after.subjects)
    both = sorted(set(before.places) & set(after.places))
    chosen = np.array(both, dtype=np.int64)
    causes = np.zeros(size, dtype=np.int64)
    names = ["", *(step.rule.name for step in rules.plan.steps if step.rule.name in after.values)]
    old, new = _at(before, both), _at(after, both)
    for number, name in enumerate(names[1:], start=1):
        differs = _differs(before.values[name][..., old], after.values[name][..., new])
        found = chosen[differs & (causes[chosen] == 0)]
        causes[found] = number
    return [names[number] for number in causes.tolist()]


def differences(
    rules: RuleSet, before: Block, after: Block, stored: Sequence[Any] | None = None
) -> Iterator[Difference]:
    """Give each subject that differs, with its first cause and its figures before and after.

    `stored` are revisions in force, which then say what was before; `before` only tells the cause.
    """
    causes = first_causes(rules, before, after)
    for place, subject in enumerate(after.subjects):
        old = before.decided(place) if stored is None else stored[place]
        figures = _figures(old, after, place, is_stored=stored is not None)
        if not figures and (stored is not None or not causes[place]):
            continue
        cause = causes[place] or (GROUND if "ground" in figures else RULES)
        yield {"person_id": subject.person_id, "cause": cause, "figures": figures}


def _figures(old: Any, after: Block, place: int, *, is_stored: bool) -> dict[str, list[Any]]:
    new = after.decided(place)
    figures = {name: getattr(old, name) if is_stored else old.figures[name] for name in FIGURES}
    found: dict[str, list[Any]] = {
        name: [figures[name], new.figures[name]] for name in FIGURES if figures[name] != new.figures[name]
    }
    if old.ground != new.ground.value:
        found["ground"] = [str(old.ground), new.ground.value]
    return found


def _at(block: Block, wanted: Sequence[int]) -> NDArray[np.int64]:
    where = {place: at for at, place in enumerate(block.places)}
    return np.array([where[place] for place in wanted], dtype=np.int64)


def _differs(old: Column, new: Column) -> NDArray[np.bool_]:
    differs: NDArray[np.bool_] = np.any(np.atleast_2d(np.not_equal(old, new)), axis=0)
    return differs
