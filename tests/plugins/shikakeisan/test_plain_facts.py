"""Facts that are read quickly give the same numbers as the validation of everything."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from plugins.shikakeisan.facts.columns import population
from plugins.shikakeisan.facts.plain import read_plain
from plugins.shikakeisan.facts.validate import Person, validate
from plugins.shikakeisan.facts.vocabulary import RELATIVE_FACTS, STATED, TAXPAYER_FACTS, Fact
from plugins.shikakeisan.service import assess_columns, assess_many, read_facts, statable

CASES = Path(__file__).parents[2] / "cases" / "worked_examples.jsonl"
YEAR, CITY = 2026, "331007"
AMOUNTS = st.integers(-5, 3_000_000)
BIRTHS = st.sampled_from(["1980-04-05", "S25-01-01", "2008-01-01", "2026-01-02", "1950-13-01", "x"])
WRONG = st.sampled_from([None, "", "x", 1.5, [], {}, True, -1, 10**12])


def worked_examples() -> Iterator[Mapping[str, Any]]:
    for line in CASES.read_text(encoding="utf-8").splitlines():
        yield json.loads(line)["facts"]


def value_of(fact: Fact) -> st.SearchStrategy[Any]:
    match fact.kind:
        case "flag":
            usual: st.SearchStrategy[Any] = st.booleans()
        case "choice":
            usual = st.sampled_from(list(fact.choices))
        case "count":
            usual = st.integers(0, 90)
        case "month":
            usual = st.sampled_from(["2018-04", "H30-04", "2024"])
        case "date":
            usual = BIRTHS
        case "text":
            usual = st.sampled_from(["子", "母", "妻", ""])
        case _:
            usual = AMOUNTS
    return st.one_of(*[usual] * 9, WRONG)


RELATIVE = st.fixed_dictionaries({}, optional={fact.path: value_of(fact) for fact in RELATIVE_FACTS})
LIKELY_RELATIVE = st.fixed_dictionaries(
    {"age": st.integers(0, 90), "cohabit": st.booleans()},
    optional={fact.path: value_of(fact) for fact in RELATIVE_FACTS if fact.path not in {"age", "cohabit"}},
)


@st.composite
def all_facts(draw: st.DrawFn) -> dict[str, Any]:
    """Facts of any shape: mostly sound, often with something to weigh, sometimes nonsense."""
    facts: dict[str, Any] = {"taxpayer": {"birth": "1980-04-05"}}
    for fact in draw(st.lists(st.sampled_from(TAXPAYER_FACTS), max_size=6)):
        key, _, name = fact.path.partition(".")
        if name:
            whole = facts.setdefault(key, {})
            if isinstance(whole, dict):
                whole[name] = draw(value_of(fact))
        else:
            facts[key] = draw(value_of(fact))
    for name in draw(st.lists(st.sampled_from(sorted(STATED)), max_size=2)):
        facts[name] = draw(AMOUNTS)
    if draw(st.booleans()):
        facts["spouse"] = draw(st.one_of(LIKELY_RELATIVE, RELATIVE))
    if draw(st.booleans()):
        facts["dependants"] = draw(st.lists(st.one_of(LIKELY_RELATIVE, RELATIVE), max_size=2))
    return facts


def same_numbers(facts: Any) -> bool:
    """Compare the two ways; True if the quick one knew the facts."""
    plain, thorough = read_plain(facts, YEAR), validate(facts, YEAR, statable())
    if plain is None:
        return False
    assert isinstance(thorough, Person), thorough
    assert (plain.taxpayer, plain.relatives, plain.given) == (
        thorough.taxpayer,
        thorough.relatives,
        thorough.given,
    )
    return True


@given(all_facts())
@example({"taxpayer": {"birth": "1980-04-05"}, "single": {}})
def test_random_facts_read_quickly_are_those_that_validation_gives(facts: dict[str, Any]) -> None:
    same_numbers(facts)


def test_most_worked_examples_are_read_quickly() -> None:
    examples = list(worked_examples())

    known = sum(same_numbers(facts) for facts in examples)

    assert known > len(examples) * 0.5


@pytest.mark.parametrize(
    "facts", [None, [], "x", {"taxpayer": 1}, {"spouse": []}, {"dependants": [1]}, {1: 2}]
)
def test_what_is_no_facts_is_left_to_validation(facts: Any) -> None:
    assert read_plain(facts, YEAR) is None


def test_columns_of_worked_examples_give_the_figures_of_single_calculations() -> None:
    people = [(facts, read_facts(YEAR, facts)) for facts in worked_examples()]
    sound = [(facts, person) for facts, person in people if isinstance(person, Person)]

    columns = assess_columns(YEAR, CITY, population([person for _, person in sound]))

    singles = assess_many(YEAR, CITY, [facts for facts, _ in sound])
    for place, single in enumerate(singles):
        at = {name: np.asarray(column)[..., place].tolist() for name, column in columns.items()}
        assert at == single.values
