"""Rules on 公的年金等支払報告書: its bands by 所得税法203条の3, and the persons it names."""

from plugins.shiryo.reading.rules.rule import rule

KIND = "pension_report"
IMPLAUSIBLE = 100_000_000


@rule(
    "PEN-01",
    "未払金額が支払金額を超えています（203条の3の各号）。",
    KIND,
    always=True,
    example={
        "band_1_unpaid": 200,
        "band_1_payment": 100,
        "band_2_unpaid": 0,
        "band_2_payment": 0,
        "band_3_unpaid": 0,
        "band_3_payment": 0,
    },
)
def unpaid_within_payment(
    band_1_unpaid: int,
    band_1_payment: int,
    band_2_unpaid: int,
    band_2_payment: int,
    band_3_unpaid: int,
    band_3_payment: int,
) -> bool:
    """支払金額 includes what is not yet paid."""
    return (
        band_1_unpaid <= band_1_payment
        and band_2_unpaid <= band_2_payment
        and band_3_unpaid <= band_3_payment
    )


@rule(
    "PEN-02",
    "源泉徴収税額が支払金額を超えています（203条の3の各号）。",
    KIND,
    always=True,
    example={
        "band_1_tax_withheld": 200,
        "band_1_payment": 100,
        "band_2_tax_withheld": 0,
        "band_2_payment": 0,
        "band_3_tax_withheld": 0,
        "band_3_payment": 0,
    },
)
def tax_within_payment(
    band_1_tax_withheld: int,
    band_1_payment: int,
    band_2_tax_withheld: int,
    band_2_payment: int,
    band_3_tax_withheld: int,
    band_3_payment: int,
) -> bool:
    """No more can be withheld than is paid."""
    return (
        band_1_tax_withheld <= band_1_payment
        and band_2_tax_withheld <= band_2_payment
        and band_3_tax_withheld <= band_3_payment
    )


@rule(
    "PEN-03",
    "203条の3第7号適用分の未払金額又は源泉徴収税額が支払金額を超えています。",
    KIND,
    always=True,
    example={"band_7_unpaid": 200, "band_7_tax_withheld": 0, "band_7_payment": 100},
)
def seventh_within_payment(band_7_unpaid: int, band_7_tax_withheld: int, band_7_payment: int) -> bool:
    """As PEN-01 and PEN-02, for the band that only the newer layout has."""
    return max(band_7_unpaid, band_7_tax_withheld) <= band_7_payment


@rule(
    "PEN-04",
    "社会保険料の金額が支払金額の合計を超えています。",
    KIND,
    example={"social_insurance": 200, "band_1_payment": 100, "band_2_payment": 0, "band_3_payment": 0},
    warning=True,
)
def social_within_payment(
    social_insurance: int, band_1_payment: int, band_2_payment: int, band_3_payment: int
) -> bool:
    """The premiums of a pension are taken out of it."""
    return social_insurance <= band_1_payment + band_2_payment + band_3_payment or not social_insurance


@rule(
    "PEN-05",
    "控除対象扶養親族の数より多い人数の氏名が記載されています。",
    KIND,
    warning=True,
    always=True,
    example={
        "elderly_count": 0,
        "specific_count": 0,
        "other_count": 1,
        "dependant_1_name": "鈴木　一郎",
        "dependant_2_name": "鈴木　二郎",
    },
)
def named_are_counted(
    elderly_count: int, specific_count: int, other_count: int, dependant_1_name: str, dependant_2_name: str
) -> bool:
    """Two can be named; whoever is named is counted."""
    return bool(dependant_1_name) + bool(dependant_2_name) <= elderly_count + specific_count + other_count


@rule(
    "PEN-06",
    "支払金額が1億円以上です。桁を確認してください。",
    KIND,
    warning=True,
    example={"band_1_payment": 100_000_000},
)
def plausible_payment(band_1_payment: int) -> bool:
    """A shifted column or an amount in the wrong unit."""
    return band_1_payment < IMPLAUSIBLE
