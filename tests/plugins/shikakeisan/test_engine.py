"""The engine by itself, on small rules that have nothing to do with tax."""

from types import ModuleType
from typing import Any

import numpy as np
import pytest

from plugins.shikakeisan.engine.evaluate import Override, Population, evaluate, run_block
from plugins.shikakeisan.engine.explain import explain_values
from plugins.shikakeisan.engine.graph import FactColumn, GraphError, build_plan
from plugins.shikakeisan.engine.relatives import Relatives
from plugins.shikakeisan.engine.rule import collect, relative_rule, rule
from plugins.shikakeisan.engine.values import Curve, Rate, Table

FACTS = {
    "a": FactColumn("a", "A", "taxpayer", 0),
    "b": FactColumn("b", "B", "taxpayer", 5),
    "weight": FactColumn("weight", "W", "relative", 1),
}


@rule("和", law="第1条")
def both(a: Any, b: Any, extra: Any) -> Any:
    return a + b + extra


@rule("倍", law="第2条")
def double(both: Any) -> Any:
    return both * 2


@relative_rule("重さの倍", law="第3条")
def heavy(weight: Any) -> Any:
    return weight * 2


@rule("重さの合計", law="第4条")
def load(heavy: Any, relatives: Any) -> Any:
    return relatives.total(heavy)


RULES = {one.name: one for one in (both, double, heavy, load)}


def population() -> Any:
    return Population(
        3,
        {"a": np.array([1, 2, 3])},
        {"weight": np.array([10, 20, 30])},
        np.array([0, 2, 2, 3]),
    )


def test_rules_run_in_the_order_of_their_parameters() -> None:
    plan = build_plan(RULES, FACTS, {"extra": 100}, ["double"])

    assert [step.rule.name for step in plan.steps] == ["both", "double"]
    assert evaluate(plan, population())["double"].tolist() == [212, 214, 216]


def test_relatives_are_added_up_for_their_taxpayer() -> None:
    plan = build_plan(RULES, FACTS, {"extra": 0}, ["load"])

    assert evaluate(plan, population())["load"].tolist() == [60, 0, 60]


def test_a_taxpayers_value_reaches_each_relative() -> None:
    relatives = Relatives(np.array([0, 2, 2, 3]))

    assert relatives.of_taxpayer(np.array([7, 8, 9])).tolist() == [7, 7, 9]


@pytest.mark.parametrize("rows", [1, 2, 3, 100])
def test_the_size_of_blocks_changes_nothing(rows: Any) -> None:
    plan = build_plan(RULES, FACTS, {"extra": 1}, ["double", "load"])

    found = evaluate(plan, population(), block_rows=rows)

    assert found["double"].tolist() == [14, 16, 18]
    assert found["load"].tolist() == [60, 0, 60]


def test_a_rule_whose_table_is_absent_gives_nil() -> None:
    plan = build_plan(RULES, FACTS, {"extra": None}, ["double"])

    assert evaluate(plan, population())["double"].tolist() == [0, 0, 0]


def test_an_override_replaces_a_rule_for_its_rows_only() -> None:
    override = Override(np.array([False, True, False]), np.array([0, 1000, 0]))
    people = population()
    given = Population(people.size, people.taxpayers, people.relatives, people.starts, {"both": override})

    plan = build_plan(RULES, FACTS, {"extra": 0}, ["double"])

    assert evaluate(plan, given)["double"].tolist() == [12, 2000, 16]


def test_the_explanation_is_the_graph_with_its_values() -> None:
    plan = build_plan(RULES, FACTS, {"extra": 100}, ["double"])
    one = Population(1, {"a": np.array([1])}, {}, np.array([0, 0]))

    root = explain_values(plan, run_block(plan, one, 0, 1, keep=True), "double")

    assert (root.value, root.law, [child.name for child in root.children]) == (212, "第2条", ["both"])
    assert root.children[0].parameters == {"extra": 100}
    assert {node.name: node.value for node in root.walk()} == {"double": 212, "both": 106, "a": 1, "b": 5}


def test_a_stated_quantity_is_a_leaf_of_the_explanation() -> None:
    plan = build_plan(RULES, FACTS, {"extra": 0}, ["double"])
    one = Population(1, {}, {}, np.array([0, 0]), {"both": Override(np.array([True]), np.array([9]))})

    root = explain_values(plan, run_block(plan, one, 0, 1, keep=True), "double", ["both"])

    assert root.value == 18
    assert (root.children[0].value, root.children[0].stated, root.children[0].children) == (9, True, ())


@rule("円の一", law="第5条")
def first(second: Any) -> Any:
    return second


@rule("円の二", law="第5条")
def second(first: Any) -> Any:
    return first


@rule("混ぜる", law="第6条")
def mixes(weight: Any) -> Any:
    return weight


@pytest.mark.parametrize(
    ("rules", "wanted", "fault"),
    [
        ({"first": first, "second": second}, "first", "circle"),
        ({"both": both}, "nothing", "no rule is named"),
        ({"double": double}, "double", "asks for both"),
        ({"mixes": mixes}, "mixes", "mixes rows"),
        ({"a": both}, "a", "two meanings"),
    ],
)
def test_rules_that_do_not_fit_together_are_refused(rules: Any, wanted: Any, fault: Any) -> None:
    with pytest.raises(GraphError, match=fault):
        build_plan(rules, FACTS, {"extra": 0}, [wanted])


def test_two_rules_of_one_name_are_refused() -> None:
    one, two = ModuleType(both.module), ModuleType(both.module)
    one.both = two.both = both

    with pytest.raises(ValueError, match="two rules are named both"):
        collect([one, two])


def test_a_table_holds_up_to_and_including_its_bound() -> None:
    table = Table([[10, 1], [20, 2], ["超", 3]])

    assert table(np.array([10, 11, 20, 21])).tolist() == [1, 2, 2, 3]


def test_a_curve_cuts_to_its_step_and_rounds_as_told() -> None:
    curve = Curve([[99, "0/1", 0, 0], ["超", "1/2", -1, 1]], unit=10)

    assert curve.down(np.array([99, 115])).tolist() == [0, 56]
    assert Curve([["超", "1/2", 0, 0]], unit=1).up(np.array([3])).tolist() == [2]
    assert Curve([["超", "1/2", 0, 0]], unit=1).down(np.array([3]), 10).tolist() == [11]


def test_a_rate_is_exact() -> None:
    assert Rate.parse("4025/100000").down(np.array([2_850_000])).tolist() == [114_712]
    assert Rate.parse("3/5").up(np.array([11])).tolist() == [7]
