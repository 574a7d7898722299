"""所得控除: 人的控除と雑損・医療費など (地方税法34条・314条の2)."""

import numpy as np

from plugins.shikakeisan.engine.operations import larger, smaller
from plugins.shikakeisan.engine.relatives import Relatives
from plugins.shikakeisan.engine.rule import Flag, Yen, relative_rule, rule
from plugins.shikakeisan.engine.values import Rate, Table
from plugins.shikakeisan.rules.relatives import ELDERLY, ELDERLY_COHABITING, GENERAL, SPECIFIC

ORDINARY, SPECIAL, COHABITING = 1, 2, 3


@rule("雑損控除", law="地方税法34条1項1号・314条の2第1項1号")
def ded_casualty(
    casualty_net_loss: Yen,
    casualty_disaster_expense: Yen,
    total_income: Yen,
    casualty_rate: Rate,
    casualty_disaster_floor: int,
) -> Yen:
    """差引損失額から総所得金額等の10％を引いた額と、災害関連支出から5万円を引いた額の多い方.

    10％の額は1円未満を切り捨てる（open-questions A-6）。
    """
    by_income = casualty_net_loss - casualty_rate.down(total_income)
    return larger(larger(by_income, casualty_disaster_expense - casualty_disaster_floor), 0)


@rule("医療費控除", law="地方税法34条1項2号・314条の2第1項2号")
def ded_medical(
    medical_paid: Yen,
    medical_reimbursed: Yen,
    total_income: Yen,
    medical_rate: Rate,
    medical_floor: int,
    medical_cap: int,
) -> Yen:
    """支払額から補塡額と、総所得金額等の5％と10万円の少ない方を引いた額。200万円まで.

    5％の額は1円未満を切り捨てる（open-questions A-6）。
    """
    floor = smaller(medical_rate.down(total_income), medical_floor)
    return smaller(larger(medical_paid - medical_reimbursed - floor, 0), medical_cap)


@rule("医療費控除の特例（セルフメディケーション）", law="地方税法附則4条の4第3項")
def ded_selfmed(selfmed_paid: Yen, selfmed_reimbursed: Yen, selfmed: dict[str, int]) -> Yen:
    """特定一般用医薬品等購入費から補塡額と足切りを引いた額。通常の医療費控除とどちらかを選ぶ."""
    net = larger(selfmed_paid - selfmed_reimbursed - selfmed["floor"], 0)
    return smaller(net, selfmed["cap"])


@rule("社会保険料控除", law="地方税法34条1項3号・314条の2第1項3号")
def ded_social(social_insurance: Yen) -> Yen:
    """支払った全額."""
    return social_insurance


@rule("小規模企業共済等掛金控除", law="地方税法34条1項4号・314条の2第1項4号")
def ded_mutual_aid(mutual_aid: Yen) -> Yen:
    """支払った全額."""
    return mutual_aid


@rule("障害者控除", law="地方税法34条1項6号・3項・314条の2第1項6号・3項")
def ded_disability(
    disability: Yen, relative_disability_kind: Yen, relatives: Relatives, disability_deduction: dict[str, int]
) -> Yen:
    """本人、同一生計配偶者、扶養親族（16歳未満を含む）の障害者一人ごとの額。同居特別障害者は加算がある."""
    amounts = disability_deduction
    own = np.where(disability == ORDINARY, amounts["ordinary"], 0)
    own = np.where(disability == SPECIAL, amounts["special"], own)
    return own + count_amounts(relative_disability_kind, relatives, amounts)


def count_amounts(kind: Yen, relatives: Relatives, amounts: dict[str, int]) -> Yen:
    """Sum of the amounts of each disabled relative's grade."""
    ordinary = relatives.total(kind == ORDINARY) * amounts["ordinary"]
    special = relatives.total(kind == SPECIAL) * amounts["special"]
    return ordinary + special + relatives.total(kind == COHABITING) * amounts["cohabiting"]


@rule("寡婦控除", law="地方税法34条1項8号・314条の2第1項8号")
def ded_widow(is_widow: Flag, widow_deduction: int) -> Yen:
    """寡婦であれば定額."""
    return is_widow * np.int64(widow_deduction)


@rule("ひとり親控除", law="地方税法34条1項8号の2・314条の2第1項8号の2")
def ded_single_parent(is_single_parent: Yen, single_parent_deduction: int) -> Yen:
    """ひとり親であれば定額（母と父で同じ）."""
    return np.where(is_single_parent > 0, single_parent_deduction, 0)


@rule("勤労学生", law="地方税法23条1項13号・292条1項13号", unit="可否")
def is_working_student(
    working_student: Flag,
    non_work_income: Yen,
    total_income_all: Yen,
    salary_income: Yen,
    business_income: Yen,
    misc_income: Yen,
    pension_income: Yen,
    retirement_comprehensive: Yen,
    student_limit: int,
    student_nonwork_limit: int,
) -> Flag:
    """合計所得金額が上限以下で、給与所得等以外の所得が10万円以下の学生.

    勤労によらない所得の額が分からないとき（負の数）は、合計所得金額から給与・事業・退職と、
    年金を除く雑の所得を引いて求める。
    """
    misc = larger(misc_income - pension_income, 0)
    work = salary_income + larger(business_income, 0) + misc + retirement_comprehensive
    stated = np.where(non_work_income >= 0, non_work_income, larger(total_income_all - work, 0))
    return working_student & (total_income_all <= student_limit) & (stated <= student_nonwork_limit)


@rule("勤労学生控除", law="地方税法34条1項9号・314条の2第1項9号")
def ded_student(is_working_student: Flag, student_deduction: int) -> Yen:
    """勤労学生であれば定額."""
    return is_working_student * np.int64(student_deduction)


@rule("配偶者控除等の控除額の欄", law="地方税法34条1項10号・314条の2第1項10号", unit="番号")
def spouse_column(total_income_all: Yen, spouse_tier: Table) -> Yen:
    """納税義務者の合計所得金額による欄（0 900万円以下、1 950万円以下、2 1,000万円以下、3 控除なし）."""
    return spouse_tier(total_income_all)


@rule("配偶者控除", law="地方税法34条1項10号・314条の2第1項10号")
def ded_spouse(
    same_livelihood_spouse: Yen, spouse_age: Yen, spouse_column: Yen, spouse_deduction: Table
) -> Yen:
    """控除対象配偶者（70歳以上は老人控除対象配偶者）の控除額."""
    return same_livelihood_spouse * spouse_deduction(spouse_age, spouse_column)


@rule("配偶者特別控除の対象となる配偶者", law="地方税法34条1項10号の2・314条の2第1項10号の2", unit="可否")
def has_special_spouse(
    relative_spouse: Flag,
    relative_is_spouse: Flag,
    relative_family_employee: Flag,
    relatives: Relatives,
) -> Flag:
    """同一生計配偶者に当たらない配偶者で、専従者でない者."""
    return relatives.any(relative_spouse & ~relative_is_spouse & ~relative_family_employee)


@rule("配偶者特別控除", law="地方税法34条1項10号の2・314条の2第1項10号の2")
def ded_spouse_special(
    has_special_spouse: Flag, spouse_income: Yen, spouse_column: Yen, spouse_special_deduction: Table
) -> Yen:
    """配偶者の合計所得金額が上限を超え133万円以下のとき、両者の所得による表の額."""
    return has_special_spouse * spouse_special_deduction(spouse_income, spouse_column)


@rule("一般の扶養控除", law="地方税法34条1項11号・314条の2第1項11号")
def ded_dependants_general(
    relative_deductible_kind: Yen, relatives: Relatives, dependant_deduction: dict[str, int]
) -> Yen:
    """16〜18歳と23〜69歳の扶養親族."""
    return relatives.total(relative_deductible_kind == GENERAL) * dependant_deduction["general"]


@rule("特定扶養控除", law="地方税法34条1項11号・314条の2第1項11号")
def ded_dependants_specific(
    relative_deductible_kind: Yen, relatives: Relatives, dependant_deduction: dict[str, int]
) -> Yen:
    """19〜22歳の扶養親族."""
    return relatives.total(relative_deductible_kind == SPECIFIC) * dependant_deduction["specific"]


@rule("老人扶養控除", law="地方税法34条1項11号・314条の2第1項11号")
def ded_dependants_elderly(
    relative_deductible_kind: Yen, relatives: Relatives, dependant_deduction: dict[str, int]
) -> Yen:
    """70歳以上の扶養親族（同居老親等を除く）."""
    return relatives.total(relative_deductible_kind == ELDERLY) * dependant_deduction["elderly"]


@rule("同居老親等の扶養控除", law="地方税法34条4項・314条の2第4項")
def ded_dependants_elderly_cohabiting(
    relative_deductible_kind: Yen, relatives: Relatives, dependant_deduction: dict[str, int]
) -> Yen:
    """70歳以上で同居する、納税義務者又は配偶者の直系尊属."""
    count = relatives.total(relative_deductible_kind == ELDERLY_COHABITING)
    return count * dependant_deduction["elderly_cohabiting"]


@rule("扶養控除", law="地方税法34条1項11号・4項・314条の2第1項11号・4項")
def ded_dependants(
    ded_dependants_general: Yen,
    ded_dependants_specific: Yen,
    ded_dependants_elderly: Yen,
    ded_dependants_elderly_cohabiting: Yen,
) -> Yen:
    """控除対象扶養親族の区分ごとの額の合計。16歳未満には控除がない."""
    elderly = ded_dependants_elderly + ded_dependants_elderly_cohabiting
    return ded_dependants_general + ded_dependants_specific + elderly


@relative_rule(
    "特定親族特別控除（一人ごと）", law="地方税法34条1項12号・314条の2第1項12号（令和8年度分から）"
)
def relative_special_deduction(
    relative_spouse: Flag,
    relative_within_limit: Flag,
    relative_family_employee: Flag,
    relative_kind: Yen,
    relative_income: Yen,
    special_relative_deduction: Table,
) -> Yen:
    """19〜22歳で扶養親族の所得要件を超え123万円以下の親族（配偶者と専従者を除く）."""
    related = ~relative_spouse & ~relative_within_limit & ~relative_family_employee
    return np.where(related & (relative_kind == SPECIFIC), special_relative_deduction(relative_income), 0)


@rule("特定親族特別控除", law="地方税法34条1項12号・314条の2第1項12号（令和8年度分から）")
def ded_special_relative(relative_special_deduction: Yen, relatives: Relatives) -> Yen:
    """特定親族一人ごとの額の合計."""
    return relatives.total(relative_special_deduction)


@rule("基礎控除", law="地方税法34条2項・314条の2第2項")
def ded_basic(total_income_all: Yen, basic_deduction: Table) -> Yen:
    """合計所得金額が2,400万円を超えると減り、2,500万円を超えるとない."""
    return basic_deduction(total_income_all)


@rule("所得控除の合計", law="地方税法34条・314条の2")
def ded_total(
    ded_casualty: Yen,
    ded_medical: Yen,
    ded_selfmed: Yen,
    ded_social: Yen,
    ded_mutual_aid: Yen,
    ded_life: Yen,
    ded_quake: Yen,
    ded_disability: Yen,
    ded_widow: Yen,
    ded_single_parent: Yen,
    ded_student: Yen,
    ded_spouse: Yen,
    ded_spouse_special: Yen,
    ded_dependants: Yen,
    ded_special_relative: Yen,
    ded_basic: Yen,
) -> Yen:
    """物的控除と人的控除のすべて."""
    goods = ded_casualty + ded_medical + ded_selfmed + ded_social + ded_mutual_aid + ded_life + ded_quake
    own = ded_disability + ded_widow + ded_single_parent + ded_student + ded_basic
    return goods + own + ded_spouse + ded_spouse_special + ded_dependants + ded_special_relative
