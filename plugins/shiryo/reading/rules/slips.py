"""Rules on the smaller documents: 退職所得, 申告特例通知, 配当割・株式等譲渡所得割, punched slips."""

from plugins.shiryo.reading.rules.rule import rule

CANCEL = 3
SALARY, PENSION = 1, 2
PER_YEAR, PER_LATER_YEAR, LEAST, LONG = 400_000, 700_000, 800_000, 20
DISABILITY = 1_000_000
"""所得税法30条3項, 6項: the deduction by years of service; and for leaving because of a disability."""
LEVY = 20
"""地方税法71条の28, 71条の49: the levies are 5 %, one twentieth."""


@rule(
    "RET-01",
    "源泉徴収税額が支払金額を超えています（201条の各項）。",
    "retirement_slip",
    always=True,
    example={
        "first_tax_withheld": 200,
        "first_payment": 100,
        "second_tax_withheld": 0,
        "second_payment": 0,
        "third_tax_withheld": 0,
        "third_payment": 0,
    },
)
def retirement_tax_within(
    first_tax_withheld: int,
    first_payment: int,
    second_tax_withheld: int,
    second_payment: int,
    third_tax_withheld: int,
    third_payment: int,
) -> bool:
    """No more can be withheld than is paid."""
    return (
        first_tax_withheld <= first_payment
        and second_tax_withheld <= second_payment
        and third_tax_withheld <= third_payment
    )


@rule(
    "RET-02",
    "退職所得控除額が勤続年数による額と異なります。",
    "retirement_slip",
    warning=True,
    example={"retirement_deduction": 9_000_000, "service_years": 10},
)
def deduction_of_the_years(retirement_deduction: int, service_years: int) -> bool:
    """所得税法30条; several employers in a year may shift it, so it only warns."""
    later = max(service_years - LONG, 0) * PER_LATER_YEAR
    due = max(min(service_years, LONG) * PER_YEAR + later, LEAST)
    return not retirement_deduction or not service_years or retirement_deduction in (due, due + DISABILITY)


@rule(
    "RET-03",
    "退職の年が年分と異なります。",
    "retirement_slip",
    warning=True,
    example={"left": "2022-03-31", "year": 2024},
)
def left_in_the_year(left: str, year: int) -> bool:
    """所得税基本通達36-10: the income is of the year of leaving."""
    return not left or int(left[:4]) == year


@rule("OST-01", "寄附金額が0です。", "one_stop_notice", always=True, example={"donation": 0, "action": 0})
def something_donated(donation: int, action: int) -> bool:
    """Only a cancellation needs no amount."""
    return donation > 0 or action == CANCEL


@rule(
    "OST-02",
    "寄附年月日が年分と異なります。",
    "one_stop_notice",
    example={"donated_on": "2023-12-31", "year": 2024},
)
def donated_in_the_year(donated_on: str, year: int) -> bool:
    """地方税法附則7条: the notice is of gifts of one year."""
    return not donated_on or int(donated_on[:4]) == year


@rule(
    "WHL-01",
    "配当割額が配当等の額の5％を超えています。",
    "withheld_levy",
    example={"dividend_levy_withheld": 6_000, "listed_dividend": 100_000},
)
def dividend_levy_of_dividend(dividend_levy_withheld: int, listed_dividend: int) -> bool:
    """地方税法71条の28; an empty base is not held against the levy."""
    return not listed_dividend or dividend_levy_withheld * LEVY <= listed_dividend + LEVY


@rule(
    "WHL-02",
    "株式等譲渡所得割額が譲渡所得等の額の5％を超えています。",
    "withheld_levy",
    example={"stock_levy_withheld": 6_000, "listed_stock": 100_000},
)
def stock_levy_of_gain(stock_levy_withheld: int, listed_stock: int) -> bool:
    """地方税法71条の49; an empty base is not held against the levy."""
    return not listed_stock or stock_levy_withheld * LEVY <= max(listed_stock, 0) + LEVY


@rule(
    "WHL-03",
    "配当割額と株式等譲渡所得割額の両方が空です。",
    "withheld_levy",
    warning=True,
    always=True,
    example={"dividend_levy_withheld": 0, "stock_levy_withheld": 0, "action": 0},
)
def some_levy(dividend_levy_withheld: int, stock_levy_withheld: int, action: int) -> bool:
    """A notice of nothing is a shifted column."""
    return dividend_levy_withheld + stock_levy_withheld > 0 or action == CANCEL


@rule(
    "PUN-01",
    "資料種別と支払金額の欄が合いません。",
    "punched_slip",
    always=True,
    example={"slip": 1, "salary": 0, "pension": 1_000_000, "action": 0},
)
def amount_of_its_kind(slip: int, salary: int, pension: int, action: int) -> bool:
    """A pension keyed as salary would be taxed with the wrong deduction."""
    wrong = pension if slip == SALARY else salary if slip == PENSION else 0
    return not wrong or action == CANCEL


@rule(
    "PUN-02",
    "源泉徴収税額が支払金額を超えています。",
    "punched_slip",
    example={"tax_withheld": 200, "salary": 100, "pension": 0},
)
def punched_tax_within(tax_withheld: int, salary: int, pension: int) -> bool:
    """No more can be withheld than is paid."""
    return tax_withheld <= salary + pension


@rule(
    "PUN-03",
    "寡婦とひとり親の両方が該当になっています。",
    "punched_slip",
    "resident_return",
    example={"single_parent": 1, "widow": 1},
)
def punched_widow_or_parent(single_parent: int, widow: int) -> bool:
    """地方税法23条1項11号."""
    return not (single_parent and widow)
