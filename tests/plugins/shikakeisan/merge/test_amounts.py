"""Which document gives which amount: the order of documents, adding up, once only, setting aside."""

from itertools import permutations
from typing import Any

import pytest

from plugins.shikakeisan.merge.book import book, rule_texts
from plugins.shikakeisan.service import assess_many
from tests.plugins.shikakeisan.merge.papers import YEAR, aside, codes, merge, paper

SLIP = {"salary": 4_000_000, "social_insurance": 600_000, "life_care": 30_000}


def origins(merged: Any, path: str) -> list[tuple[int, str, str]]:
    return [(one["document"], one["item"], one["rule"]) for one in merged.origins[path]]


def test_a_single_slip_gives_its_amounts_with_origins() -> None:
    merged = merge(paper(1, amounts=SLIP))

    assert merged.facts == {"taxpayer": {"birth": "1980-04-05"}, **SLIP}
    assert origins(merged, "salary") == [(1, "salary", "slips_added_up")]
    assert origins(merged, "life_care") == [(1, "life_care", "premiums_of_main_slip")]
    assert (merged.documents, merged.aside, merged.findings) == ([1], [], [])


def test_slips_of_several_employers_are_added_and_premiums_come_from_the_main_one() -> None:
    main = paper(1, amounts=SLIP, deductions_total=1_500_000)
    second = paper(
        2, amounts={"salary": 500_000, "social_insurance": 1, "life_care": 9}, secondary_column="1"
    )

    merged = merge(second, main)

    assert merged.facts["salary"] == 4_500_000
    assert merged.facts["social_insurance"] == 600_001
    assert merged.facts["life_care"] == 30_000
    assert origins(merged, "salary") == [(1, "salary", "slips_added_up"), (2, "salary", "slips_added_up")]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ({"deductions_total": 1}, {}),
        ({}, {"joined_or_left": "2"}),
        ({"amount": 600_000}, {}),
        ({"deductions_total": 1}, {"amount": 600_000}),
        ({}, {"joined_or_left": "2", "amount": 600_000}),
    ],
)
def test_the_main_employer_adjusts_then_keeps_then_pays_most(
    first: dict[str, Any], second: dict[str, Any]
) -> None:
    slips = [
        paper(number, amounts={"salary": items.pop("amount", 500_000), "life_care": number}, **items)
        for number, items in ((1, dict(first)), (2, dict(second)))
    ]

    assert merge(*slips).facts["life_care"] == 1


def test_pensions_and_their_insurance_are_added() -> None:
    merged = merge(
        paper(1, "pension_report", {"pension": 1_000_000, "social_insurance": 50_000}),
        paper(2, "pension_report", {"pension": 300_000}),
    )

    assert (merged.facts["pension"], merged.facts["social_insurance"]) == (1_300_000, 50_000)


@pytest.mark.parametrize(
    ("stated", "expected"),
    [
        ({"salary": 4_000_000, "business": 7}, {"salary": 4_000_000, "business": 7}),
        ({"salary": 4_500_000, "life_new_general": 5}, {"salary": 4_500_000, "life_new_general": 5}),
    ],
)
def test_a_return_decides_all_amounts(stated: dict[str, int], expected: dict[str, int]) -> None:
    merged = merge(paper(1, amounts=SLIP), paper(2, "tax_return", stated))

    assert merged.facts == {"taxpayer": {"birth": "1980-04-05"}, **expected}
    assert aside(merged) == {1: "nothing_left_to_give"}
    assert codes(merged) == []


def test_a_resident_return_decides_what_it_states_and_leaves_the_rest_to_slips() -> None:
    merged = merge(
        paper(1, "pension_report", {"pension": 2_000_000, "social_insurance": 90_000}),
        paper(2, "resident_return", {"social_insurance": 250_000, "quake": 20_000}),
    )

    assert (merged.facts["pension"], merged.facts["social_insurance"], merged.facts["quake"]) == (
        2_000_000,
        250_000,
        20_000,
    )
    assert merged.documents == [1, 2]


def test_a_return_goes_before_a_resident_return() -> None:
    merged = merge(
        paper(1, "resident_return", {"salary": 1, "social_insurance": 2}),
        paper(2, "tax_return", {"salary": 3, "social_insurance": 4}),
    )

    assert (merged.facts["salary"], merged.facts["social_insurance"]) == (3, 4)
    assert aside(merged) == {1: "nothing_left_to_give"}


def test_premiums_that_a_return_does_not_break_down_come_from_the_slip() -> None:
    merged = merge(
        paper(1, amounts=SLIP, quake_deduction=12_000),
        paper(2, "tax_return", {"salary": 4_000_000}, life_deduction=20_000, quake_deduction=12_000),
    )

    assert (merged.facts["life_care"], merged.facts["quake"]) == (30_000, 12_000)
    assert codes(merged) == []


def test_premiums_that_nobody_breaks_down_are_found() -> None:
    merged = merge(paper(2, "tax_return", {"salary": 4_000_000}, life_deduction=20_000))

    assert codes(merged) == ["PREMIUMS_NOT_STATED"]


@pytest.mark.parametrize(
    ("deduction", "old_long", "premium"),
    [(50_000, 0, 50_000), (30_000, 9_000, 21_000), (17_500, 15_000, 5_000), (15_000, 30_000, 0)],
)
def test_the_premium_is_what_a_slip_deducts_beside_the_old_long_contracts(
    deduction: int, old_long: int, premium: int
) -> None:
    merged = merge(paper(1, amounts={**SLIP, "quake_old_long": old_long}, quake_deduction=deduction))

    assert merged.facts.get("quake", 0) == premium


def test_pay_of_the_previous_employer_is_not_counted_twice() -> None:
    last = paper(1, amounts={"salary": 5_000_000}, deductions_total=1, other_payer_payment=2_000_000)
    first = paper(2, amounts={"salary": 2_000_000}, joined_or_left="2")

    merged = merge(first, last)

    assert merged.facts["salary"] == 5_000_000
    assert aside(merged) == {2: "previous_pay_included"}


def test_pay_of_the_previous_employer_that_differs_is_found() -> None:
    last = paper(1, amounts={"salary": 5_000_000}, deductions_total=1, other_payer_payment=2_000_000)
    first = paper(2, amounts={"salary": 1_900_000}, joined_or_left="2")

    merged = merge(first, last)

    assert merged.facts["salary"] == 6_900_000
    assert [(one.code, one.documents) for one in merged.findings] == [("PREVIOUS_PAY_DIFFERS", (1, 2))]


@pytest.mark.parametrize(
    ("kind", "fact", "code"),
    [("salary_report", "salary", "SAME_PAYER_TWICE"), ("pension_report", "pension", "SAME_PENSION_TWICE")],
)
def test_the_same_word_for_word_counts_once_and_is_found_with_both(kind: str, fact: str, code: str) -> None:
    merged = merge(
        paper(1, kind, {fact: 900_000}, sender="payer"), paper(2, kind, {fact: 900_000}, sender="payer")
    )

    assert merged.facts[fact] == 900_000
    assert aside(merged) == {2: "same_document_twice"}
    assert [(one.code, one.documents, one.details) for one in merged.findings] == [
        (code, (1, 2), {"amount": "once"})
    ]


def test_two_slips_of_one_payer_that_differ_are_both_counted_and_found() -> None:
    merged = merge(
        paper(1, "pension_report", {"pension": 900_000}, sender="payer"),
        paper(2, "pension_report", {"pension": 800_000}, sender="payer"),
    )

    assert merged.facts["pension"] == 1_700_000
    assert [(one.code, one.documents, one.details) for one in merged.findings] == [
        ("SAME_PENSION_TWICE", (1, 2), {"amount": "added"})
    ]


def test_an_additional_slip_of_a_payer_is_added_without_a_word() -> None:
    merged = merge(
        paper(1, amounts={"salary": 900_000}, sender="payer"),
        paper(2, amounts={"salary": 100_000}, sender="payer", action="add"),
    )

    assert (merged.facts["salary"], codes(merged)) == (1_000_000, [])


def test_equal_pensions_of_two_payers_are_added_and_found() -> None:
    same = {"pension": 900_000, "social_insurance": 12_345}

    merged = merge(paper(1, "pension_report", same), paper(2, "pension_report", same))

    assert merged.facts["pension"] == 1_800_000
    assert codes(merged) == ["SAME_PENSION_OF_TWO_PAYERS"]


def test_of_two_returns_the_later_one_counts() -> None:
    merged = merge(
        paper(1, "tax_return", {"salary": 2}, filed_on="2026-03-14"),
        paper(2, "tax_return", {"salary": 1}, filed_on="2026-02-20"),
    )

    assert merged.facts["salary"] == 2
    assert (aside(merged), codes(merged)) == ({2: "last_return"}, ["RETURN_TWICE"])


def test_pay_that_a_return_leaves_out_is_found() -> None:
    merged = merge(paper(1, amounts=SLIP), paper(2, "tax_return", {"salary": 3_000_000}))

    assert merged.facts["salary"] == 3_000_000
    assert [(one.code, one.documents) for one in merged.findings] == [("SLIP_NOT_IN_RETURN", (1, 2))]


def test_one_stop_gifts_are_added_up_without_a_return() -> None:
    gifts = [paper(n, "one_stop_notice", {"donation_furusato": n * 10_000}) for n in range(1, 6)]

    merged = merge(*gifts)

    assert (merged.facts["donation_furusato"], merged.facts["one_stop"]) == (150_000, True)


@pytest.mark.parametrize("kind", ["tax_return", "resident_return"])
def test_a_filed_return_makes_one_stop_notices_void(kind: str) -> None:
    merged = merge(
        paper(1, "one_stop_notice", {"donation_furusato": 10_000}),
        paper(2, kind, {"salary": 1, "donation_furusato": 30_000}),
    )

    assert merged.facts["donation_furusato"] == 30_000
    assert "one_stop" not in merged.facts
    assert (aside(merged), codes(merged)) == ({1: "one_stop_void_by_filing"}, ["ONE_STOP_VOID"])


def test_more_than_five_municipalities_make_one_stop_notices_void() -> None:
    merged = merge(*(paper(n, "one_stop_notice", {"donation_furusato": 10_000}) for n in range(1, 7)))

    assert "donation_furusato" not in merged.facts
    assert set(aside(merged).values()) == {"one_stop_void_by_number"}
    assert codes(merged) == ["ONE_STOP_VOID"]


def test_withheld_dividends_count_only_if_declared() -> None:
    levy = paper(1, "withheld_levy", {"listed_dividend": 100_000, "dividend_levy_withheld": 5_000})

    alone = merge(levy, paper(2, amounts=SLIP))
    declared = merge(levy, paper(2, "tax_return", {"listed_dividend": 100_000}))
    stated = merge(
        levy, paper(2, "tax_return", {"listed_dividend": 100_000, "dividend_levy_withheld": 4_000})
    )

    assert "listed_dividend" not in alone.facts
    assert aside(alone) == {1: "specified_dividends_only_if_declared"}
    assert (declared.facts["listed_dividend"], declared.facts["dividend_levy_withheld"]) == (100_000, 5_000)
    assert stated.facts["dividend_levy_withheld"] == 4_000


def test_retirement_pay_stays_apart() -> None:
    merged = merge(paper(1, "retirement_slip", {"retirement.amount": 9_000_000, "retirement.years": 30}))

    assert merged.facts == {"taxpayer": {"birth": "1980-04-05"}}
    assert aside(merged) == {1: "retirement_apart"}


@pytest.mark.parametrize(
    ("slip", "fact", "rule"), [("1", "salary", "slips_added_up"), ("2", "pension", "slips_added_up")]
)
def test_a_punched_slip_is_the_paper_it_stands_for(slip: str, fact: str, rule: str) -> None:
    merged = merge(paper(1, "punched_slip", {fact: 700_000}, slip=slip))

    assert (merged.facts[fact], origins(merged, fact)) == (700_000, [(1, fact, rule)])


def test_items_of_a_return_become_facts() -> None:
    merged = merge(
        paper(
            1,
            "tax_return",
            {"salary": 1},
            medical_deduction=50_000,
            loss_carried=9_000,
            stock_loss_used=3,
            dividend_loss_used=4,
            pension_income=20_000,
            blue_return="1",
        )
    )

    assert merged.facts["medical_deduction_given"] == 50_000
    assert merged.facts["carryover"] == {"net_loss": 9_000, "listed_stock": 7}
    assert merged.facts["misc_pension"] == 20_000
    assert merged.facts["blue_return"] is True
    assert codes(merged) == ["LOSS_KIND_UNKNOWN"]


FOURTH = {
    "loss_left_blue_1": 900_000,
    "loss_left_blue_timber_2": 40_000,
    "loss_left_variable_3": -7_000,
    "loss_left_residence_2": 3_000_000,
    "loss_left_casualty_1": 250_000,
    "loss_used_blue_1": 600_000,
    "loss_used_stock": 5_000,
    "loss_used_futures": 6_000,
}


def test_the_fourth_form_says_which_losses_of_which_year_are_left() -> None:
    merged = merge(paper(1, "tax_return", {"business": 600_000}, loss_carried=600_000, **FOURTH))

    assert merged.facts["carryover"] == {
        "net_loss_1": 900_000,
        "net_loss_2": 40_000,
        "net_loss_3": 7_000,
        "net_loss_timber": 40_000,
        "residence_loss_2": 3_000_000,
        "casualty_1": 250_000,
        "listed_stock": 5_000,
        "futures": 6_000,
    }
    assert origins(merged, "carryover.net_loss_1") == [(1, "loss_left_blue_1", "incomes_of_return")]
    assert codes(merged) == []


@pytest.mark.parametrize(
    ("items", "expected", "found"),
    [
        ({"loss_used_blue_2": 9_000}, {"net_loss_2": 9_000}, []),
        ({"loss_used_casualty_3": 8_000}, {"casualty_3": 8_000}, ["LOSS_FORMS_DIFFER"]),
        ({"loss_left_blue_1": 9_000}, {"net_loss_1": 9_000}, ["LOSS_FORMS_DIFFER"]),
        ({"loss_used_stock": 9_000}, {"net_loss": 9_000, "listed_stock": 9_000}, ["LOSS_KIND_UNKNOWN"]),
        (
            {"stock_loss_used": 5, "loss_used_stock": 5},
            {"net_loss": 9_000, "listed_stock": 5},
            ["LOSS_KIND_UNKNOWN"],
        ),
    ],
)
def test_what_the_forms_say_of_losses_is_held_against_each_other(
    items: dict[str, int], expected: dict[str, int], found: list[str]
) -> None:
    merged = merge(paper(1, "tax_return", {"salary": 1}, loss_carried=9_000, **items))

    assert (merged.facts["carryover"], codes(merged)) == (expected, found)


@pytest.mark.parametrize(
    ("short", "long"),
    [(300_000, 0), (0, 700_000), (300_000, 700_000), (-200_000, 0), (0, -200_000), (0, 0)],
)
def test_gains_of_the_first_form_give_the_income_that_it_states(short: int, long: int) -> None:
    filed = paper(1, "tax_return", {"salary": 1}, transfer_short_revenue=short, transfer_long_revenue=long)

    [found] = assess_many(YEAR, "331007", [merge(filed).facts])

    names = ("transfer_short_income", "transfer_long_income")
    assert [found.values[name] for name in names] == [max(short, 0), max(long, 0)]


def test_gains_are_before_the_special_deduction_and_say_so() -> None:
    filed = paper(1, "tax_return", {"salary": 1}, transfer_short_revenue=300_000, transfer_long_revenue=9)

    merged = merge(filed)

    assert (merged.facts["transfer_short"], merged.facts["transfer_long"]) == (800_000, 9)
    assert origins(merged, "transfer_short") == [(1, "transfer_short_revenue", "transfer_before_deduction")]


def test_land_is_split_into_gain_and_special_deduction() -> None:
    filed = paper(1, "tax_return", {"land_long_residence": 5_000_000}, land_special_deduction=30_000_000)

    merged = merge(filed)

    [found] = assess_many(YEAR, "331007", [merged.facts])
    assert merged.facts["land_long_residence"] == {"revenue": 35_000_000, "special_deduction": 30_000_000}
    assert found.values["total_income_all"] == 35_000_000
    assert origins(merged, "land_long_residence.revenue") == [
        (1, "land_long_residence", "land_before_deduction")
    ]
    assert codes(merged) == []


@pytest.mark.parametrize("land", [{}, {"land_long": 1, "land_short": 2}])
def test_a_special_deduction_that_no_class_of_land_explains_waits(land: dict[str, int]) -> None:
    filed = paper(1, "tax_return", {"salary": 1, **land}, land_special_deduction=30_000_000)

    assert codes(merge(filed)) == ["LAND_DEDUCTION_UNCLEAR"]


def test_land_without_a_special_deduction_is_one_figure() -> None:
    assert merge(paper(1, "tax_return", {"land_long": 7})).facts["land_long"] == 7


def test_the_order_of_documents_does_not_matter() -> None:
    papers = [
        paper(1, amounts=SLIP, deductions_total=1),
        paper(2, amounts={"salary": 5}, secondary_column="1"),
        paper(3, "pension_report", {"pension": 7}),
        paper(4, "one_stop_notice", {"donation_furusato": 9}),
    ]

    found = [merge(*order) for order in permutations(papers)]

    assert all(one == found[0] for one in found)


def test_every_document_is_used_or_aside_with_a_rule_in_force() -> None:
    merged = merge(
        paper(1, amounts=SLIP),
        paper(2, "tax_return", {"salary": 4_000_000}),
        paper(3, "retirement_slip"),
        paper(4, "one_stop_notice", {"donation_furusato": 1}),
        paper(5, "withheld_levy", {"listed_dividend": 1}),
        paper(6, "resident_return"),
    )

    assert sorted([*merged.documents, *aside(merged)]) == [1, 2, 3, 4, 5, 6]
    assert set(aside(merged).values()) <= book(YEAR).rules.keys()


def test_every_rule_named_by_a_group_exists_and_every_text_is_there() -> None:
    for group in book(YEAR).groups:
        assert group.rules
    assert all(rule.text and (rule.law or rule.id == "nothing_stated") for rule in rule_texts().values())
