"""The order of calculation: found once from the rules' parameter names, never written by hand."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from functools import partial
from graphlib import CycleError, TopologicalSorter
from typing import Any

import numpy as np

from plugins.shikakeisan.engine.rule import RELATIVES, Column, Rows, Rule
from plugins.shikakeisan.engine.values import Parameter


class GraphError(Exception):
    """The rules, facts and parameters do not fit together: a fault of the program or of a file."""


@dataclass(frozen=True, slots=True)
class FactColumn:
    """A column of facts: what a row has when nothing is said, and in which set of rows it lives."""

    name: str
    label: str
    rows: Rows
    default: int
    is_flag: bool = False
    unit: str = "円"


@dataclass(frozen=True, slots=True)
class Step:
    """One rule with its parameters bound: ready to run on a block."""

    rule: Rule
    function: Any
    inputs: tuple[str, ...]
    drop: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Plan:
    """The steps that give the wanted quantities, in order, and the fact columns that they read."""

    steps: tuple[Step, ...]
    facts: Mapping[str, FactColumn]
    wanted: tuple[str, ...]
    parameters: Mapping[str, Parameter | None]
    read: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def _nothing(**_inputs: Column) -> Column:
    """What a rule gives in a year whose law does not have its table."""
    return np.zeros(1, dtype=np.int64)


def build_plan(
    rules: Mapping[str, Rule],
    facts: Mapping[str, FactColumn],
    parameters: Mapping[str, Parameter | None],
    wanted: Collection[str],
) -> Plan:
    """Order the rules that ``wanted`` needs.

    A parameter that is ``None`` is a table which the year does not have: the rules that read it give nil.
    Raises :class:`GraphError` for an unknown name, a name with two meanings, or a circle.
    """
    check_names(rules, facts, parameters)
    needed: dict[str, tuple[str, ...]] = {}
    waiting = list(wanted)
    while waiting:
        name = waiting.pop()
        if name in needed or name in facts:
            continue
        if name not in rules:
            raise GraphError(f"no rule is named {name}")
        inputs = _inputs(rules[name], rules, facts, parameters)
        needed[name] = inputs
        waiting.extend(inputs)
    order = _order(needed)
    last_use = {use: name for name in order for use in needed[name]}
    steps = tuple(
        Step(
            rules[name],
            _bound(rules[name], parameters),
            needed[name],
            tuple(u for u in dict.fromkeys(needed[name]) if last_use[u] == name and u not in wanted),
        )
        for name in order
    )
    read = {name: tuple(p for p in rules[name].parameters if p in parameters) for name in order}
    used = {use for inputs in needed.values() for use in inputs} | set(wanted)
    return Plan(steps, {n: f for n, f in facts.items() if n in used}, tuple(wanted), parameters, read)


def check_names(
    rules: Mapping[str, Rule], facts: Mapping[str, FactColumn], parameters: Mapping[str, Parameter | None]
) -> None:
    """A name has one meaning everywhere."""
    for name in [
        *rules.keys() & facts.keys(),
        *rules.keys() & parameters.keys(),
        *facts.keys() & parameters.keys(),
    ]:
        raise GraphError(f"{name} has two meanings")


def _inputs(
    rule: Rule,
    rules: Mapping[str, Rule],
    facts: Mapping[str, FactColumn],
    parameters: Mapping[str, Parameter | None],
) -> tuple[str, ...]:
    names = tuple(p for p in rule.parameters if p not in parameters and p != RELATIVES)
    for name in names:
        if name not in rules and name not in facts:
            raise GraphError(f"{rule.name} asks for {name}, which nothing gives")
        rows = rules[name].rows if name in rules else facts[name].rows
        if rows != rule.rows and RELATIVES not in rule.parameters:
            raise GraphError(f"{rule.name} mixes rows: {name} belongs to the {rows}")
    return names


def _order(needed: Mapping[str, tuple[str, ...]]) -> list[str]:
    graph = {name: [use for use in inputs if use in needed] for name, inputs in needed.items()}
    try:
        return list(TopologicalSorter(graph).static_order())
    except CycleError as error:
        raise GraphError(f"the rules go in a circle: {error.args[1]}") from error


def _bound(rule: Rule, parameters: Mapping[str, Parameter | None]) -> Any:
    bound = {name: parameters[name] for name in rule.parameters if name in parameters}
    if any(value is None for value in bound.values()):
        return _nothing
    return partial(rule.function, **bound) if bound else rule.function
