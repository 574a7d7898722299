"""合計所得金額, 総所得金額 and 総所得金額等 of people in whom they differ, and what follows from each.

合計所得金額 (法292条1項13号) is before carried losses, with land before its special deduction. 総所得金額
(法313条1項) is after them, without the separate classes. 総所得金額等 is after them, with all classes.
"""

from typing import Any

import pytest

from plugins.shikakeisan.service import assess

YEAR, CODE = 2026, "000000"
ADULT = {"taxpayer": {"age": 40}}
SALARY = {**ADULT, "salary": 5_000_000}
PEOPLE = {
    "純損失: 均等割は課税、所得割は非課税、医療費は控除後の5％": (
        {**SALARY, "medical_paid": 100_000, "carryover": {"net_loss_1": 3_200_000}},
        (3_560_000, 360_000, 360_000),
        {"percap_exempt": False, "levy_exempt": True, "ded_medical": 82_000, "annual_total": 5_000},
    ),
    "土地: 特別控除前で数えるので基礎控除も配偶者控除もない": (
        {
            **SALARY,
            "spouse": {},
            "medical_paid": 300_000,
            "land_long": {"revenue": 40_000_000, "expense": 10_000_000, "special_deduction": 30_000_000},
        },
        (33_560_000, 3_560_000, 33_560_000),
        {
            "ded_basic": 0,
            "ded_spouse": 0,
            "ded_medical": 200_000,
            "taxable": 3_360_000,
            "taxable_land_long": 0,
        },
    ),
    "上場株式の繰越し: ひとり親の135万円は控除前、医療費は控除後": (
        {
            **ADULT,
            "salary": 1_500_000,
            "single_parent": "mother",
            "medical_paid": 100_000,
            "listed_stock": 3_000_000,
            "carryover": {"listed_stock_1": 3_000_000},
        },
        (3_850_000, 850_000, 850_000),
        {"person_exempt": False, "ded_single_parent": 300_000, "ded_medical": 57_500, "taxable": 62_000},
    ),
    "居住用財産の繰越し: 総所得金額等が0でも均等割は課税": (
        {**SALARY, "carryover": {"residence_loss_1": 3_560_000}},
        (3_560_000, 0, 0),
        {"percap_exempt": False, "levy_exempt": True, "ded_basic": 430_000, "annual_total": 5_000},
    ),
    "雑損失の繰越し: 総所得の次に先物から引く": (
        {
            **ADULT,
            "business": 1_000_000,
            "futures": 2_000_000,
            "medical_paid": 100_000,
            "carryover": {"casualty_1": 1_500_000},
        },
        (3_000_000, 0, 1_500_000),
        {"ded_medical": 25_000, "taxable_futures": 1_045_000},
    ),
    "先物の繰越し: 均等割は課税、所得割は非課税": (
        {**ADULT, "futures": 500_000, "carryover": {"futures_1": 500_000}},
        (500_000, 0, 0),
        {"percap_exempt": False, "levy_exempt": True},
    ),
    "一時所得は2分の1で数え、限度額ちょうどは非課税": (
        {**ADULT, "temporary": 900_000},
        (450_000, 450_000, 450_000),
        {"percap_exempt": True},
    ),
    "損益通算の後で2分の1にする": (
        {**ADULT, "temporary": 900_000, "business": -200_000},
        (350_000, 350_000, 350_000),
        {"percap_exempt": True},
    ),
    "総合課税の退職所得は総所得金額に入らない": (
        {**ADULT, "retirement_comprehensive": 2_000_000},
        (2_000_000, 0, 2_000_000),
        {"taxable": 0, "taxable_retirement": 1_570_000},
    ),
    "特別徴収される退職所得はどれにも入らない": (
        {**ADULT, "retirement": {"amount": 30_000_000, "years": 20}},
        (0, 0, 0),
        {"percap_exempt": True},
    ),
    "勤労学生の85万円は繰越控除前": (
        {**ADULT, "working_student": True, "business": 850_001, "carryover": {"net_loss_1": 500_000}},
        (850_001, 350_001, 350_001),
        {"ded_student": 0},
    ),
    "ひとり親の500万円は繰越控除前": (
        {**ADULT, "single_parent": "mother", "business": 5_000_001, "carryover": {"net_loss_1": 1_000_000}},
        (5_000_001, 4_000_001, 4_000_001),
        {"ded_single_parent": 0},
    ),
    "配偶者控除の900万円は繰越控除前": (
        {**ADULT, "spouse": {}, "business": 9_000_001, "carryover": {"net_loss_1": 1_000_000}},
        (9_000_001, 8_000_001, 8_000_001),
        {"ded_spouse": 220_000},
    ),
    "公的年金等控除の1,000万円は繰越控除前": (
        {
            "taxpayer": {"age": 70},
            "pension": 3_000_000,
            "business": 10_000_001,
            "carryover": {"net_loss_1": 5_000_000},
        },
        (12_000_001, 7_000_001, 7_000_001),
        {"other_total_income": 10_000_001, "pension_income": 2_000_000},
    ),
    "障害者の135万円は繰越控除前": (
        {
            "taxpayer": {"age": 40, "disability": "ordinary"},
            "business": 1_350_001,
            "carryover": {"net_loss_1": 1_000_000},
        },
        (1_350_001, 350_001, 350_001),
        {"percap_exempt": False, "levy_exempt": True},
    ),
    "雑損控除の10％は繰越控除後": (
        {
            **ADULT,
            "business": 4_000_000,
            "casualty": {"net_loss": 500_000},
            "carryover": {"net_loss_1": 1_000_000},
        },
        (4_000_000, 3_000_000, 3_000_000),
        {"ded_casualty": 200_000},
    ),
}


@pytest.mark.parametrize(("facts", "incomes", "follows"), PEOPLE.values(), ids=PEOPLE.keys())
def test_three_incomes_and_what_follows(facts: Any, incomes: Any, follows: Any) -> None:
    values = assess(YEAR, CODE, facts).values

    assert (values["total_income_all"], values["aggregate_income"], values["total_income"]) == incomes
    assert {name: values[name] for name in follows} == follows


@pytest.mark.parametrize(("income", "deduction"), [(580_000, 330_000), (580_001, 0)])
def test_a_dependant_is_tested_by_the_income_before_carried_losses(income: Any, deduction: Any) -> None:
    relative = {"age": 30, "total_income": income}

    values = assess(YEAR, CODE, {**SALARY, "dependants": [relative]}).values

    assert values["ded_dependants"] == deduction
    assert values["counted_relatives"] == (deduction > 0)
