"""Spouse and dependants: whose statement counts, ages and households of the register, claims, findings."""

from datetime import date
from typing import Any

import pytest

from plugins.shikakeisan.merge.people import UNCERTAIN, Kin
from tests.plugins.shikakeisan.merge.papers import (
    AWAY,
    CHILD,
    INFANT,
    ME,
    MOTHER,
    SPOUSE,
    YEAR,
    codes,
    merge,
    paper,
    relative,
)

PAY = {"salary": 4_000_000}


def test_a_slip_gives_relatives_with_ages_of_the_register_and_claims() -> None:
    slip = paper(
        1,
        amounts=PAY,
        spouse_claimed="1",
        spouse_income=300_000,
        specific_main=1,
        under16_count=1,
        relatives=(relative("spouse"), relative("dependant"), relative("under16")),
    )
    kin = {(1, "spouse", 1): SPOUSE, (1, "dependant", 1): CHILD, (1, "under16", 1): INFANT}

    merged = merge(slip, kin=kin)

    assert merged.facts["spouse"] == {"age": 44, "cohabit": True, "total_income": 300_000}
    assert merged.facts["dependants"] == [{"age": 19, "cohabit": True}, {"age": 5, "cohabit": True}]
    assert [(one.relative_id, one.role, one.document_id, one.path) for one in merged.claims] == [
        (2, "spouse", 1, "spouse"),
        (3, "dependant", 1, "dependants[0]"),
        (4, "under16", 1, "dependants[1]"),
    ]
    assert merged.origins["dependants[0]"] == [
        {"document": 1, "item": "dependant.1", "rule": "relatives_of_main_slip"},
        {"item": "birth_date", "rule": "age_of_register"},
        {"item": "household", "rule": "cohabiting_by_register"},
    ]
    assert merged.findings == []


def test_nobody_known_is_taken_by_what_the_slip_counts() -> None:
    slip = paper(
        1,
        amounts=PAY,
        specific_main=1,
        other_main=1,
        under16_count=1,
        relatives=(relative("dependant"), relative("dependant", 2), relative("under16")),
    )

    merged = merge(slip)

    categories = [one["category"] for one in merged.facts["dependants"]]
    assert sorted(categories) == ["general", "specific", "under16"]
    assert [one.relative_id for one in merged.claims] == [None, None, None]
    assert merged.findings == []


def test_relatives_beyond_the_places_of_a_slip_are_counted() -> None:
    people = tuple(relative("dependant", place) for place in range(1, 5))

    merged = merge(paper(1, amounts=PAY, other_main=6, relatives=people))

    assert [one["category"] for one in merged.facts["dependants"]] == ["general"] * 6
    assert codes(merged) == ["RELATIVES_UNNAMED"]


def test_children_beyond_the_places_of_a_slip_are_counted_and_told() -> None:
    people = tuple(relative("under16", place) for place in range(1, 5))

    four = merge(paper(1, amounts=PAY, under16_count=4, relatives=people))
    five = merge(paper(1, amounts=PAY, under16_count=5, relatives=people))

    assert (codes(four), codes(five)) == ([], ["RELATIVES_UNNAMED"])


@pytest.mark.parametrize(
    ("counts", "code"),
    [({"other_main": 1, "specific_main": 1}, "COUNT_DIFFERS"), ({"other_main": 1}, "AGE_DIFFERS")],
)
def test_counts_that_do_not_fit_are_found(counts: dict[str, int], code: str) -> None:
    slip = paper(1, amounts=PAY, relatives=(relative("dependant"),), **counts)

    assert codes(merge(slip, kin={(1, "dependant", 1): CHILD})) == [code]


@pytest.mark.parametrize(
    ("cohabiting", "categories"),
    [(1, ["elderly_cohabiting", "elderly"]), (2, ["elderly_cohabiting"] * 2), (0, ["elderly"] * 2)],
)
def test_elderly_parents_of_one_household_come_first(cohabiting: int, categories: list[str]) -> None:
    slip = paper(
        1,
        amounts=PAY,
        elderly_main=2,
        elderly_cohabiting=cohabiting,
        relatives=(relative("dependant"), relative("dependant", 2)),
    )

    merged = merge(slip, kin={(1, "dependant", 1): MOTHER, (1, "dependant", 2): AWAY})

    assert [one["category"] for one in merged.facts["dependants"]] == categories


def test_a_pension_report_has_no_column_for_it_and_the_register_tells() -> None:
    report = paper(1, "pension_report", {"pension": 9}, elderly_count=1, relatives=(relative("dependant"),))

    mine = merge(report, kin={(1, "dependant", 1): MOTHER})
    away = merge(report, kin={(1, "dependant", 1): AWAY})

    assert mine.facts["dependants"] == [{"age": 75, "cohabit": True, "relation": "母"}]
    assert away.facts["dependants"] == [{"age": 77, "cohabit": False, "category": "elderly"}]


def test_a_return_replaces_the_relatives_of_slips_but_children_under_16_are_added() -> None:
    slip = paper(1, amounts=PAY, spouse_claimed="1", relatives=(relative("spouse"), relative("under16")))
    filed = paper(
        2,
        "tax_return",
        PAY,
        relatives=(relative("dependant", relation="子", birth="2006-07-01"),),
    )
    kin = {(1, "spouse", 1): SPOUSE, (1, "under16", 1): INFANT, (2, "dependant", 1): CHILD}

    merged = merge(slip, filed, kin=kin)

    assert "spouse" not in merged.facts
    assert merged.facts["dependants"] == [
        {"age": 19, "relation": "子", "cohabit": True},
        {"age": 5, "cohabit": True},
    ]
    assert merged.origins["dependants[1]"][0] == {
        "document": 1,
        "item": "under16.1",
        "rule": "under16_of_slips",
    }
    assert merged.documents == [1, 2]


def test_who_lives_apart_says_the_return() -> None:
    filed = paper(2, "tax_return", PAY, relatives=(relative("dependant", relation="母", apart="1"),))

    merged = merge(filed, kin={(2, "dependant", 1): MOTHER})

    assert merged.facts["dependants"] == [{"age": 75, "relation": "母", "cohabit": False}]


def test_a_resident_return_without_anybody_leaves_relatives_to_slips() -> None:
    report = paper(1, "pension_report", {"pension": 9}, spouse_claimed="1", relatives=(relative("spouse"),))
    filed = paper(2, "resident_return", {"social_insurance": 5}, spouse_claimed="0")

    merged = merge(report, filed, kin={(1, "spouse", 1): SPOUSE})

    assert merged.facts["spouse"] == {"age": 44, "cohabit": True}


def test_a_spouse_whose_income_nobody_states_has_that_of_the_own_documents() -> None:
    report = paper(1, "pension_report", {"pension": 9}, spouse_claimed="1", relatives=(relative("spouse"),))

    merged = merge(report, kin={(1, "spouse", 1): SPOUSE._replace(income=700_000)})

    assert merged.facts["spouse"]["total_income"] == 700_000
    assert merged.origins["spouse.total_income"] == [
        {"item": "total_income_all", "rule": "income_of_own_documents"}
    ]


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ({"residence": "01"}, {"overseas": True}),
        ({"residence": "04"}, {"overseas": True, "overseas_qualified": True}),
        ({"disability": "2", "cohabit": "0"}, {"disability": "special", "cohabit": False}),
        ({"disability": "1", "cohabit": "1"}, {"disability": "ordinary", "cohabit": True}),
        ({"income": 200_000}, {"total_income": 200_000}),
        ({"relation": "妻の母"}, {"relation": "義母"}),
    ],
)
def test_what_a_document_says_of_a_relative(said: dict[str, Any], expected: dict[str, Any]) -> None:
    filed = paper(1, "resident_return", PAY, relatives=(relative("dependant", birth="1990-01-01", **said),))

    assert merge(filed).facts["dependants"] == [{"age": 36, **expected}]


def test_disabled_relatives_are_counted_on_slips() -> None:
    slip = paper(
        1,
        amounts=PAY,
        spouse_claimed="1",
        special_disabled=1,
        special_disabled_cohabiting=1,
        relatives=(relative("spouse"),),
    )

    merged = merge(slip, kin={(1, "spouse", 1): SPOUSE})

    assert merged.facts["spouse"] == {"age": 44, "cohabit": True, "disability": "special"}
    assert merged.findings == []


@pytest.mark.parametrize(
    ("kin", "code"),
    [
        (CHILD._replace(death_date=date(2024, 12, 31)), "RELATIVE_NOT_LIVING"),
        (CHILD._replace(birth_date=date(2026, 1, 1)), "RELATIVE_NOT_LIVING"),
        (Kin(ME.person_id, ME.birth_date), "RELATIVE_IS_SELF"),
    ],
)
def test_who_cannot_be_a_relative_is_found_and_left_out(kin: Kin, code: str) -> None:
    filed = paper(1, "resident_return", PAY, relatives=(relative("dependant"),))

    merged = merge(filed, kin={(1, "dependant", 1): kin})

    assert "dependants" not in merged.facts
    assert (codes(merged), merged.claims) == ([code], [])


def test_who_died_in_the_year_has_the_age_of_that_day() -> None:
    filed = paper(1, "resident_return", PAY, relatives=(relative("dependant"),))
    kin = CHILD._replace(birth_date=date(2006, 12, 1), death_date=date(2025, 3, 1))

    assert merge(filed, kin={(1, "dependant", 1): kin}).facts["dependants"][0]["age"] == 18


def test_a_birth_date_that_contradicts_the_register_is_found() -> None:
    filed = paper(1, "resident_return", PAY, relatives=(relative("dependant", birth="2007-07-01"),))

    merged = merge(filed, kin={(1, "dependant", 1): CHILD})

    assert merged.facts["dependants"][0]["age"] == 19
    assert [(one.code, one.others) for one in merged.findings] == [("RELATIVE_BIRTH_DIFFERS", (3,))]


def test_a_number_of_several_people_names_nobody() -> None:
    filed = paper(1, "resident_return", PAY, relatives=(relative("dependant", birth="2007-07-01"),))

    merged = merge(filed, kin={(1, "dependant", 1): UNCERTAIN})

    assert merged.claims[0].relative_id is None
    assert codes(merged) == ["RELATIVE_UNCERTAIN"]


def test_a_child_under_16_of_return_and_slip_counts_once() -> None:
    slip = paper(1, amounts=PAY, relatives=(relative("under16"),))
    filed = paper(2, "tax_return", PAY, relatives=(relative("dependant", under16="1", birth="2020-07-01"),))

    merged = merge(slip, filed, kin={(1, "under16", 1): INFANT, (2, "dependant", 1): INFANT})

    assert [one["age"] for one in merged.facts["dependants"]] == [5]


def test_relatives_on_the_slip_of_another_employer_alone_are_found() -> None:
    main = paper(1, amounts=PAY, deductions_total=1)
    before = paper(2, amounts={"salary": 9}, other_main=1, relatives=(relative("dependant"),))

    merged = merge(main, before)

    assert "dependants" not in merged.facts
    assert [(one.code, one.documents) for one in merged.findings] == [("RELATIVES_ON_OTHER_SLIP", (2,))]


@pytest.mark.parametrize("items", [{"secondary_column": "1"}, {}])
def test_relatives_on_several_slips_are_those_of_the_main_one(items: dict[str, str]) -> None:
    main = paper(1, amounts=PAY, deductions_total=1, other_main=1, relatives=(relative("dependant"),))
    other = paper(
        2, amounts={"salary": 9}, **{"other_main": 1, "relatives": (relative("dependant"),), **items}
    )

    assert codes(merge(main, other)) == []


def test_two_spouses_are_found_with_both_documents() -> None:
    slip = paper(1, amounts=PAY, spouse_claimed="1", relatives=(relative("spouse"),))
    report = paper(2, "pension_report", {"pension": 9}, relatives=(relative("spouse"),))

    merged = merge(slip, report, kin={(1, "spouse", 1): SPOUSE, (2, "spouse", 1): CHILD})

    assert merged.facts["spouse"]["age"] == 44
    assert [(one.code, one.documents, one.others) for one in merged.findings] == [
        ("TWO_SPOUSES", (1, 2), (2, 3))
    ]


def test_a_spouse_and_a_single_parent_contradict_each_other() -> None:
    slip = paper(1, amounts=PAY, spouse_claimed="1", single_parent="1")

    merged = merge(slip)

    assert merged.facts["single_parent"] == "father"
    assert codes(merged) == ["SPOUSE_AND_SINGLE_PARENT"]


def test_an_employee_of_the_family_is_no_dependant() -> None:
    filed = paper(
        1,
        "tax_return",
        {"business": 9},
        relatives=(relative("dependant", relation="子"), relative("family_employee", relation="子")),
    )

    merged = merge(filed, kin={(1, "dependant", 1): CHILD, (1, "family_employee", 1): CHILD})

    assert merged.facts["dependants"][0]["family_employee"] is True
    assert codes(merged) == ["RELATIVE_EMPLOYED"]
    assert [one.role for one in merged.claims] == ["dependant", "family_employee"]


def test_a_relative_with_retirement_income_counts_by_the_other_income() -> None:
    filed = paper(
        1, "tax_return", PAY, relatives=(relative("retired_relative", relation="妻", income=100_000),)
    )

    merged = merge(filed, kin={(1, "retired_relative", 1): SPOUSE})

    assert merged.facts["spouse"] == {"age": 44, "cohabit": True, "total_income": 100_000}


@pytest.mark.parametrize("items", [{}, {"spouse_claimed": "1"}])
def test_an_adjustment_that_no_relative_explains_is_stated(items: dict[str, str]) -> None:
    slip = paper(1, amounts={"salary": 9_000_000}, **{"income_adjustment": 50_000, **items})

    merged = merge(slip)

    assert merged.facts["income_adj_eligible"] is True
    assert merged.origins["income_adj_eligible"][0]["rule"] == "adjustment_of_slip"


def test_an_adjustment_of_a_slip_does_not_count_beside_a_return() -> None:
    slip = paper(1, amounts={"salary": 9_000_000}, income_adjustment=50_000)

    assert "income_adj_eligible" not in merge(slip, paper(2, "tax_return", {"salary": 9_000_000})).facts


@pytest.mark.parametrize("role", ["spouse", "dependant", "retired_relative"])
def test_whom_a_return_names_for_the_adjustment_alone_is_nobodys_relative_here(role: str) -> None:
    named = relative(role, adjustment="1", birth="2010-07-01")
    filed = paper(1, "tax_return", {"salary": 9_000_000}, relatives=(named,))

    merged = merge(filed, kin={(1, role, 1): CHILD})

    assert merged.facts["income_adj_eligible"] is True
    assert merged.facts.keys().isdisjoint({"spouse", "dependants"})
    assert merged.claims == []
    assert merged.origins["income_adj_eligible"] == [
        {"document": 1, "item": f"{role}.1", "rule": "adjustment_of_return"}
    ]


@pytest.mark.parametrize(
    ("items", "facts"),
    [
        ({"self_special_disabled": "1"}, {"taxpayer": {"birth": "1980-04-05", "disability": "special"}}),
        ({"self_other_disabled": "1"}, {"taxpayer": {"birth": "1980-04-05", "disability": "ordinary"}}),
        ({"widow": "1"}, {"widow": True}),
        ({"working_student": "1"}, {"working_student": True}),
        ({"widow": "0", "single_parent": "0"}, {}),
    ],
)
def test_marks_of_the_taxpayer(items: dict[str, str], facts: dict[str, Any]) -> None:
    merged = merge(paper(1, amounts=PAY, **items))

    assert merged.facts == {"taxpayer": {"birth": "1980-04-05"}, **PAY, **facts}


def test_marks_of_a_return_take_the_place_of_a_slip() -> None:
    merged = merge(paper(1, amounts=PAY, widow="1"), paper(2, "tax_return", PAY, working_student="1"))

    assert ("widow" in merged.facts, merged.facts["working_student"]) == (False, True)


def test_a_birth_date_that_contradicts_the_base_is_found() -> None:
    merged = merge(paper(1, amounts=PAY, birth=date(1980, 4, 6)))

    assert merged.facts["taxpayer"]["birth"] == "1980-04-05"
    assert codes(merged) == ["BIRTH_DIFFERS"]


def test_the_birth_date_of_a_document_serves_where_the_base_has_none() -> None:
    merged = merge(paper(1, amounts=PAY), person=ME._replace(birth_date=None))

    assert merged.origins["taxpayer.birth"][0]["rule"] == "birth_of_document"


LOAN: dict[str, Any] = {
    "housing_available": 200_000,
    "housing_1_on": "2019-04-01",
    "housing_1_kind": "11",
    "salary_income": 2_000_000,
    "deductions_total": 999_500,
    "basic_deduction": 480_000,
}


def test_the_income_tax_before_a_housing_credit_comes_from_the_slip() -> None:
    merged = merge(paper(1, amounts=PAY, **LOAN))

    assert merged.facts["housing_loan"] == {
        "move_in": "2019-04",
        "specified_acquisition": True,
        "available": 200_000,
        "it_tax": 50_000,
        "it_taxable": 1_000_000,
        "it_basic": 480_000,
    }


def test_the_income_tax_before_a_housing_credit_comes_from_the_return() -> None:
    filed = paper(2, "tax_return", PAY, tax_computed=30_000, dividend_credit=1_000, taxable=600_000)

    loan = merge(paper(1, amounts=PAY, **LOAN), filed).facts["housing_loan"]

    assert (loan["it_tax"], loan["it_taxable"], loan["available"]) == (29_000, 600_000, 200_000)


@pytest.mark.parametrize(
    ("kind", "moved_in", "is_specified"),
    [
        ("01", "2019-04-01", False),
        ("11", "2021-12-31", True),
        ("11", "2022-01-01", False),
        ("12", "2021-12-31", True),
        ("21", "2022-12-31", True),
        ("24", "2021-03-01", True),
        ("31", "2022-12-31", True),
        ("31", "2023-01-01", False),
        ("41", "2022-12-31", False),
        ("44", "2024-05-01", False),
    ],
)
def test_which_houses_have_the_higher_limit(kind: str, moved_in: str, is_specified: bool) -> None:
    loan = merge(paper(1, amounts=PAY, **{**LOAN, "housing_1_kind": kind, "housing_1_on": moved_in}))

    assert loan.facts["housing_loan"]["specified_acquisition"] is is_specified


@pytest.mark.parametrize("kind", ["03", "13"])
def test_a_credit_for_special_alterations_is_not_one_of_this_tax(kind: str) -> None:
    merged = merge(paper(1, amounts=PAY, **{**LOAN, "housing_1_kind": kind}))

    assert "housing_loan" not in merged.facts
    assert merged.findings == []


@pytest.mark.parametrize(
    "missing", [{"housing_1_on": ""}, {"housing_1_kind": ""}, {"housing_1_on": "1989-04-01"}]
)
def test_a_housing_credit_that_cannot_be_calculated_waits(missing: dict[str, str]) -> None:
    merged = merge(paper(1, amounts=PAY, **{**LOAN, **missing}))

    assert "housing_loan" not in merged.facts
    assert codes(merged) == ["HOUSING_INCOMPLETE"]


def test_the_year_is_that_of_the_person() -> None:
    assert merge(paper(1, amounts=PAY), person=ME._replace(tax_year=YEAR - 3)).facts["salary"] == 4_000_000
