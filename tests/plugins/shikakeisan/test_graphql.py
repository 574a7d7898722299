"""Trial calculation by GraphQL."""

from typing import Any

import pytest

from core.access.policy import Policy
from core.graphql.parts import GraphQLParts
from plugins import shikakeisan
from plugins.shikakeisan.graphql import ShikakeisanQuery
from plugins.shikakeisan.permissions import TRIAL
from schema.compose import compose

FACTS = {"taxpayer": {"age": 40}, "salary": 5_000_000}
TRIAL_QUERY = """
query ($facts: JSON!, $names: [String!]) {
  trialAssessment(year: 2026, municipality: "331007", facts: $facts, names: $names) {
    figures { name label law unit values stated children { name values children { name } } }
    errors { path code message }
  }
}
"""
COMPARE = """
query ($before: JSON!, $after: JSON!) {
  trialComparison(year: 2026, municipality: "331007", before: $before, after: $after) {
    differences { name label law before after } errors { path code }
  }
}
"""


@pytest.fixture(scope="module")
def schema() -> Any:
    policy = Policy.load({str(file): file.read_text(encoding="utf-8") for file in shikakeisan.policy()})
    return compose([GraphQLParts(query=(ShikakeisanQuery,))], policy)


def ask(schema: Any, query: Any, **variables: Any) -> Any:
    answer = schema.execute_sync(query, variables)
    assert answer.errors is None, answer.errors
    return answer.data


def test_trial_gives_the_payable_amount_with_its_explanation(schema: Any) -> None:
    [figure] = ask(schema, TRIAL_QUERY, facts=FACTS)["trialAssessment"]["figures"]

    assert (figure["name"], figure["label"], figure["values"]) == ("payable", "納付する額", [316_000])
    assert [child["name"] for child in figure["children"]] == [
        "annual_after_genmen",
        "applied_to_levy",
        "applied_to_percap",
    ]


def test_trial_gives_the_figures_asked_for(schema: Any) -> None:
    answer = ask(schema, TRIAL_QUERY, facts=FACTS, names=["taxable", "ordinary_instalments"])

    assert [figure["values"] for figure in answer["trialAssessment"]["figures"]] == [
        [3_130_000],
        [79_000, 79_000, 79_000, 79_000],
    ]


def test_faults_of_the_facts_are_values(schema: Any) -> None:
    answer = ask(schema, TRIAL_QUERY, facts={"salry": 1})["trialAssessment"]

    assert answer["figures"] == []
    assert [(fault["path"], fault["code"]) for fault in answer["errors"]] == [("salry", "FACT_UNKNOWN")]


def test_an_unknown_figure_is_refused(schema: Any) -> None:
    answer = schema.execute_sync(TRIAL_QUERY, {"facts": FACTS, "names": ["nothing"]})

    assert answer.errors[0].original_error.code == "FIGURE_UNKNOWN"


def test_what_if_shows_causes_before_effects(schema: Any) -> None:
    answer = ask(schema, COMPARE, before=FACTS, after={**FACTS, "social_insurance": 100_000})

    found = answer["trialComparison"]["differences"]
    names = [one["name"] for one in found]
    assert names[:3] == ["ded_social", "ded_total", "after_deductions"]
    assert {one["name"]: one["after"][0] - one["before"][0] for one in found}["annual_total"] == -10_000


def test_every_field_asks_for_the_trial_permission() -> None:
    assert str(TRIAL) == "shikakeisan.trial:read"
