"""Losses worked by hand: offset in the year, carry from earlier years (oldest first), carry to the next."""

from typing import Any

import pytest

from plugins.shikakeisan.service import assess

YEAR, CODE = 2026, "000000"
SALARY = {"taxpayer": {"age": 40}, "salary": 5_000_000}
"""Income of 3,560,000 yen from a salary."""
CASES = {
    "純損失は古い年から使う（所法70条・令201条）": (
        {**SALARY, "carryover": {"net_loss_3": 2_000_000, "net_loss_2": 1_000_000, "net_loss_1": 1_500_000}},
        {"total_income_all": 3_560_000, "total_income": 0, "net_loss_next_by_year": [0, 940_000, 0]},
    ),
    "3年前の純損失は使わなければ消える（所法70条1項）": (
        {**SALARY, "salary": 0, "carryover": {"net_loss_3": 1_000_000, "net_loss_2": 500_000}},
        {"net_loss_next_by_year": [0, 0, 500_000], "net_loss_next": 500_000},
    ),
    "山林の純損失は山林から、残りは総所得、退職の順（所令201条）": (
        {
            **SALARY,
            "salary": 0,
            "business": 1_500_000,
            "timber": 500_000,
            "retirement_comprehensive": 1_200_000,
            "carryover": {"net_loss_1": 3_000_000, "net_loss_timber": 1_000_000},
        },
        {"after_net_loss": [0, 0, 200_000], "net_loss_next": 0},
    ),
    "純損失は分離課税の所得から引けない（措法31条3項2号）": (
        {**SALARY, "salary": 0, "land_long": 2_000_000, "carryover": {"net_loss_1": 3_000_000}},
        {"total_income": 2_000_000, "net_loss_next_by_year": [0, 3_000_000, 0]},
    ),
    "白色申告の純損失は変動所得と被災事業用資産の損失まで（所法70条2項）": (
        {"business": -1_000_000, "variable_loss": 300_000, "disaster_asset_loss": 200_000},
        {"net_loss_of_year": 1_000_000, "net_loss_to_carry": 500_000, "net_loss_next": 500_000},
    ),
    "白色申告でその他の純損失は繰り越さない（所法70条2項）": (
        {"business": -1_000_000, "blue_return": False},
        {"net_loss_of_year": 1_000_000, "net_loss_next": 0},
    ),
    "青色申告の純損失は全額繰り越す（所法70条1項）": (
        {"business": -1_000_000, "blue_return": True},
        {"net_loss_next_by_year": [1_000_000, 0, 0]},
    ),
    "居住用財産の損失は土地の黒字、総合長期、経常の順に引く（措法41条の5第7項1号・措通41の5-1）": (
        {**SALARY, "transfer_long": 3_000_000, "land_short": 200_000, "residence_loss": 3_000_000},
        {
            "residence_loss_for_offset": 2_800_000,
            "settled_incomes": [3_260_000, 0, 0, 0, 0, 0, 0, 0],
            "total_income_all": 3_260_000,
        },
    ),
    "居住用財産の損失は他の土地の損失を先に引いた長期から引く（措法41条の5第7項1号）": (
        {**SALARY, "land_long": 3_000_000, "land_long_quality": -1_000_000, "residence_loss": 2_500_000},
        {"land_net": [0, 0, 0, 0, 0], "residence_loss_for_offset": 500_000, "total_income_all": 3_060_000},
    ),
    "この年の居住用財産の損失に所得の上限はない（措法41条の5第1項）": (
        {"taxpayer": {"age": 40}, "salary_income": 40_000_000, "residence_loss": 5_000_000},
        {"total_income_all": 35_000_000},
    ),
    "引ききれない居住用財産の損失は純損失と分けて繰り越す（措法41条の5第4項・7項）": (
        {"taxpayer": {"age": 40}, "salary": 2_000_000, "residence_loss": 5_000_000},
        {"residence_loss_next_by_year": [3_680_000, 0, 0], "net_loss_of_year": 0, "total_income_all": 0},
    ),
    "繰り越した居住用財産の損失は分離長期から引く（措通41の5-1の2）": (
        {**SALARY, "land_long": 1_000_000, "carryover": {"residence_loss_1": 2_000_000}},
        {
            "total_income_all": 4_560_000,
            "aggregate_income": 2_560_000,
            "taxable": 2_130_000,
            "taxable_land_long": 0,
            "residence_loss_next": 0,
        },
    ),
    "繰り越した居住用財産の損失は分離短期、総所得、山林の順に続く（措通41の5-1の2）": (
        {
            **SALARY,
            "land_short": 1_000_000,
            "timber": 700_000,
            "carryover": {"residence_loss_3": 5_000_000},
        },
        {"after_residence_loss": [0, 0, 0, 0, 0, 0, 260_000, 0]},
    ),
    "合計所得金額3,000万円の年には引ける（法附則4条）": (
        {"salary_income": 30_000_000, "carryover": {"residence_loss_2": 5_000_000}},
        {"total_income": 25_000_000, "residence_loss_next_by_year": [0, 0, 0]},
    ),
    "3,000万円を超える年は引けず、期限までは残る（法附則4条ただし書）": (
        {"salary_income": 30_000_001, "carryover": {"residence_loss_3": 9, "residence_loss_2": 5_000_000}},
        {"total_income": 30_000_001, "residence_loss_next_by_year": [0, 0, 5_000_000]},
    ),
    "上場株式の損失は分離の配当から引き、前年分と並べて繰り越す（措法37条の12の2）": (
        {"listed_stock": -900_000, "listed_dividend": 500_000, "carryover": {"listed_stock_1": 300_000}},
        {"total_income_all": 0, "listed_loss_next_by_year": [400_000, 300_000, 0]},
    ),
    "繰り越した上場株式の損失は譲渡、配当の順に古い年から（措法37条の12の2第5項）": (
        {
            "listed_stock": 500_000,
            "listed_dividend": 300_000,
            "carryover": {"listed_stock_3": 200_000, "listed_stock_2": 700_000},
        },
        {
            "total_income_all": 800_000,
            "total_income": 0,
            "listed_dividend_after_carry": 0,
            "listed_loss_next_by_year": [0, 0, 100_000],
        },
    ),
    "上場株式の損失は一般株式から引けない（措法37条の10・37条の11）": (
        {"listed_stock": -900_000, "general_stock": 500_000},
        {"total_income_all": 500_000, "listed_loss_next": 900_000},
    ),
    "先物の損失は繰り越す（措法41条の15）": (
        {**SALARY, "futures": -700_000},
        {"total_income_all": 3_560_000, "futures_loss_next_by_year": [700_000, 0, 0]},
    ),
    "繰り越した先物の損失は先物だけから古い年の順に引く（措法41条の15）": (
        {**SALARY, "futures": 1_000_000, "carryover": {"futures_3": 400_000, "futures_1": 800_000}},
        {
            "total_income_all": 4_560_000,
            "total_income": 3_560_000,
            "taxable_futures": 0,
            "futures_loss_next_by_year": [0, 200_000, 0],
        },
    ),
    "引ききれない雑損控除は雑損失として繰り越す（所法71条・法313条9項）": (
        {"taxpayer": {"age": 40}, "salary": 2_000_000, "casualty": {"net_loss": 5_000_000}},
        {"ded_casualty": 4_868_000, "casualty_loss_next_by_year": [3_548_000, 0, 0], "taxable": 0},
    ),
    "雑損控除は土地の特別控除後の所得から引く（措法35条1項・31条3項3号）": (
        {
            "land_long_residence": {"revenue": 31_000_000, "expense": 0, "special_deduction": 30_000_000},
            "casualty": {"net_loss": 6_000_000},
        },
        {"ded_casualty": 2_900_000, "casualty_loss_of_year": 1_900_000},
    ),
    "繰り越した雑損失は古い年から引く（所令204条）": (
        {**SALARY, "carryover": {"casualty_3": 1_000_000, "casualty_2": 3_000_000}},
        {"total_income": 0, "casualty_loss_next_by_year": [0, 0, 440_000]},
    ),
    "10万円の青色申告特別控除は不動産・事業・山林の順（措法25条の2第1項）": (
        {"business": 30_000, "timber": 1_000_000, "blue_deduction": 100_000},
        {"business_income": 0, "timber_gain": 930_000},
    ),
    "65万円の青色申告特別控除は山林から引けない（措法25条の2第3項）": (
        {"business": 30_000, "timber": 1_000_000, "blue_deduction": 650_000},
        {"business_income": 0, "timber_gain": 1_000_000},
    ),
    "赤字の事業から青色申告特別控除は引かない（措通25の2-1）": (
        {"business": -300_000, "real_estate": 60_000, "timber": 1_000_000, "blue_deduction": 100_000},
        {"real_estate_income": 0, "business_income": -300_000, "timber_gain": 960_000},
    ),
    "家内労働者の経費の差は雑所得から先に加える（措法27条・措令18条の2）": (
        {
            "misc_other": {"revenue": 400_000, "expense": 20_000, "home_worker": True},
            "business": {"revenue": 500_000, "expense": 100_000},
        },
        {
            "misc_expenses": 400_000,
            "misc_income": 0,
            "business_expenses": 250_000,
            "business_income": 250_000,
        },
    ),
    "実際の経費が最低額を超える家内労働者は実額（措法27条）": (
        {"misc_other": {"revenue": 2_000_000, "expense": 700_000, "home_worker": True}},
        {"misc_income": 1_300_000},
    ),
    "役員等でない勤続5年以下は短期退職手当等（所法30条4項）": (
        {"taxpayer": {"age": 40}, "retirement": {"amount": 10_000_000, "years": 5}},
        {"retirement_income": 6_500_000, "retire_city": 390_000, "retire_pref": 260_000},
    ),
    "勤続6年は2分の1（所法30条2項）": (
        {"taxpayer": {"age": 40}, "retirement": {"amount": 10_000_000, "years": 6}},
        {"retirement_income": 3_800_000},
    ),
}


@pytest.mark.parametrize(("facts", "expected"), CASES.values(), ids=CASES.keys())
def test_loss_worked_by_hand(facts: Any, expected: Any) -> None:
    outcome = assess(YEAR, CODE, facts)

    assert not outcome.errors
    assert {name: outcome.values[name] for name in expected} == expected


@pytest.mark.parametrize(
    ("carried", "next_year"),
    [
        ("net_loss", "net_loss_next_by_year"),
        ("residence_loss", "residence_loss_next_by_year"),
        ("listed_stock", "listed_loss_next_by_year"),
        ("futures", "futures_loss_next_by_year"),
        ("casualty", "casualty_loss_next_by_year"),
    ],
)
def test_an_unused_loss_grows_a_year_older_and_lapses_after_three(carried: Any, next_year: Any) -> None:
    facts: dict[str, Any] = {"taxpayer": {"age": 40}, "carryover": {f"{carried}_1": 7, f"{carried}_2": 5}}
    ages = []
    for year in (2024, 2025, 2026):
        left = assess(year, CODE, facts).values[next_year]
        ages.append(left)
        facts["carryover"] = {f"{carried}_{n}": amount for n, amount in enumerate(left, start=1)}

    assert ages == [[0, 7, 5], [0, 0, 7], [0, 0, 0]]
