"""Deciding a block of people at array speed: figures by the rules, then one outcome for everybody. No I/O."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from plugins.shikakeisan.assessment.outcome import Decided, Ground, is_stated, outcome_of
from plugins.shikakeisan.assessment.rule_set import RuleSet
from plugins.shikakeisan.assessment.subject import OUTSIDE, Subject
from plugins.shikakeisan.assessment.tables import FIGURES
from plugins.shikakeisan.engine.evaluate import evaluate
from plugins.shikakeisan.engine.rule import Column
from plugins.shikakeisan.facts.columns import population
from plugins.shikakeisan.facts.findings import Finding
from plugins.shikakeisan.facts.validate import Person
from plugins.shikakeisan.service import read_facts

_PRIME = np.uint64(0x9E3779B97F4A7C15)


@dataclass(frozen=True, slots=True)
class Block:
    """What was decided about each subject, in their order. Figures of people not decided are nil.

    `digests` stand for every figure of the rules, also those without a column: where they differ under the
    same rules, some figure differs. `values` are all figures of those whose facts were sound, at `places`.
    """

    subjects: Sequence[Subject]
    grounds: Sequence[Ground]
    figures: Mapping[str, NDArray[np.int64]]
    digests: NDArray[np.int64]
    faults: Mapping[int, Sequence[Finding]]
    rules_version: str
    places: Sequence[int]
    values: Mapping[str, Column]

    def decided(self, place: int) -> Decided:
        """Return one person's part."""
        ground = self.grounds[place]
        figures = {name: int(column[place]) for name, column in self.figures.items()}
        return Decided(outcome_of(ground), ground, figures, self.rules_version, self.faults.get(place, ()))


def decide(rules: RuleSet, subjects: Sequence[Subject]) -> Block:
    """Calculate everybody whose facts are sound, and find everybody's outcome."""
    grounds = [Ground.OUTSIDE] * len(subjects)
    faults: dict[int, Sequence[Finding]] = {}
    people: list[Person] = []
    places: list[int] = []
    for place, subject in enumerate(subjects):
        if subject.standing == OUTSIDE:
            continue
        person = read_facts(rules.tax_year, subject.complete_facts())
        if subject.is_blocked:
            grounds[place] = Ground.MERGE_FINDING
        elif isinstance(person, Person):
            people.append(person)
            places.append(place)
        else:
            faults[place] = person
            grounds[place] = Ground.FACTS_INVALID
    values = evaluate(rules.plan, population(people)) if people else {}
    for place, ground in zip(places, _grounds([subjects[place] for place in places], values), strict=True):
        grounds[place] = ground
    figures, digests = _spread(len(subjects), places, grounds, values)
    return Block(subjects, grounds, figures, digests, faults, rules.version, places, values)


def _grounds(subjects: Sequence[Subject], values: Mapping[str, Column]) -> list[Ground]:
    """Find each ground: from the law's own conditions where an income was stated, else from who they are."""
    if not subjects:
        return []
    exempt, personal = values["percap_exempt"].tolist(), values["person_exempt"].tolist()
    minors = values["is_minor"].tolist()
    return [
        _by_law(subject, is_exempt=exempt[place], is_personal=personal[place])
        if is_stated(subject.facts or {}, has_documents=subject.has_documents)
        else _without_statement(subject, is_minor=minors[place])
        for place, subject in enumerate(subjects)
    ]


def _by_law(subject: Subject, *, is_exempt: bool, is_personal: bool) -> Ground:
    if not is_exempt:
        return Ground.NONE
    if subject.is_welfare:
        return Ground.WELFARE
    return Ground.PERSON_LIMIT if is_personal else Ground.BELOW_LIMIT


def _without_statement(subject: Subject, *, is_minor: bool) -> Ground:
    if subject.is_welfare:
        return Ground.WELFARE
    if is_minor:
        return Ground.MINOR
    return Ground.CLAIMED if subject.is_claimed else Ground.NO_DOCUMENT


def _spread(
    size: int, places: Sequence[int], grounds: Sequence[Ground], values: Mapping[str, Column]
) -> tuple[dict[str, NDArray[np.int64]], NDArray[np.int64]]:
    """Put figures and digests to the places of the people; nil for those without a statement."""
    kept = [at for at, place in enumerate(places) if grounds[place] is not Ground.NO_DOCUMENT]
    chosen = np.array([places[at] for at in kept], dtype=np.int64)
    figures = {}
    for name in FIGURES:
        figures[name] = np.zeros(size, dtype=np.int64)
        if kept:
            figures[name][chosen] = values[name][kept]
    digests = np.zeros(size, dtype=np.int64)
    if kept:
        digests[chosen] = _digest(values)[kept]
    return figures, digests


def _digest(values: Mapping[str, Column]) -> NDArray[np.int64]:
    """Mix every figure of a person into 64 bits; the order of the names is that of the plan."""
    mixed = np.zeros(len(values["payable"]), dtype=np.uint64)
    for column in values.values():
        for part in column if column.ndim > 1 else [column]:
            mixed ^= part.astype(np.uint64)
            mixed *= _PRIME
            mixed ^= mixed >> np.uint64(29)
    return mixed.view(np.int64)
