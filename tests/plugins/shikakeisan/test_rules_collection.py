"""Deductions, credits, per capita and collection worked out by hand where no published example reaches."""

from typing import Any

import pytest

from plugins.shikakeisan.service import assess

ADULT = {"taxpayer": {"age": 40}}
FAMILY = {**ADULT, "salary": 5_000_000, "spouse": {}, "dependants": [{"age": 9}, {"age": 7}]}
PENSIONER = {"taxpayer": {"age": 70}, "pension": 3_000_000}
LOAN = {"available": 200_000, "it_tax": 60_000, "it_taxable": 2_000_000}
CASES = {
    "住宅: 平成19・20年の入居には住民税の控除がない（附則5条の4の2第1項・5項）": (
        2022,
        "000000",
        {**ADULT, "salary": 5_000_000, "housing_loan": {**LOAN, "move_in": "2008-12"}},
        {"it_leftover": 140_000, "housing_cap": 0, "housing_credit": 0},
    ),
    "住宅: 平成21年の入居は5％と97,500円の少ない方": (
        2022,
        "000000",
        {**ADULT, "salary": 5_000_000, "housing_loan": {**LOAN, "move_in": "2009-01"}},
        {"housing_cap": 97_500, "housing_credit_city": 58_500, "housing_credit_pref": 39_000},
    ),
    "住宅: 令和4年の入居で契約の要件を満たす者は7％（特別特例取得）": (
        2026,
        "331007",
        {
            **ADULT,
            "salary": 5_000_000,
            "housing_loan": {
                **LOAN,
                "move_in": "2022-12",
                "specified_acquisition": True,
                "it_taxable": 1_500_000,
                "it_basic": 680_000,
            },
        },
        {"housing_cap": 119_000, "housing_credit_city": 95_200, "housing_credit_pref": 23_800},
    ),
    "勤労学生: 申告による退職所得は勤労によるもの（292条1項13号）": (
        2026,
        "000000",
        {
            "taxpayer": {"age": 20},
            "salary": 1_000_000,
            "retirement_comprehensive": 300_000,
            "working_student": True,
        },
        {"total_income_all": 650_000, "is_working_student": True, "ded_student": 260_000},
    ),
    "勤労学生: 公的年金は勤労によらない（292条1項13号）": (
        2026,
        "000000",
        {"taxpayer": {"age": 70}, "salary": 900_000, "pension": 1_400_000, "working_student": True},
        {"total_income_all": 450_000, "is_working_student": False, "ded_student": 0},
    ),
    "家屋敷: 指定都市に住む者も、別の区の家屋敷に均等割（294条1項2号・737条）": (
        2026,
        "331007",
        {"taxpayer": {"age": 50, "house_wards": 1}, "salary": 5_000_000},
        {"percap_count": 2, "percap_city": 6_000, "percap_pref": 3_000, "forest": 1_000},
    ),
    "家屋敷: 区の数が書かれなければ一つ": (
        2026,
        "000000",
        {"taxpayer": {"age": 50, "house_only": True}, "salary": 5_000_000},
        {"percap_count": 1, "percap_city": 3_000, "percap_pref": 1_000, "forest": 0, "income_levy_total": 0},
    ),
    "家屋敷だけの者も、所得が限度額以下なら非課税（295条3項）": (
        2026,
        "331007",
        {"taxpayer": {"age": 50, "house_only": True}, "salary": 1_100_000},
        {"total_income_all": 450_000, "annual_total": 0},
    ),
    "配当控除: 1,000万円を超える部分は外貨建、証券投信、その他の順（所得税法92条1項3号にならう）": (
        2026,
        "000000",
        {
            **ADULT,
            "salary_income": 9_430_000,
            "dividend_aggregate": 1_000_000,
            "dividend_trust": 1_500_000,
            "dividend_trust_foreign": 500_000,
        },
        {
            "taxable": 12_000_000,
            "dividend_credit_city": 1_000 + 6_000 + 16_000,
            "dividend_credit_pref": 750 + 4_500 + 12_000,
        },
    ),
    "定額減税: 四人家族の納期と月割（附則5条の8〜5条の10）": (
        2024,
        "000000",
        FAMILY,
        {
            "teigaku_total": 40_000,
            "teigaku_pref": 16_000,
            "annual_total": 242_500,
            "ordinary_instalments": [32_500, 70_000, 70_000, 70_000],
            "salary_months": [0, 22_500, *[22_000] * 10],
        },
    ),
    "定額減税: 指定都市の県の分は10分の2（附則5条の8）": (
        2024,
        "331007",
        FAMILY,
        {"teigaku_total": 40_000, "teigaku_pref": 8_000, "teigaku_city": 32_000, "annual_total": 243_000},
    ),
    "定額減税: 年金は10月から引く（附則5条の11）": (
        2024,
        "000000",
        {**PENSIONER, "pension_withholding": {"continuing": True, "previous_annual": 60_000}},
        {
            "annual_total": 139_500,
            "pension_provisional": [10_000] * 3,
            "pension_main": [29_900, 39_800, 39_800],
        },
    ),
    "定額減税: 1,805万円を超える者は6月から12か月": (
        2024,
        "000000",
        {**ADULT, "business": 18_050_001},
        {"teigaku_total": 0, "special_months": 0},
    ),
    "令和7年度の定額減税は納期と月割の特例がない（附則5条の12）": (
        2025,
        "000000",
        {**ADULT, "salary": 13_000_000, "spouse": {}},
        {
            "teigaku_total": 10_000,
            "annual_total": 1_054_500,
            "ordinary_instalments": [265_500, *[263_000] * 3],
            "salary_months": [88_700, *[87_800] * 11],
        },
    ),
    "ひとり親の母は差が5万円（37条1号イ(3)）": (
        2026,
        "000000",
        {**ADULT, "salary": 5_000_000, "single_parent": "mother"},
        {"adj_diff": 100_000, "taxable": 2_830_000, "adj_total": 2_500},
    ),
    "配偶者特別控除の差は令和7年度まで（37条1号イ(6)）": (
        2025,
        "000000",
        {**ADULT, "salary": 5_000_000, "spouse": {"total_income": 499_999}},
        {"ded_spouse_special": 330_000, "adj_diff": 100_000},
    ),
    "合計所得58万円までの配偶者は令和8年度に同一生計配偶者": (
        2026,
        "000000",
        {**ADULT, "salary": 5_000_000, "spouse": {"total_income": 580_000}},
        {"ded_spouse": 330_000, "ded_spouse_special": 0, "adj_diff": 100_000},
    ),
    "所得割がなく均等割だけの者は第1期に全額（320条）": (
        2026,
        "331007",
        {**ADULT, "salary": 1_100_001, "dependants": [{"age": 9}], "given": {"percap_exempt": False}},
        {
            "income_levy_total": 0,
            "annual_total": 5_500,
            "ordinary_instalments": [5_500, 0, 0, 0],
            "salary_months": [5_500, *[0] * 11],
        },
    ),
}


@pytest.mark.parametrize(("year", "code", "facts", "expected"), CASES.values(), ids=CASES.keys())
def test_rule_worked_by_hand(year: Any, code: Any, facts: Any, expected: Any) -> None:
    outcome = assess(year, code, facts)

    assert not outcome.errors
    assert {name: outcome.values[name] for name in expected} == expected
