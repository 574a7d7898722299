"""The explanation: not a log beside the calculation but the calculation itself, the graph with its values."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from plugins.shikakeisan.engine.graph import FactColumn, Plan
from plugins.shikakeisan.engine.rule import Column, Rows
from plugins.shikakeisan.engine.values import plain


@dataclass(frozen=True, slots=True)
class Node:
    """One quantity with its value and what it came from.

    ``law`` is empty for a fact. ``parameters`` are the figures of the year that the rule read. A node that is
    reached by two ways is one object.
    """

    name: str
    label: str
    law: str
    unit: str
    value: Any
    stated: bool
    parameters: Mapping[str, Any]
    children: tuple["Node", ...]

    def walk(self) -> Iterator["Node"]:
        """Every node below and this one, each once."""
        seen: set[str] = set()
        waiting = [self]
        while waiting:
            node = waiting.pop()
            if node.name not in seen:
                seen.add(node.name)
                yield node
                waiting.extend(node.children)

    def as_json(self) -> dict[str, Any]:
        """The graph as plain data: the root's name, and every node once with the names of its children."""
        return {"root": self.name, "nodes": {node.name: _flat(node) for node in self.walk()}}


def explain_values(plan: Plan, values: Mapping[str, Column], root: str, stated: Collection[str] = ()) -> Node:
    """Build the explanation of ``root`` from all values of a block of one person.

    A quantity that was stated (an override) is a leaf: nothing below it was used.
    """
    nodes = {name: _fact_node(fact, values[name]) for name, fact in plan.facts.items()}
    for step in plan.steps:
        rule = step.rule
        is_stated = rule.name in stated
        nodes[rule.name] = Node(
            rule.name,
            rule.label,
            rule.law,
            rule.unit,
            _value(values[rule.name], rule.rows),
            is_stated,
            {} if is_stated else {name: plain(plan.parameters[name]) for name in plan.read[rule.name]},
            () if is_stated else tuple(nodes[name] for name in step.inputs),
        )
    return nodes[root]


def _fact_node(fact: FactColumn, column: Column) -> Node:
    value = _value(column, fact.rows)
    return Node(fact.name, fact.label, "", fact.unit, value, stated=True, parameters={}, children=())


def _value(column: Column, rows: Rows) -> Any:
    """A number for the taxpayer, a list where there is one per relative or per row of a quantity of rows."""
    if column.ndim > 1:
        return column[..., 0].tolist()
    return column[0].item() if rows == "taxpayer" else column.tolist()


def _flat(node: Node) -> dict[str, Any]:
    return {
        "label": node.label,
        "law": node.law,
        "unit": node.unit,
        "value": node.value,
        "stated": node.stated,
        "parameters": dict(node.parameters),
        "children": [child.name for child in node.children],
    }
