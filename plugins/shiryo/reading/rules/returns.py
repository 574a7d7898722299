"""Rules on 確定申告書 and 住民税申告書: the sums that the form itself asks for."""

from plugins.shiryo.reading.excerpt import figure
from plugins.shiryo.reading.rules.rule import rule

FINAL, CITY = "tax_return", "resident_return"


@rule(
    "TAX-01",
    "所得金額等の合計が内訳の合計と一致しません。",
    FINAL,
    always=True,
    example={
        "income_total": 4_000_000,
        "business_income": 3_000_000,
        "farm_income": 0,
        "real_estate": 0,
        "interest": 0,
        "dividend_income": 0,
        "salary_income": 500_000,
        "misc_total": 0,
        "transfer_temporary_income": 0,
        "loss_return": 0,
    },
)
def incomes_add_up(
    income_total: int,
    business_income: int,
    farm_income: int,
    real_estate: int,
    interest: int,
    dividend_income: int,
    salary_income: int,
    misc_total: int,
    transfer_temporary_income: int,
    loss_return: int,
) -> bool:
    """Without losses the total is the plain sum; losses are offset in an order not shown."""
    parts = (
        business_income,
        farm_income,
        real_estate,
        interest,
        dividend_income,
        salary_income,
        misc_total,
        transfer_temporary_income,
    )
    return loss_return == 1 or min(parts) < 0 or income_total == sum(parts)


@rule(
    "TAX-02",
    "雑所得の計が内訳の合計と一致しません。",
    FINAL,
    always=True,
    example={"misc_total": 100, "pension_income": 50, "misc_business_income": 0, "misc_other": 0},
)
def misc_adds_up(misc_total: int, pension_income: int, misc_business_income: int, misc_other: int) -> bool:
    """(7) to (9); a loss in one part is offset against the others."""
    return misc_total == max(pension_income + misc_business_income + misc_other, 0)


@rule(
    "TAX-03",
    "所得から差し引かれる金額の計（13から25まで）が内訳の合計と一致しません。",
    FINAL,
    always=True,
    example={
        "deductions_subtotal": 100,
        "social_insurance": 50,
        "mutual_aid": 0,
        "life_deduction": 0,
        "quake_deduction": 0,
        "widow_deduction": 0,
        "student_disability_deduction": 0,
        "spouse_deduction": 0,
        "dependants_deduction": 0,
        "special_relative_deduction": 0,
        "basic_deduction": 0,
    },
)
def deductions_add_up(
    deductions_subtotal: int,
    social_insurance: int,
    mutual_aid: int,
    life_deduction: int,
    quake_deduction: int,
    widow_deduction: int,
    student_disability_deduction: int,
    spouse_deduction: int,
    dependants_deduction: int,
    special_relative_deduction: int,
    basic_deduction: int,
) -> bool:
    """Lines 13 to 25 of 第一表."""
    return deductions_subtotal == (
        social_insurance
        + mutual_aid
        + life_deduction
        + quake_deduction
        + widow_deduction
        + student_disability_deduction
        + spouse_deduction
        + dependants_deduction
        + special_relative_deduction
        + basic_deduction
    )


@rule(
    "TAX-04",
    "所得から差し引かれる金額の合計が内訳の合計と一致しません。",
    FINAL,
    always=True,
    example={
        "deductions_total": 100,
        "deductions_subtotal": 50,
        "casualty_deduction": 0,
        "medical_deduction": 0,
        "donation_deduction": 0,
    },
)
def all_deductions_add_up(
    deductions_total: int,
    deductions_subtotal: int,
    casualty_deduction: int,
    medical_deduction: int,
    donation_deduction: int,
) -> bool:
    """The subtotal and lines 26 to 28."""
    return deductions_total == (
        deductions_subtotal + casualty_deduction + medical_deduction + donation_deduction
    )


@rule(
    "TAX-05",
    "給与所得が給与収入を超えています。",
    FINAL,
    example={"salary_income": 200, "salary": 100},
)
def salary_income_within(salary_income: int, salary: int) -> bool:
    """所得税法28条."""
    return salary_income <= salary


@rule(
    "TAX-06",
    "配偶者（特別）控除があるのに、第二表に配偶者の氏名がありません。",
    FINAL,
    warning=True,
    example={"spouse_deduction": 380_000, "spouse_name": ""},
)
def spouse_is_named(spouse_deduction: int, spouse_name: str) -> bool:
    """The city needs to know whom the deduction is for."""
    return not spouse_deduction or bool(spouse_name)


@rule(
    "TAX-07",
    "第二表の保険料の欄が数字ではないため、金額に含めていません。",
    FINAL,
    warning=True,
    always=True,
    example={
        "life_new_general": "源泉徴収票のとおり",
        "life_old_general": "",
        "life_care": "",
        "life_new_pension": "",
        "life_old_pension": "",
        "quake": "",
        "quake_old_long": "",
    },
)
def premiums_are_figures(
    life_new_general: str,
    life_old_general: str,
    life_care: str,
    life_new_pension: str,
    life_old_pension: str,
    quake: str,
    quake_old_long: str,
) -> bool:
    """The columns hold text: 源泉徴収票のとおり stands there too, and says no amount."""
    pensions, quakes = (life_new_pension, life_old_pension), (quake, quake_old_long)
    texts = (life_new_general, life_old_general, life_care, *pensions, *quakes)
    return all(figure(text) is not None for text in texts if text)


@rule(
    "RES-01",
    "収入なしが該当ですが、収入又は所得の金額が記載されています。",
    CITY,
    example={"no_income": 1, "salary": 100, "pension": 0, "business": 0, "real_estate": 0, "misc_other": 0},
)
def no_income_is_none(
    no_income: int, salary: int, pension: int, business: int, real_estate: int, misc_other: int
) -> bool:
    """A return without income opens benefits: it may not hide an amount."""
    return not no_income or not any((salary, pension, business, real_estate, misc_other))


@rule(
    "RES-02",
    "医療費の補塡額が支払った医療費を超えています。",
    CITY,
    warning=True,
    example={"medical_reimbursed": 200, "medical_paid": 100},
)
def reimbursed_within_paid(medical_reimbursed: int, medical_paid: int) -> bool:
    """Possible for one illness, but then nothing is left to deduct."""
    return medical_reimbursed <= medical_paid


@rule(
    "RES-03",
    "控除対象配偶者があるのに、ひとり親又は寡婦が該当になっています。",
    CITY,
    "punched_slip",
    example={"spouse_claimed": 1, "single_parent": 1, "widow": 0},
)
def claimed_spouse_excludes(spouse_claimed: int, single_parent: int, widow: int) -> bool:
    """地方税法23条1項11号, 12号."""
    return not spouse_claimed or not (single_parent or widow)


@rule(
    "RES-04",
    "申告年月日が年分の途中又はそれより前です。",
    CITY,
    warning=True,
    example={"filed_on": "2024-02-01", "year": 2024},
)
def filed_afterwards(filed_on: str, year: int) -> bool:
    """地方税法317条の2: the return is of the year before."""
    return not filed_on or int(filed_on[:4]) > year


@rule(
    "RES-05",
    "配偶者を控除対象としていますが、氏名がありません。",
    CITY,
    warning=True,
    example={"spouse_claimed": 1, "spouse_name": ""},
)
def claimed_spouse_is_named(spouse_claimed: int, spouse_name: str) -> bool:
    """A deduction is for somebody."""
    return not spouse_claimed or bool(spouse_name)
