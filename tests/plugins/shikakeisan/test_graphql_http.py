"""Trial calculation as a clerk's screen asks for it: over HTTP, signed in, with every refusal."""

from typing import Any

import pytest

from schema.testing import House

FACTS = {"taxpayer": {"age": 40}, "salary": 5_000_000}
TRIAL = """
query ($facts: JSON!, $year: FiscalYear!, $code: String!, $names: [String!]) {
  trialAssessment(year: $year, municipality: $code, facts: $facts, names: $names) {
    figures { name label law values children { name parameters } }
    errors { path code message }
  }
}
"""
COMPARISON = """
query ($before: JSON!, $after: JSON!) {
  trialComparison(year: 2026, municipality: "331007", before: $before, after: $after) {
    differences { name before after }
    errors { path code message }
  }
}
"""


async def trial(house: House, role: str = "tax_clerk", **variables: Any) -> Any:
    asked = {"facts": FACTS, "year": 2026, "code": "331007", **variables}
    answer = await house.ask(TRIAL, role, reason="窓口の試算", **asked)
    return answer.json()


async def test_a_clerk_gets_the_amount_with_label_article_and_cause(house: House) -> None:
    answer = await trial(house, names=["annual_total", "adj_city"])

    total, credit = answer["data"]["trialAssessment"]["figures"]
    assert (total["label"], total["values"]) == ("年税額", [316_000])
    assert (credit["law"], credit["values"]) == ("地方税法314条の6", [2_000])
    assert credit["children"][0]["name"] == "adj_base"
    assert answer["data"]["trialAssessment"]["errors"] == []


async def test_a_what_if_gives_the_difference_by_cause(house: House) -> None:
    after = {**FACTS, "dependants": [{"age": 17}]}
    answer = await house.ask(COMPARISON, "tax_clerk", reason="窓口の試算", before=FACTS, after=after)

    found = {one["name"]: one for one in answer.json()["data"]["trialComparison"]["differences"]}
    assert found["ded_dependants"]["after"] == [330_000]
    assert (found["annual_total"]["before"], found["annual_total"]["after"]) == ([316_000], [283_000])


@pytest.mark.parametrize("role", ["other_office", "administrator"])
@pytest.mark.parametrize("query", [TRIAL, COMPARISON])
async def test_who_has_no_business_with_trials_is_refused(house: House, query: Any, role: Any) -> None:
    facts = {"facts": FACTS, "year": 2026, "code": "331007"} if query is TRIAL else {}
    facts = facts or {"before": FACTS, "after": FACTS}

    answer = (await house.ask(query, role, reason="照会", **facts)).json()

    assert not answer.get("data")
    assert [error["extensions"]["code"] for error in answer["errors"]] == ["FORBIDDEN"]


async def test_bad_facts_are_listed_one_by_one_without_their_values(house: House) -> None:
    bad = {"salary": -7_654_321, "pension": 1_234_567, "salry": 1, "medical_paid": "7654321円", "spouse": 3}

    answer = await trial(house, facts=bad)

    assert answer["data"]["trialAssessment"]["figures"] == []
    errors = answer["data"]["trialAssessment"]["errors"]
    assert [(error["path"], error["code"]) for error in errors] == [
        ("salary", "FACT_NEGATIVE"),
        ("salry", "FACT_UNKNOWN"),
        ("medical_paid", "FACT_TYPE"),
        ("spouse", "FACT_TYPE"),
    ]
    assert all(error["message"].endswith("。") for error in errors)
    assert "7654321" not in str(answer)
    assert "654,321" not in str(answer)


async def test_facts_that_contradict_each_other_are_refused(house: House) -> None:
    answer = await trial(house, facts={**FACTS, "spouse": {}, "single_parent": "mother"})

    [error] = answer["data"]["trialAssessment"]["errors"]
    assert (error["path"], error["code"]) == ("single_parent", "FACT_CONTRADICTORY")


async def test_a_comparison_names_the_faults_of_both_sides(house: House) -> None:
    answer = await house.ask(
        COMPARISON, "tax_clerk", reason="窓口の試算", before={"salry": 1}, after={"salary": -1}
    )

    found = answer.json()["data"]["trialComparison"]
    assert found["differences"] == []
    assert [(error["path"], error["code"]) for error in found["errors"]] == [
        ("before.salry", "FACT_UNKNOWN"),
        ("after.salary", "FACT_NEGATIVE"),
    ]


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ({"year": 2019}, "YEAR_UNKNOWN"),
        ({"code": "999999"}, "MUNICIPALITY_UNKNOWN"),
        ({"names": ["nothing"]}, "FIGURE_UNKNOWN"),
    ],
)
async def test_what_has_no_file_or_rule_is_refused(house: House, asked: Any, code: Any) -> None:
    answer = await trial(house, **asked)

    [error] = answer["errors"]
    assert error["extensions"]["code"] == code
    assert "999999" not in error["message"]


async def test_every_type_and_field_is_described_in_japanese(house: House) -> None:
    asked = '{ __type(name: "%s") { fields { name description } } }'
    for name in ("TrialAssessment", "TrialComparison", "Figure", "FigureDifference", "FactFinding"):
        kind = (await house.ask(asked % name, "tax_clerk")).json()["data"]["__type"]
        assert all(field["description"] for field in kind["fields"]), name
