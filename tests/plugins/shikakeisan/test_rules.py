"""Rules that no published example reaches, worked out by hand from the law: (year, municipality, facts,
figures)."""

from typing import Any

import pytest

from plugins.shikakeisan.service import assess

ADULT = {"taxpayer": {"age": 40}}
FIVE_MILLION = {**ADULT, "salary": 5_000_000}
HIGH = {**ADULT, "salary": 13_000_000, "spouse": {}}
CASES = {
    "家屋敷だけの者は、指定都市の区ごとに均等割だけ": (
        2026,
        "331007",
        {"taxpayer": {"age": 50, "house_only": True, "house_wards": 2}, "salary": 5_000_000},
        {
            "percap_city": 6_000,
            "percap_pref": 3_000,
            "forest": 0,
            "income_levy_total": 0,
            "annual_total": 9_000,
        },
    ),
    "定額減税のある令和6年度の納期と月割": (
        2024,
        "000000",
        FIVE_MILLION,
        {
            "taxable": 3_130_000,
            "teigaku_pref": 4_000,
            "teigaku_city": 6_000,
            "annual_total": 305_500,
            "annual_total_before_teigaku": 315_500,
            "ordinary_instalments": [71_500, 78_000, 78_000, 78_000],
            "salary_months": [0, 28_500, *[27_700] * 10],
        },
    ),
    "1,000万円超の者の配偶者は令和6年度の定額減税に数えない": (
        2024,
        "000000",
        HIGH,
        {"teigaku_amount": 10_000},
    ),
    "1,000万円超の者の配偶者は令和7年度に1万円": (2025, "000000", HIGH, {"teigaku_amount": 10_000}),
    "配偶者のない者に令和7年度の定額減税はない": (2025, "000000", FIVE_MILLION, {"teigaku_amount": 0}),
    "令和8年度に定額減税はない": (2026, "000000", HIGH, {"teigaku_amount": 0, "teigaku_total": 0}),
    "引ききれない株式等譲渡所得割額は均等割に充て、残りを還付": (
        2026,
        "000000",
        {**ADULT, "listed_stock": 1_000_000, "stock_levy_withheld": 50_000},
        {
            "taxable_listed_stock": 570_000,
            "gross_city": 17_100,
            "gross_pref": 11_400,
            "income_levy_total": 0,
            "applied_to_percap": 5_000,
            "refund": 16_500,
            "annual_total": 5_000,
            "payable": 0,
        },
    ),
    "土地の譲渡で合計所得金額が1,000万円を超えると配偶者控除がない": (
        2026,
        "000000",
        {
            **ADULT,
            "salary": 4_500_000,
            "social_insurance": 400_000,
            "land_long": {"revenue": 30_000_000, "expense": 18_000_000},
            "spouse": {},
        },
        {
            "total_income_all": 15_160_000,
            "ded_spouse": 0,
            "taxable": 2_330_000,
            "gross_city": 499_800,
            "adj_city": 1_500,
        },
    ),
    "土地の特別控除は合計所得金額の後で引く": (
        2026,
        "000000",
        {
            **ADULT,
            "land_long_residence": {"revenue": 100_000_000, "expense": 1, "special_deduction": 30_000_000},
        },
        {
            "total_income_all": 99_999_999,
            "ded_basic": 0,
            "taxable_land_long_residence": 69_999_000,
            "gross_city": 1_440_000 + 299_970,
            "gross_pref": 960_000 + 199_980,
        },
    ),
    "調整措置は税引後の所得を非課税限度額に保つ": (
        2026,
        "000000",
        {**ADULT, "salary": 1_101_000},
        {"choseisochi_reduction": 50, "levy_after_city": 600, "levy_after_pref": 400, "annual_total": 6_000},
    ),
    "未成年者は135万円まで非課税": (
        2026,
        "000000",
        {"taxpayer": {"birth": "2008-01-03"}, "salary": 1_500_000},
        {"is_minor": True, "annual_total": 0},
    ),
    "1月2日生まれは賦課期日に成年": (
        2026,
        "000000",
        {"taxpayer": {"birth": "2008-01-02"}, "salary": 1_500_000},
        {"is_minor": False, "income_levy_total": 39_500},
    ),
    "19歳は令和4年度まで未成年": (
        2022,
        "000000",
        {"taxpayer": {"age": 19}, "salary": 1_500_000},
        {"is_minor": True, "annual_total": 0},
    ),
    "年金以外の所得が1,000万円を超えると公的年金等控除が10万円減る": (
        2026,
        "000000",
        {"taxpayer": {"age": 70}, "pension": 3_000_000, "business": 10_000_001},
        {"pension_income": 2_000_000},
    ),
    "年金以外の所得が1,000万円なら減らない": (
        2026,
        "000000",
        {"taxpayer": {"age": 70}, "pension": 3_000_000, "business": 10_000_000},
        {"pension_income": 1_900_000},
    ),
    "外国税額は県から先に引く": (
        2026,
        "000000",
        {**FIVE_MILLION, "foreign_tax": {"unused": 40_000, "it_limit": 100_000}},
        {"foreign_credit_pref": 12_000, "foreign_credit_city": 18_000},
    ),
    "申告特例控除の端数は最後に一度だけ切り上げる（附則7条の2。県 38,000×40%×10.21%＝1,551.92）": (
        2023,
        "232017",
        {
            **ADULT,
            "salary": 7_000_000,
            "social_insurance": 700_000,
            "donation_furusato": 40_000,
            "one_stop": True,
            "spouse": {},
            "dependants": [{"age": 17}],
        },
        {"donation_special_city": 18_193, "one_stop_city": 2_328, "one_stop_pref": 1_552},
    ),
    "減免は市と県のそれぞれを百円未満切捨て": (
        2026,
        "000000",
        {**FIVE_MILLION, "genmen": {"numerator": 1, "denominator": 2}},
        {
            "annual_total": 315_500,
            "genmen_amount": 157_300,
            "annual_after_genmen": 158_200,
            "payable": 158_200,
        },
    ),
    "障害者になって退職した者": (
        2026,
        "331007",
        {**ADULT, "retirement": {"amount": 20_000_000, "years": 25, "disability": True}},
        {"retirement_deduction": 12_500_000, "retire_city": 225_000, "retire_pref": 150_000},
    ),
    "令和3年の短期の退職手当は全部が2分の1": (
        2021,
        "000000",
        {**ADULT, "retirement": {"amount": 10_000_000, "years": 5, "short_term": True}},
        {"retirement_income": 4_000_000},
    ),
    "事業専従者控除は所得を人数で割った額まで": (
        2026,
        "000000",
        {**ADULT, "business": {"revenue": 1_200_000, "expense": 0, "white_spouse": True, "white_others": 1}},
        {"white_family_deduction": 800_000, "business_income": 400_000},
    ),
    "青色申告特別控除は不動産から先に引く": (
        2026,
        "000000",
        {**ADULT, "real_estate": 200_000, "business": 3_000_000, "blue_deduction": 650_000},
        {"real_estate_income": 0, "business_income": 2_550_000},
    ),
    "家内労働者の必要経費": (
        2026,
        "000000",
        {
            **ADULT,
            "salary": 100_000,
            "business": {"revenue": 900_000, "expense": 50_000, "home_worker": True},
        },
        {"business_expenses": 550_000, "business_income": 350_000},
    ),
    "土地の借入金利子に当たる不動産の赤字は通算しない": (
        2026,
        "000000",
        {**FIVE_MILLION, "real_estate": {"revenue": 0, "expense": 500_000, "land_interest": 200_000}},
        {"real_estate_for_offset": -300_000, "total_income": 3_260_000},
    ),
    "事業の赤字は総合長期譲渡から2分の1の前に引く": (
        2026,
        "000000",
        {**ADULT, "business": -1_000_000, "transfer_long": {"revenue": 3_000_000, "expense": 0}},
        {"transfer_long_income": 2_500_000, "total_income_all": 750_000},
    ),
    "総合短期の譲渡損は長期の譲渡益から引く": (
        2026,
        "000000",
        {**ADULT, "transfer_short": -400_000, "transfer_long": {"revenue": 2_000_000, "expense": 0}},
        {"transfer_long_income": 1_100_000, "total_income_all": 550_000},
    ),
    "上場株式の損失は分離の配当と通算し残りを繰り越す": (
        2026,
        "000000",
        {**ADULT, "listed_stock": -900_000, "listed_dividend": 500_000},
        {"total_income_all": 0, "listed_loss_next": 400_000},
    ),
    "繰越損失は合計所得金額から引かない": (
        2026,
        "000000",
        {**FIVE_MILLION, "carryover": {"net_loss": 1_000_000}},
        {"total_income_all": 3_560_000, "total_income": 2_560_000},
    ),
    "所得控除は総所得から短期、長期の順に引く": (
        2026,
        "000000",
        {**ADULT, "salary": 1_000_000, "land_short": 50_000, "land_long": 900_000},
        {"taxable": 0, "taxable_land_short": 0, "taxable_land_long": 870_000},
    ),
    "配当控除は1,000万円を超える部分から先に低い率": (
        2026,
        "000000",
        {**ADULT, "salary_income": 9_430_000, "dividend_aggregate": 3_000_000},
        {
            "taxable": 12_000_000,
            "dividend_credit_city": 16_000 + 16_000,
            "dividend_credit_pref": 12_000 + 12_000,
        },
    ),
    "特別障害者は同居の配偶者なら53万円、16歳未満の子も対象": (
        2026,
        "000000",
        {
            **ADULT,
            "salary": 9_000_000,
            "spouse": {"disability": "special", "cohabit": True},
            "dependants": [{"age": 10, "disability": "ordinary"}],
        },
        {"ded_disability": 790_000, "income_adj_deduction_1": 50_000, "ded_dependants": 0},
    ),
    "国外の30歳以上の親族は令和6年度から控除がない": (
        2024,
        "000000",
        {
            **FIVE_MILLION,
            "dependants": [{"age": 40, "overseas": True}, {"age": 40, "overseas": True, "student": True}],
        },
        {"ded_dependants": 330_000, "counted_relatives": 1},
    ),
    "国外の30歳以上の親族は令和5年度まで控除がある": (
        2023,
        "000000",
        {**FIVE_MILLION, "dependants": [{"age": 40, "overseas": True}]},
        {"ded_dependants": 330_000, "counted_relatives": 1},
    ),
    "19歳で所得85万円の子は令和8年度から特定親族特別控除": (
        2026,
        "000000",
        {**FIVE_MILLION, "dependants": [{"age": 19, "total_income": 850_000}]},
        {"ded_dependants": 0, "ded_special_relative": 450_000, "adj_diff": 50_000, "counted_relatives": 0},
    ),
    "19歳で所得85万円の子は令和7年度には控除がない": (
        2025,
        "000000",
        {**FIVE_MILLION, "dependants": [{"age": 19, "total_income": 850_000}]},
        {"ded_dependants": 0, "ded_special_relative": 0},
    ),
    "寡婦は500万円まで": (
        2026,
        "000000",
        {**ADULT, "widow": True, "given": {"total_income_all": 5_000_001}},
        {"ded_widow": 0},
    ),
    "ひとり親の父は差が1万円": (
        2026,
        "000000",
        {**FIVE_MILLION, "single_parent": "father"},
        {"ded_single_parent": 300_000, "adj_diff": 60_000},
    ),
    "給与特別徴収の均等割だけの者は6月に全額": (
        2026,
        "000000",
        {
            **ADULT,
            "given": {"income_levy_total": 0, "annual_total": 5_000, "percap_total": 4_000, "forest": 1_000},
        },
        {"salary_months": [5_000, *[0] * 11]},
    ),
}


@pytest.mark.parametrize(("year", "code", "facts", "expected"), CASES.values(), ids=CASES.keys())
def test_rule_worked_by_hand(year: Any, code: Any, facts: Any, expected: Any) -> None:
    outcome = assess(year, code, facts)

    assert not outcome.errors
    assert {name: outcome.values[name] for name in expected} == expected


@pytest.mark.parametrize("name", ["relative_income", "ordinary_instalments", "land_net", "nothing"])
def test_only_a_rule_with_one_value_per_taxpayer_can_be_stated(name: Any) -> None:
    outcome = assess(2026, "000000", {**FIVE_MILLION, "spouse": {}, "given": {name: 1}})

    assert [(fault.path, fault.code) for fault in outcome.errors] == [(f"given.{name}", "RULE_UNKNOWN")]


def test_a_stated_condition_stays_a_condition() -> None:
    outcome = assess(2026, "000000", {**FIVE_MILLION, "given": {"levy_exempt": True}})

    assert outcome.values["levy_exempt"] is True
    assert outcome.values["annual_total"] == 5_000
