"""Rules on the people of 給与支払報告書: the 乙欄, spouse, dependants, joining and leaving."""

from plugins.shiryo.reading.rules.rule import rule

KIND = "salary_report"
LEFT = 2
CLAIMED = (1, 3)
MOST_SPOUSE, MOST_SPOUSE_INCOME = 480_000, 1_330_000
"""所得税法83条, 83条の2: 老人控除対象配偶者; the income up to which there is any deduction."""
BASIC_YEARS = range(2020, 2025)
"""所得税法86条 for the income years R2 to R6."""
STUDENT_PAYMENT = 1_300_000
"""所得税法2条1項32号: 合計所得金額 750,000 and the least 給与所得控除 of 550,000 (R2 to R6)."""
GROWN_UP = 20


@rule(
    "SAL-09",
    "同居老親等の数（内書き）が老人扶養親族の数を超えています。",
    KIND,
    example={"elderly_cohabiting": 2, "elderly_main": 1},
)
def cohabiting_elderly_within(elderly_cohabiting: int, elderly_main: int) -> bool:
    """A part of the number beside it."""
    return elderly_cohabiting <= elderly_main


@rule(
    "SAL-10",
    "同居特別障害者の数（内書き）が特別障害者の数を超えています。",
    KIND,
    "pension_report",
    example={"special_disabled_cohabiting": 2, "special_disabled": 1},
)
def cohabiting_disabled_within(special_disabled_cohabiting: int, special_disabled: int) -> bool:
    """A part of the number beside it."""
    return special_disabled_cohabiting <= special_disabled


@rule(
    "SAL-11",
    "乙欄適用の記録に、主たる給与の配偶者・扶養親族が記載されています。",
    KIND,
    warning=True,
    example={
        "secondary_column": 1,
        "spouse_claimed": 1,
        "specific_main": 0,
        "elderly_main": 0,
        "other_main": 0,
    },
)
def secondary_claims_nobody(
    secondary_column: int, spouse_claimed: int, specific_main: int, elderly_main: int, other_main: int
) -> bool:
    """所得税法194条: the declaration of dependants goes to the main employer alone."""
    return not secondary_column or (spouse_claimed != 1 and not specific_main + elderly_main + other_main)


@rule(
    "SAL-12",
    "乙欄適用の記録に年末調整の結果（所得控除の額の合計額）が記載されています。",
    KIND,
    warning=True,
    example={"secondary_column": 1, "deductions_total": 480_000},
)
def secondary_is_not_adjusted(secondary_column: int, deductions_total: int) -> bool:
    """所得税法190条: only the employer with the declaration adjusts at the year's end."""
    return not secondary_column or not deductions_total


@rule(
    "SAL-13",
    "本人の特別障害者とその他の障害者の両方が該当になっています。",
    KIND,
    "pension_report",
    example={"self_special_disabled": 1, "self_other_disabled": 1},
)
def one_disability(self_special_disabled: int, self_other_disabled: int) -> bool:
    """所得税法2条1項29号: a special disability is not also an ordinary one."""
    return not (self_special_disabled and self_other_disabled)


@rule(
    "SAL-14",
    "寡婦とひとり親の両方が該当になっています。",
    KIND,
    "pension_report",
    example={"single_parent": 1, "widow": 1},
)
def widow_or_single_parent(single_parent: int, widow: int) -> bool:
    """所得税法2条1項30号: a 寡婦 is not a ひとり親."""
    return not (single_parent and widow)


@rule(
    "SAL-15",
    "控除対象配偶者があるのに、ひとり親が該当になっています。",
    KIND,
    example={"single_parent": 1, "spouse_claimed": 1},
)
def single_parent_has_no_spouse(single_parent: int, spouse_claimed: int) -> bool:
    """所得税法2条1項31号."""
    return not (single_parent and spouse_claimed in CLAIMED)


@rule(
    "SAL-16",
    "控除対象配偶者がないのに、老人控除対象配偶者が該当になっています。",
    KIND,
    example={"spouse_elderly": 1, "spouse_claimed": 2},
)
def elderly_spouse_is_claimed(spouse_elderly: int, spouse_claimed: int) -> bool:
    """A 老人控除対象配偶者 is a 控除対象配偶者."""
    return not spouse_elderly or spouse_claimed in CLAIMED


@rule(
    "SAL-17",
    "配偶者（特別）控除の額が上限を超えています。",
    KIND,
    example={"spouse_deduction": 500_000},
)
def spouse_deduction_within(spouse_deduction: int) -> bool:
    """所得税法83条, 83条の2."""
    return spouse_deduction <= MOST_SPOUSE


@rule(
    "SAL-18",
    "配偶者の合計所得が上限を超えているのに、配偶者（特別）控除の額があります。",
    KIND,
    example={"spouse_income": 1_400_000, "spouse_deduction": 30_000, "year": 2024},
)
def spouse_income_within(spouse_income: int, spouse_deduction: int, year: int) -> bool:
    """所得税法83条の2 since the income year R2."""
    return year not in BASIC_YEARS or not spouse_deduction or spouse_income <= MOST_SPOUSE_INCOME


@rule(
    "SAL-19",
    "控除対象扶養親族の数と、氏名の記載された人数が一致しません。",
    KIND,
    warning=True,
    always=True,
    example={
        "specific_main": 1,
        "specific_secondary": 0,
        "elderly_main": 0,
        "elderly_secondary": 0,
        "other_main": 1,
        "other_secondary": 0,
        "dependant_1_name": "山田　花子",
        "dependant_2_name": "",
        "dependant_3_name": "",
        "dependant_4_name": "",
        "more_dependants": "",
    },
)
def dependants_are_named(
    specific_main: int,
    specific_secondary: int,
    elderly_main: int,
    elderly_secondary: int,
    other_main: int,
    other_secondary: int,
    dependant_1_name: str,
    dependant_2_name: str,
    dependant_3_name: str,
    dependant_4_name: str,
    more_dependants: str,
) -> bool:
    """Whoever is counted is named; from the fifth on all stand in one field."""
    counted = (
        specific_main + specific_secondary + elderly_main + elderly_secondary + other_main + other_secondary
    )
    names = (dependant_1_name, dependant_2_name, dependant_3_name, dependant_4_name)
    named = sum(map(bool, names))
    return counted > named if more_dependants else counted == named


@rule(
    "SAL-20",
    "16歳未満扶養親族の数と、氏名の記載された人数が一致しません。",
    KIND,
    warning=True,
    always=True,
    example={
        "under16_count": 2,
        "under16_1_name": "山田　次郎",
        "under16_2_name": "",
        "under16_3_name": "",
        "under16_4_name": "",
        "more_under16": "",
    },
)
def children_are_named(
    under16_count: int,
    under16_1_name: str,
    under16_2_name: str,
    under16_3_name: str,
    under16_4_name: str,
    more_under16: str,
) -> bool:
    """Children under 16 decide the tax-free limits: none may be lost."""
    named = sum(map(bool, (under16_1_name, under16_2_name, under16_3_name, under16_4_name)))
    return under16_count > named if more_under16 else under16_count == named


@rule(
    "SAL-21",
    "中途就・退職の区分と年月日の一方だけが記載されています。",
    KIND,
    warning=True,
    always=True,
    example={"joined_or_left": 1, "joined_or_left_year": 0},
)
def joining_has_a_date(joined_or_left: int, joined_or_left_year: int) -> bool:
    """A date without a kind says nothing, and the other way about."""
    return bool(joined_or_left) == bool(joined_or_left_year)


@rule(
    "SAL-22",
    "中途就・退職の年が年分と異なります。",
    KIND,
    warning=True,
    example={"joined_or_left": 1, "joined_or_left_year": 3, "income_year": 6},
)
def joined_in_the_year(joined_or_left: int, joined_or_left_year: int, income_year: int) -> bool:
    """Only what happened within the year is recorded."""
    return not joined_or_left or joined_or_left_year in (0, income_year)


@rule(
    "SAL-23",
    "死亡退職が該当ですが、中途退職の記載がありません。",
    KIND,
    warning=True,
    example={"died": 1, "joined_or_left": 0},
)
def death_is_leaving(died: int, joined_or_left: int) -> bool:
    """Who died has left."""
    return not died or joined_or_left == LEFT


@rule(
    "SAL-31",
    "勤労学生の所得の上限を超える支払金額です。",
    KIND,
    warning=True,
    example={"working_student": 1, "payment": 1_500_000, "year": 2024},
)
def student_earns_little(working_student: int, payment: int, year: int) -> bool:
    """所得税法2条1項32号."""
    return year not in BASIC_YEARS or not working_student or payment <= STUDENT_PAYMENT


@rule(
    "SAL-32",
    "未成年者が該当ですが、生年月日によると20歳を超えています。",
    KIND,
    warning=True,
    example={"minor": 1, "birth": "1980-01-01", "year": 2024},
)
def minor_is_young(minor: int, birth: str, year: int) -> bool:
    """民法4条; 18 since 2022, so only what is beyond doubt speaks."""
    return not minor or not birth or year - int(birth[:4]) <= GROWN_UP


@rule(
    "SAL-34",
    "国外居住の親族の区分があるのに、非居住者である親族の数が0です。",
    KIND,
    warning=True,
    always=True,
    example={
        "non_resident_relatives": 0,
        "spouse_residence": 1,
        "dependant_1_residence": 0,
        "dependant_2_residence": 0,
        "dependant_3_residence": 0,
        "dependant_4_residence": 0,
    },
)
def non_residents_are_counted(
    non_resident_relatives: int,
    spouse_residence: int,
    dependant_1_residence: int,
    dependant_2_residence: int,
    dependant_3_residence: int,
    dependant_4_residence: int,
) -> bool:
    """One field not keyed made dependants abroad count in full (incident 9)."""
    abroad = spouse_residence + dependant_1_residence + dependant_2_residence + dependant_3_residence
    return bool(non_resident_relatives) or not abroad + dependant_4_residence
