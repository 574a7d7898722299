"""Every rule of the merge has an example, and is in force in the years that the data name."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

import pytest

from plugins.shikakeisan.merge.book import book, rules
from plugins.shikakeisan.merge.gathered import Merged
from plugins.shikakeisan.merge.people import Decision
from tests.plugins.shikakeisan.merge.papers import (
    CHILD,
    INFANT,
    ME,
    MOTHER,
    SPOUSE,
    YEAR,
    aside,
    merge,
    paper,
    relative,
)

PAY = {"salary": 4_000_000}
LOAN: Mapping[str, Any] = {
    "housing_available": 200_000,
    "housing_1_on": "2019-04-01",
    "housing_1_kind": "11",
    "salary_income": 2_000_000,
    "deductions_total": 999_500,
}
LEVY = {"listed_dividend": 100_000, "dividend_levy_withheld": 5_000}
Example = Callable[[], Merged]

EXAMPLES: Mapping[str, Example] = {
    "incomes_of_return": lambda: merge(paper(1, "tax_return", PAY)),
    "incomes_of_resident_return": lambda: merge(paper(1, "resident_return", PAY)),
    "slips_added_up": lambda: merge(paper(1, amounts=PAY)),
    "deductions_of_return": lambda: merge(paper(1, "tax_return", {"social_insurance": 1})),
    "deductions_of_resident_return": lambda: merge(paper(1, "resident_return", {"social_insurance": 1})),
    "life_of_return": lambda: merge(paper(1, "tax_return", {"life_care": 1})),
    "quake_of_return": lambda: merge(paper(1, "tax_return", {"quake": 1})),
    "insurance_of_all_slips": lambda: merge(paper(1, amounts={"social_insurance": 1})),
    "premiums_of_main_slip": lambda: merge(paper(1, amounts={"life_care": 1})),
    "quake_of_deduction": lambda: merge(paper(1, amounts=PAY, quake_deduction=1)),
    "donations_of_return": lambda: merge(paper(1, "tax_return", {"donation_furusato": 1})),
    "donations_of_resident_return": lambda: merge(paper(1, "resident_return", {"donation_other": 1})),
    "one_stop_added_up": lambda: merge(paper(1, "one_stop_notice", {"donation_furusato": 1})),
    "one_stop": lambda: merge(paper(1, "one_stop_notice", {"donation_furusato": 1})),
    "levies_of_return": lambda: merge(paper(1, "tax_return", LEVY)),
    "levies_of_resident_return": lambda: merge(paper(1, "resident_return", LEVY)),
    "levies_of_notice": lambda: merge(
        paper(1, "withheld_levy", LEVY), paper(2, "tax_return", {"listed_dividend": 100_000})
    ),
    "birth_of_register": lambda: merge(paper(1, amounts=PAY)),
    "birth_of_document": lambda: merge(paper(1, amounts=PAY), person=ME._replace(birth_date=None)),
    "personal_of_return": lambda: merge(paper(1, "tax_return", PAY, working_student="1")),
    "personal_of_resident_return": lambda: merge(paper(1, "resident_return", PAY, widow="1")),
    "personal_of_slips": lambda: merge(paper(1, amounts=PAY, widow="1")),
    "relatives_of_return": lambda: _claim("tax_return", "dependant", birth="2006-07-01"),
    "relatives_of_resident_return": lambda: _claim("resident_return", "dependant", birth="2006-07-01"),
    "relatives_of_main_slip": lambda: _claim("salary_report", "dependant", specific_main=1),
    "relatives_of_pension": lambda: _claim("pension_report", "dependant", other_count=1),
    "under16_of_slips": lambda: merge(
        paper(1, amounts=PAY, relatives=(relative("under16"),)), paper(2, "tax_return", PAY)
    ),
    "age_of_register": lambda: merge(
        paper(1, "tax_return", PAY, relatives=(relative("dependant"),)), kin={(1, "dependant", 1): CHILD}
    ),
    "cohabiting_by_register": lambda: merge(
        paper(1, amounts=PAY, elderly_main=1, relatives=(relative("dependant"),)),
        kin={(1, "dependant", 1): MOTHER},
    ),
    "relation_of_register": lambda: merge(
        paper(1, "pension_report", {"pension": 9}, elderly_count=1, relatives=(relative("dependant"),)),
        kin={(1, "dependant", 1): MOTHER},
    ),
    "income_of_own_documents": lambda: merge(
        paper(1, amounts=PAY, spouse_claimed="1", relatives=(relative("spouse"),)),
        kin={(1, "spouse", 1): SPOUSE._replace(income=50_000)},
    ),
    "category_by_count": lambda: merge(
        paper(1, amounts=PAY, other_main=1, relatives=(relative("dependant"),))
    ),
    "disability_by_count": lambda: merge(
        paper(1, amounts=PAY, under16_count=1, other_disabled=1, relatives=(relative("under16"),)),
        kin={(1, "under16", 1): INFANT},
    ),
    "adjustment_of_slip": lambda: merge(paper(1, amounts=PAY, income_adjustment=50_000)),
    "adjustment_of_return": lambda: _claim("tax_return", "dependant", adjustment="1"),
    "transfer_before_deduction": lambda: merge(paper(1, "tax_return", PAY, transfer_long_revenue=1)),
    "land_before_deduction": lambda: merge(
        paper(1, "tax_return", {"land_long": 1}, land_special_deduction=1)
    ),
    "housing_of_slip": lambda: merge(paper(1, amounts=PAY, **LOAN)),
    "housing_income_tax_of_slip": lambda: merge(paper(1, amounts=PAY, **LOAN)),
    "housing_income_tax_of_return": lambda: merge(
        paper(1, amounts=PAY, **LOAN), paper(2, "tax_return", PAY, tax_computed=1, taxable=1)
    ),
    "blue_return": lambda: merge(paper(1, "tax_return", PAY, blue_return="1")),
    "family_employee_of_return": lambda: merge(
        paper(
            1,
            "tax_return",
            PAY,
            relatives=(relative("dependant", birth="2006-07-01"), relative("family_employee")),
        ),
        kin={(1, "dependant", 1): CHILD, (1, "family_employee", 1): CHILD},
    ),
    "one_stop_void_by_filing": lambda: merge(
        paper(1, "one_stop_notice", {"donation_furusato": 1}), paper(2, "resident_return", PAY)
    ),
    "one_stop_void_by_number": lambda: merge(
        *(paper(n, "one_stop_notice", {"donation_furusato": 1}) for n in range(1, 7))
    ),
    "specified_dividends_only_if_declared": lambda: merge(paper(1, "withheld_levy", LEVY)),
    "retirement_apart": lambda: merge(paper(1, "retirement_slip")),
    "last_return": lambda: merge(paper(1, "tax_return", PAY), paper(2, "tax_return", PAY)),
    "same_document_twice": lambda: merge(paper(1, sender="one"), paper(2, sender="one")),
    "previous_pay_included": lambda: merge(
        paper(1, amounts=PAY, deductions_total=1, other_payer_payment=9),
        paper(2, amounts={"salary": 9}, joined_or_left="2"),
    ),
    "nothing_left_to_give": lambda: merge(paper(1, amounts=PAY), paper(2, "tax_return", PAY)),
    "nothing_stated": lambda: merge(paper(1)),
    "decision_of_officer": lambda: merge(
        paper(1, amounts=PAY), decisions={"salary": Decision(1, 4_000_000, 7)}
    ),
}
"""A smallest case of each rule."""
IN_BLOCKS = {"outside_base"}
"""Who is outside of the base is not merged at all: see test_again."""


def _claim(kind: str, role: str, **said: Any) -> Merged:
    items = {name: said.pop(name) for name in list(said) if name.endswith(("_main", "_count"))}
    return merge(paper(1, kind, PAY, relatives=(relative(role, **said),), **items))


def named_in(merged: Merged) -> set[str]:
    """Return the rules that a merge names, for facts and for documents put aside."""
    origins = {origin["rule"] for said in merged.origins.values() for origin in said}
    return origins | set(aside(merged).values())


@pytest.mark.parametrize("rule", EXAMPLES)
def test_a_rule_is_named_where_it_gave_something(rule: str) -> None:
    assert rule in named_in(EXAMPLES[rule]())


def test_every_rule_has_an_example() -> None:
    assert {one.id for one in rules()} == EXAMPLES.keys() | IN_BLOCKS


def test_every_rule_that_an_example_names_is_in_force_and_is_about_that_kind() -> None:
    known = book(YEAR).rules
    for example in EXAMPLES.values():
        merged = example()
        assert named_in(merged) <= known.keys()
        for one in merged.aside:
            assert one["kind"] in known[one["rule"]].kinds


@pytest.mark.parametrize(
    ("year", "rule", "is_in_force"),
    [
        (2015, "one_stop_added_up", False),
        (2016, "one_stop_added_up", True),
        (2011, "under16_of_slips", False),
        (2020, "adjustment_of_slip", False),
        (2021, "adjustment_of_slip", True),
        (2026, "incomes_of_return", True),
    ],
)
def test_a_rule_is_in_force_from_its_year(year: int, rule: str, is_in_force: bool) -> None:
    assert (rule in book(year).rules) is is_in_force


@pytest.mark.parametrize(
    ("year", "rule", "documents"),
    [
        (2015, "one_stop_added_up", [("one_stop_notice", {"donation_furusato": 9_000}, {})]),
        (2020, "adjustment_of_slip", [("salary_report", PAY, {"income_adjustment": 50_000})]),
    ],
)
def test_what_is_not_in_force_gives_nothing(year: int, rule: str, documents: Any) -> None:
    papers = [
        paper(number, kind, amounts, **items)
        for number, (kind, amounts, items) in enumerate(documents, start=1)
    ]

    before = merge(*papers, person=ME._replace(tax_year=year))
    after = merge(*papers, person=ME._replace(tax_year=YEAR))

    assert rule not in named_in(before)
    assert rule in named_in(after)


def test_who_was_born_on_1_january_is_older_on_31_december() -> None:
    born = SPOUSE._replace(birth_date=date(1956, 1, 1))
    filed = paper(1, "resident_return", PAY, spouse_claimed="1", relatives=(relative("spouse"),))

    merged = merge(filed, kin={(1, "spouse", 1): born})

    assert merged.facts["spouse"]["age"] == 70
