"""Bad facts: one finding per fault, with its path, its code and a Japanese sentence."""

from typing import Any

import pytest

from plugins.shikakeisan.facts.dates import age_on, parse_date, parse_month
from plugins.shikakeisan.facts.validate import Person, validate
from plugins.shikakeisan.rules import RULES

YEAR = 2026


def codes(facts: Any) -> Any:
    found = validate(facts, YEAR, RULES)
    assert isinstance(found, list)
    return [(fault.path, fault.code) for fault in found]


@pytest.mark.parametrize(
    ("facts", "path", "code"),
    [
        ([], "", "JSON_INVALID"),
        ({"salry": 1}, "salry", "FACT_UNKNOWN"),
        ({"taxpayer": {"aeg": 1}}, "taxpayer.aeg", "FACT_UNKNOWN"),
        ({"dependants": [{"age": 3, "x": 1}]}, "dependants[0].x", "FACT_UNKNOWN"),
        ({"salary": "1"}, "salary", "FACT_TYPE"),
        ({"salary": 1.5}, "salary", "FACT_TYPE"),
        ({"salary": True}, "salary", "FACT_TYPE"),
        ({"salary": None}, "salary", "FACT_TYPE"),
        ({"widow": 1}, "widow", "FACT_TYPE"),
        ({"dependants": {}}, "dependants", "FACT_TYPE"),
        ({"spouse": 3}, "spouse", "FACT_TYPE"),
        ({"taxpayer": 3}, "taxpayer", "FACT_TYPE"),
        ({"salary": -1}, "salary", "FACT_NEGATIVE"),
        ({"salary_income": -1}, "salary_income", "FACT_NEGATIVE"),
        ({"salary": 10**12}, "salary", "FACT_RANGE"),
        ({"taxpayer": {"age": 151}}, "taxpayer.age", "FACT_RANGE"),
        ({"taxpayer": {"disability": "great"}}, "taxpayer.disability", "FACT_CHOICE"),
        ({"single_parent": 1}, "single_parent", "FACT_CHOICE"),
        ({"taxpayer": {"birth": "1980-02-30"}}, "taxpayer.birth", "FACT_DATE"),
        ({"given": {"no_rule": 1}}, "given.no_rule", "RULE_UNKNOWN"),
        ({"pension": 1}, "taxpayer.age", "FACT_REQUIRED"),
        ({"spouse": {"pension": 1}}, "spouse.age", "FACT_REQUIRED"),
        ({"dependants": [{}]}, "dependants[0].age", "FACT_REQUIRED"),
        ({"retirement": {"amount": 1}}, "retirement.years", "FACT_REQUIRED"),
        ({"foreign_tax": {"unused": 1}}, "foreign_tax.it_limit", "FACT_REQUIRED"),
        (
            {"pension_withholding": {"continuing": True}},
            "pension_withholding.previous_annual",
            "FACT_REQUIRED",
        ),
        ({"spouse": {"disability": "special"}}, "spouse.cohabit", "FACT_REQUIRED"),
        ({"dependants": [{"category": "general", "overseas": True}]}, "dependants[0].age", "FACT_REQUIRED"),
        ({"spouse": {}, "single_parent": "mother"}, "single_parent", "FACT_CONTRADICTORY"),
        ({"spouse": {}, "widow": True}, "widow", "FACT_CONTRADICTORY"),
        ({"widow": True, "single_parent": True}, "widow", "FACT_CONTRADICTORY"),
        ({"single": True, "spouse": {}}, "spouse", "FACT_CONTRADICTORY"),
        ({"salary": 1, "salary_income": 1}, "salary_income", "FACT_CONTRADICTORY"),
        ({"medical_paid": 1, "selfmed_paid": 1}, "selfmed_paid", "FACT_CONTRADICTORY"),
        ({"genmen": {"numerator": 2, "denominator": 1}}, "genmen", "FACT_CONTRADICTORY"),
        (
            {"retirement": {"amount": 1, "years": 6, "officer_short": True}},
            "retirement.officer_short",
            "FACT_CONTRADICTORY",
        ),
        ({"taxpayer": {"age": 40, "birth": "1980-05-05"}}, "taxpayer.age", "FACT_CONTRADICTORY"),
        ({"taxpayer": {"birth": "2026-01-02"}}, "taxpayer.birth", "FACT_CONTRADICTORY"),
        ({"spouse": {"age": 40, "birth": "1980-05-05"}}, "spouse.age", "FACT_CONTRADICTORY"),
        ({"dependants": [{"birth": "2026-01-02"}]}, "dependants[0].birth", "FACT_CONTRADICTORY"),
        (
            {"spouse": {}, "dependants": [{"age": 40, "relation": "妻"}]},
            "dependants[0].relation",
            "FACT_CONTRADICTORY",
        ),
        ({"carryover": {"futures": 1, "futures_2": 1}}, "carryover.futures", "FACT_CONTRADICTORY"),
        (
            {"carryover": {"net_loss_1": 1, "net_loss_timber": 2}},
            "carryover.net_loss_timber",
            "FACT_CONTRADICTORY",
        ),
        (
            {"retirement": {"amount": 1, "years": 5, "short_term": False}},
            "retirement.short_term",
            "FACT_CONTRADICTORY",
        ),
        ({"retirement": {"amount": 1, "years": 0}}, "retirement.years", "FACT_RANGE"),
        ({"business": {"revenue": 1, "home_worker": True}}, "business.expense", "FACT_REQUIRED"),
        (
            {"business": {"revenue": 1, "expense": 0, "home_worker": True}, "salary_income": 1},
            "salary",
            "FACT_REQUIRED",
        ),
    ],
)
def test_one_fault_gives_one_finding(facts: Any, path: Any, code: Any) -> None:
    assert codes(facts) == [(path, code)]


def test_every_fault_is_named_at_once() -> None:
    facts = {"salary": -1, "x": 1, "spouse": {"age": "a"}}

    assert codes(facts) == [
        ("salary", "FACT_NEGATIVE"),
        ("x", "FACT_UNKNOWN"),
        ("spouse.age", "FACT_TYPE"),
    ]


def test_no_message_repeats_the_value() -> None:
    faults = validate({"salary": "123456", "taxpayer": {"disability": "secret"}}, YEAR, RULES)

    assert isinstance(faults, list)
    assert all("123456" not in fault.message and "secret" not in fault.message for fault in faults)


@pytest.mark.parametrize(
    ("birth", "day", "age"),
    [
        ("1961-01-01", "2025-12-31", 65),
        ("1961-01-02", "2025-12-31", 64),
        ("1960-12-31", "2025-12-31", 65),
        ("2008-01-02", "2026-01-01", 18),
        ("2008-01-03", "2026-01-01", 17),
        ("1980-06-15", "2025-12-31", 45),
    ],
)
def test_age_in_law_is_reached_the_day_before_the_birthday(birth: Any, day: Any, age: Any) -> None:
    assert age_on(parse_date(birth), parse_date(day)) == age


@pytest.mark.parametrize(
    ("text", "month"), [("2018-04", 201804), ("H30-04", 201804), ("R4-12", 202212), ("R5-07-01", 202307)]
)
def test_month_in_both_notations(text: Any, month: Any) -> None:
    assert parse_month(text) == month


def test_an_unknown_age_is_said_and_not_hidden() -> None:
    person = validate({"salary": 1_000_000}, YEAR, RULES)

    assert isinstance(person, Person)
    assert [fault.code for fault in person.assumed] == ["ASSUMED_ADULT"]


@pytest.mark.parametrize(
    ("facts", "path", "code"),
    [
        ({"single_parent": True}, "single_parent", "ASSUMED_MOTHER"),
        ({"carryover": {"futures": 1}}, "carryover.futures", "ASSUMED_LAST_YEAR"),
        ({"business": -1}, "blue_return", "ASSUMED_WHITE_RETURN"),
        ({"real_estate": {"revenue": 1, "expense": 2}}, "blue_return", "ASSUMED_WHITE_RETURN"),
        (
            {"salary": 9_000_000, "dependants": [{"category": "general"}]},
            "dependants[0].age",
            "ASSUMED_NOT_YOUNG",
        ),
    ],
)
def test_what_is_assumed_is_said(facts: Any, path: Any, code: Any) -> None:
    person = validate({"taxpayer": {"age": 40}, **facts}, YEAR, RULES)

    assert isinstance(person, Person)
    assert [(fault.path, fault.code) for fault in person.assumed] == [(path, code)]


@pytest.mark.parametrize("facts", [{"business": -1, "blue_return": False}, {"carryover": {"futures_2": 1}}])
def test_nothing_is_assumed_of_what_is_stated(facts: Any) -> None:
    person = validate({"taxpayer": {"age": 40}, **facts}, YEAR, RULES)

    assert isinstance(person, Person)
    assert person.assumed == []
