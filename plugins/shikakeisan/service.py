"""Assessing: from facts to every figure, for one person with its explanation or for a whole city."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import numpy as np

from plugins.shikakeisan.engine.evaluate import Population, evaluate, run_block
from plugins.shikakeisan.engine.explain import Node, explain_values
from plugins.shikakeisan.engine.graph import Plan, build_plan
from plugins.shikakeisan.engine.rule import RELATIVES, Column
from plugins.shikakeisan.engine.values import Parameter
from plugins.shikakeisan.errors import RuleError
from plugins.shikakeisan.facts.columns import population
from plugins.shikakeisan.facts.findings import Finding
from plugins.shikakeisan.facts.plain import read_plain
from plugins.shikakeisan.facts.validate import Person, validate
from plugins.shikakeisan.facts.vocabulary import COLUMNS
from plugins.shikakeisan.law.municipalities import STANDARD, Municipality, load_municipality
from plugins.shikakeisan.law.parameters import bind, check_complete
from plugins.shikakeisan.law.years import Year, known_years, load_year, year_path
from plugins.shikakeisan.rules import RULES

ROOT = "payable"
"""The figure at the root of an explanation: what the taxpayer pays."""
KEY_RESULTS: tuple[str, ...] = (
    ROOT,
    "annual_total",
    "city_total",
    "pref_total",
    "forest",
    "income_levy_city",
    "income_levy_pref",
    "percap_city",
    "percap_pref",
    "total_income_all",
    "total_income",
    "ded_total",
    "taxable",
)
"""The figures that a tax notice opens with."""
RESULTS: tuple[str, ...] = tuple(
    dict.fromkeys([*KEY_RESULTS, *(name for name, rule in RULES.items() if rule.rows == "taxpayer")])
)
"""Every figure of a taxpayer: those of a notice first, then the order of the law."""
BATCH = 4096
"""People whose facts are held at once when a file is calculated."""


class FigureUnknownError(RuleError):
    """No figure of a taxpayer has the name asked for."""

    code = "FIGURE_UNKNOWN"
    message = "この名前の数値はありません。"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one person: figures, or findings; ``assumed`` names what was taken as the usual case."""

    values: Mapping[str, Any]
    errors: Sequence[Finding] = ()
    assumed: Sequence[Finding] = ()
    explanation: Node | None = None


@cache
def parameters_read() -> frozenset[str]:
    """Names of the parameters of years and municipalities that the rules read."""
    names = {parameter for rule in RULES.values() for parameter in rule.parameters}
    return frozenset(names - RULES.keys() - COLUMNS.keys() - {RELATIVES})


@cache
def parameters(fiscal_year: int, municipality: str = STANDARD) -> Mapping[str, Parameter | None]:
    """Parameters of a year in a municipality; the year's file must have exactly what the rules read."""
    return _parameters(load_year(fiscal_year), load_municipality(municipality))


@cache
def plan(fiscal_year: int, municipality: str = STANDARD, wanted: tuple[str, ...] = RESULTS) -> Plan:
    """The order of calculation, found once per year, municipality and set of wanted figures."""
    return build_plan(RULES, COLUMNS, parameters(fiscal_year, municipality), wanted)


def plan_of(year: Year, municipality: Municipality) -> Plan:
    """The order of calculation with figures that need not be those of a stored file (a shadow run)."""
    return build_plan(RULES, COLUMNS, _parameters(year, municipality), RESULTS)


def assess_columns(
    fiscal_year: int, municipality: str, people: Population, wanted: Collection[str] = RESULTS
) -> dict[str, Column]:
    """Figures of many people as columns, straight from columns of facts (already validated)."""
    return evaluate(plan(fiscal_year, municipality, tuple(wanted)), people)


def assess(fiscal_year: int, municipality: str, facts: Any, *, explain: bool = False) -> Outcome:
    """Figures of one person. Faults of the facts are in ``errors``; an unknown year or code raises."""
    return next(assess_many(fiscal_year, municipality, [facts], explain=explain))


def assess_many(
    fiscal_year: int,
    municipality: str,
    people: Iterable[Any],
    *,
    wanted: tuple[str, ...] = RESULTS,
    explain: bool = False,
) -> Iterator[Outcome]:
    """Figures of each person, in order. A bad one has its errors and the rest is calculated.

    ``wanted`` chooses figures (:class:`FigureUnknownError` for another name); the first is explained.
    """
    if not wanted or not set(wanted) <= set(RESULTS):
        raise FigureUnknownError
    order = plan(fiscal_year, municipality, wanted)
    batch: list[Person | list[Finding]] = []
    for facts in people:
        batch.append(validate(facts, fiscal_year, statable()))
        if len(batch) == BATCH:
            yield from _outcomes(order, batch, explain=explain)
            batch = []
    yield from _outcomes(order, batch, explain=explain)


def explain(fiscal_year: int, municipality: str, facts: Any, root: str = ROOT) -> Node | Sequence[Finding]:
    """The explanation of one figure of one person: the graph with its values; or the faults of the facts."""
    if root not in RESULTS:
        raise FigureUnknownError
    person = validate(facts, fiscal_year, statable())
    if not isinstance(person, Person):
        return person
    return _explanation(plan(fiscal_year, municipality), person, root)


def read_facts(fiscal_year: int, facts: Any) -> Person | Sequence[Finding]:
    """Facts as numbers by column, or their faults: the common shapes quickly, all others by `validate`."""
    return read_plain(facts, fiscal_year) or validate(facts, fiscal_year, statable())


@cache
def statable() -> frozenset[str]:
    """Rules that facts may override (``given``): one value per taxpayer."""
    values = _all_values(plan(max(known_years())), Person())
    return frozenset(name for name in RESULTS if values[name].ndim == 1)


@dataclass(frozen=True, slots=True)
class Cause:
    """A quantity that differs between two sets of facts."""

    name: str
    label: str
    law: str
    before: Any
    after: Any


def compare(
    fiscal_year: int, municipality: str, before: Any, after: Any
) -> Sequence[Cause] | Sequence[Finding]:
    """What if: every quantity that differs, in the order of calculation, so causes stand before effects.

    Faults of either set are all given, their paths under ``before`` and ``after``.
    """
    order = plan(fiscal_year, municipality)
    sets = {"before": before, "after": after}
    people = {name: validate(facts, fiscal_year, statable()) for name, facts in sets.items()}
    faults = [_under(name, fault) for name, one in people.items() if isinstance(one, list) for fault in one]
    if faults:
        return faults
    old, new = (_all_values(order, one) for one in people.values() if isinstance(one, Person))
    rules = (step.rule for step in order.steps if step.rule.rows == "taxpayer")
    causes = (Cause(r.name, r.label, r.law, _plain(old[r.name]), _plain(new[r.name])) for r in rules)
    return [cause for cause in causes if cause.before != cause.after]


def _parameters(year: Year, municipality: Municipality) -> Mapping[str, Parameter | None]:
    check_complete(year, parameters_read(), year_path(year.fiscal_year).name)
    return bind(year, municipality)


def _under(name: str, fault: Finding) -> Finding:
    return replace(fault, path=f"{name}.{fault.path}" if fault.path else name)


def _outcomes(order: Plan, batch: Sequence[Person | list[Finding]], *, explain: bool) -> Iterator[Outcome]:
    good = [person for person in batch if isinstance(person, Person)]
    columns = evaluate(order, population(good)) if good else {}
    place = 0
    for one in batch:
        if isinstance(one, Person):
            values = {name: _plain(columns[name][..., place : place + 1]) for name in order.wanted}
            node = _explanation(order, one, order.wanted[0]) if explain else None
            yield Outcome(values, assumed=one.assumed, explanation=node)
            place += 1
        else:
            yield Outcome({}, errors=one)


def _all_values(order: Plan, person: Person) -> dict[str, Column]:
    return run_block(order, population([person]), 0, 1, keep=True)


def _explanation(order: Plan, person: Person, root: str) -> Node:
    return explain_values(order, _all_values(order, person), root, person.given)


def _plain(column: Column) -> Any:
    """One person's value as plain data: a number, a truth value, or a list of them."""
    if column.ndim > 1:
        return [_plain(part) for part in column]
    value = column[0]
    return bool(value) if isinstance(value, np.bool_) else int(value)
