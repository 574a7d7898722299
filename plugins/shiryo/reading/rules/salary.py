"""Rules on the amounts of 給与支払報告書: parts and wholes, the limits of deductions, doubtful figures."""

from plugins.shiryo.reading.rules.rule import rule

KIND = "salary_report"
CANCEL = 3
MOST_LIFE, MOST_QUAKE = 120_000, 50_000
"""所得税法76条, 77条: the most of 生命保険料控除 and of 地震保険料控除."""
MOST_ADJUSTMENT = 150_000
"""租税特別措置法41条の3の11: (10,000,000 - 8,500,000) x 10 %."""
BASIC = {0, 160_000, 320_000, 480_000}
BASIC_YEARS = range(2020, 2025)
"""所得税法86条 for the income years R2 to R6."""
IMPLAUSIBLE = 1_000_000_000


@rule(
    "SAL-01",
    "支払金額が空又は0です。",
    KIND,
    warning=True,
    always=True,
    example={"payment": 0, "correction": 0},
)
def has_payment(payment: int, correction: int) -> bool:
    """Only a cancellation needs no amount."""
    return payment > 0 or correction == CANCEL


@rule("SAL-02", "未払金額が支払金額を超えています。", KIND, example={"unpaid": 200, "payment": 100})
def unpaid_within_payment(unpaid: int, payment: int) -> bool:
    """支払金額 includes what is not yet paid."""
    return unpaid <= payment


@rule(
    "SAL-03",
    "給与所得控除後の金額が支払金額を超えています。",
    KIND,
    example={"salary_income": 5_000_000, "payment": 4_000_000},
)
def income_within_payment(salary_income: int, payment: int) -> bool:
    """所得税法28条: income is payment less a deduction."""
    return salary_income <= payment


@rule(
    "SAL-04",
    "源泉徴収税額が支払金額を超えています。",
    KIND,
    example={"tax_withheld": 5_000_000, "payment": 4_000_000},
)
def tax_within_payment(tax_withheld: int, payment: int) -> bool:
    """No more can be withheld than is paid."""
    return tax_withheld <= payment


@rule(
    "SAL-05",
    "未徴収税額が源泉徴収税額を超えています。",
    KIND,
    example={"tax_unwithheld": 200, "tax_withheld": 100},
)
def unwithheld_within_tax(tax_unwithheld: int, tax_withheld: int) -> bool:
    """源泉徴収税額 includes what is not yet withheld."""
    return tax_unwithheld <= tax_withheld


@rule(
    "SAL-06",
    "小規模企業共済等掛金（内書き）が社会保険料等の金額を超えています。",
    KIND,
    example={"mutual_aid": 200, "social_insurance": 100},
)
def mutual_aid_within_social(mutual_aid: int, social_insurance: int) -> bool:
    """The upper line is part of the lower one."""
    return mutual_aid <= social_insurance


@rule(
    "SAL-07",
    "社会保険料等の金額が支払金額を超えています。",
    KIND,
    warning=True,
    example={"social_insurance": 2_000_000, "payment": 1_000_000, "correction": 0},
)
def social_within_payment(social_insurance: int, payment: int, correction: int) -> bool:
    """Possible with premiums for relatives, but more often a shifted column."""
    return social_insurance <= payment or correction == CANCEL


@rule(
    "SAL-08",
    "国民年金保険料等の金額が社会保険料等の金額を超えています。",
    KIND,
    example={"national_pension": 200, "social_insurance": 100},
)
def national_pension_within_social(national_pension: int, social_insurance: int) -> bool:
    """国民年金保険料等 is stated again out of 社会保険料等."""
    return national_pension <= social_insurance


@rule("SAL-24", "生命保険料の控除額が上限を超えています。", KIND, example={"life_deduction": 120_001})
def life_within(life_deduction: int) -> bool:
    """所得税法76条."""
    return life_deduction <= MOST_LIFE


@rule("SAL-25", "地震保険料の控除額が上限を超えています。", KIND, example={"quake_deduction": 50_001})
def quake_within(quake_deduction: int) -> bool:
    """所得税法77条."""
    return quake_deduction <= MOST_QUAKE


@rule(
    "SAL-26",
    "基礎控除の額が法定の額ではありません。",
    KIND,
    example={"basic_deduction": 380_000, "year": 2024},
)
def basic_is_of_the_law(basic_deduction: int, year: int) -> bool:
    """所得税法86条."""
    return year not in BASIC_YEARS or basic_deduction in BASIC


@rule("SAL-27", "所得金額調整控除額が上限を超えています。", KIND, example={"income_adjustment": 150_001})
def adjustment_within(income_adjustment: int) -> bool:
    """租税特別措置法41条の3の11."""
    return income_adjustment <= MOST_ADJUSTMENT


@rule(
    "SAL-28",
    "所得控除の額の合計額が、記載された控除の合計より少なくなっています。",
    KIND,
    warning=True,
    example={
        "deductions_total": 500_000,
        "social_insurance": 720_000,
        "life_deduction": 0,
        "quake_deduction": 0,
        "spouse_deduction": 0,
    },
)
def total_holds_its_parts(
    deductions_total: int,
    social_insurance: int,
    life_deduction: int,
    quake_deduction: int,
    spouse_deduction: int,
) -> bool:
    """Where the year was adjusted, the total is at least the deductions that are printed."""
    parts = social_insurance + life_deduction + quake_deduction + spouse_deduction
    return not deductions_total or parts <= deductions_total


@rule(
    "SAL-29",
    "住宅借入金等特別控除の額が可能額を超えています。",
    KIND,
    example={"housing_credit": 200_000, "housing_available": 100_000},
)
def housing_within_available(housing_credit: int, housing_available: int) -> bool:
    """可能額 is recorded where it is more than what was credited."""
    return not housing_available or housing_credit <= housing_available


@rule(
    "SAL-30",
    "他の支払者の給与等の金額が支払金額を超えています。",
    KIND,
    example={"other_payer_payment": 3_000_000, "payment": 2_000_000},
)
def other_payment_within(other_payer_payment: int, payment: int) -> bool:
    """What an earlier employer paid is part of 支払金額 when the year is adjusted."""
    return other_payer_payment <= payment


@rule(
    "SAL-33",
    "支払金額が10億円以上です。桁を確認してください。",
    KIND,
    warning=True,
    example={"payment": 1_000_000_000},
)
def plausible_payment(payment: int) -> bool:
    """A shifted column or an amount in the wrong unit."""
    return payment < IMPLAUSIBLE
