"""親族: income of each relative and what the relative is to the taxpayer (地方税法23条・292条)."""

import numpy as np

from plugins.shikakeisan.engine.operations import equal, larger, smaller, within
from plugins.shikakeisan.engine.relatives import Relatives
from plugins.shikakeisan.engine.rule import Flag, Yen, relative_rule, rule
from plugins.shikakeisan.engine.values import Curve, Table

UNDER_16, GENERAL, SPECIFIC, ELDERLY, ELDERLY_COHABITING = 1, 2, 3, 4, 5
ORDINARY, SPECIAL = 1, 2


@relative_rule("親族の給与所得控除後の金額", law="所得税法28条")
def relative_salary_income(relative_salary: Yen, salary_income_table: Curve) -> Yen:
    """親族の給与収入から、納税義務者と同じ表で求める."""
    return salary_income_table.down(relative_salary)


@relative_rule("親族の公的年金等に係る雑所得", law="所得税法35条4項、租税特別措置法41条の15の3")
def relative_pension_income(
    relative_pension: Yen,
    relative_age: Yen,
    relative_salary_income: Yen,
    relative_other_income: Yen,
    pension_age: int,
    pension_table_young: Curve,
    pension_table_old: Curve,
    pension_other_income: Table,
) -> Yen:
    """親族の年金収入から、その年12月31日の年齢と年金以外の所得により求める."""
    plus = pension_other_income(relative_salary_income + relative_other_income)
    return np.where(
        relative_age >= pension_age,
        pension_table_old.down(relative_pension, plus),
        pension_table_young.down(relative_pension, plus),
    )


@relative_rule("親族の所得金額調整控除額", law="租税特別措置法41条の3の11第2項")
def relative_income_adjustment(
    relative_salary_income: Yen, relative_pension_income: Yen, income_adj_both: int
) -> Yen:
    """給与と年金の両方の所得がある親族の給与所得から引く額."""
    salary = smaller(relative_salary_income, income_adj_both)
    pension = smaller(relative_pension_income, income_adj_both)
    return larger(salary + pension - income_adj_both, 0)


@relative_rule("親族の合計所得金額", law="地方税法292条1項13号")
def relative_income(
    relative_salary_income: Yen,
    relative_pension_income: Yen,
    relative_income_adjustment: Yen,
    relative_other_income: Yen,
    relative_total_income: Yen,
) -> Yen:
    """給与・年金・その他の所得の合計。合計所得金額が申告等で分かっているときはその額を加える."""
    own = relative_salary_income - relative_income_adjustment + relative_pension_income
    return own + relative_other_income + relative_total_income


@relative_rule("所得要件を満たす親族", law="地方税法23条1項7号〜9号・292条1項7号〜9号", unit="可否")
def relative_within_limit(
    relative_income: Yen, relative_family_employee: Flag, relative_income_limit: int
) -> Flag:
    """合計所得金額が上限以下で、青色事業専従者・事業専従者でない者."""
    return (relative_income <= relative_income_limit) & ~relative_family_employee


@relative_rule("同一生計配偶者", law="地方税法23条1項7号・292条1項7号", unit="可否")
def relative_is_spouse(relative_spouse: Flag, relative_within_limit: Flag) -> Flag:
    """所得要件を満たす配偶者。納税義務者の所得は問わない（控除対象配偶者とは違う）."""
    return relative_spouse & relative_within_limit


@relative_rule("扶養親族", law="地方税法23条1項9号・292条1項9号", unit="可否")
def relative_is_dependant(relative_spouse: Flag, relative_within_limit: Flag) -> Flag:
    """所得要件を満たす配偶者以外の親族。16歳未満も国外居住者も含む."""
    return ~relative_spouse & relative_within_limit


@relative_rule("親族の区分", law="地方税法34条1項11号・314条の2第1項11号", unit="番号")
def relative_kind(
    relative_category: Yen,
    relative_age: Yen,
    relative_ascendant: Flag,
    relative_cohabit: Flag,
    dependant_kinds: Table,
) -> Yen:
    """1 年少（16歳未満）、2 一般、3 特定（19〜22歳）、4 老人（70歳以上）、5 同居老親等。
    年齢は前年12月31日現在.

    区分が事実として与えられたときはそれによる。同居老親等は納税義務者又は配偶者の直系尊属に限る。
    """
    by_age = dependant_kinds(relative_age)
    parent = (by_age == ELDERLY) & relative_ascendant & relative_cohabit
    kind = np.where(parent, ELDERLY_COHABITING, by_age)
    return np.where(relative_category > 0, relative_category, kind)


@relative_rule("控除対象から除かれる国外居住親族", law="地方税法292条1項9号（令和6年度分から）", unit="可否")
def relative_excluded_overseas(
    relative_spouse: Flag,
    relative_overseas: Flag,
    relative_overseas_qualified: Flag,
    relative_disability: Yen,
    relative_age: Yen,
    overseas_ages: dict[str, int],
) -> Flag:
    """30歳以上70歳未満の国外居住親族で、留学・障害者・38万円以上の送金のいずれにも当たらない者.

    扶養親族についての制限で、配偶者には及ばない。
    """
    abroad = (
        relative_overseas
        & ~relative_spouse
        & within(relative_age, overseas_ages["from"], overseas_ages["to"])
    )
    return abroad & ~relative_overseas_qualified & equal(relative_disability, 0)


@relative_rule("扶養控除の区分", law="地方税法34条1項11号・314条の2第1項11号", unit="番号")
def relative_deductible_kind(
    relative_is_dependant: Flag, relative_excluded_overseas: Flag, relative_kind: Yen
) -> Yen:
    """控除対象扶養親族（と年少扶養親族）の区分。それ以外の者は0."""
    return np.where(relative_is_dependant & (relative_excluded_overseas == 0), relative_kind, 0)


@relative_rule("障害者控除の区分", law="地方税法34条1項6号・3項・314条の2第1項6号・3項", unit="番号")
def relative_disability_kind(
    relative_within_limit: Flag, relative_disability: Yen, relative_cohabit: Flag
) -> Yen:
    """同一生計配偶者・扶養親族の障害: 1 普通、2 特別、3 同居特別。年少扶養親族も対象になる."""
    together = (relative_disability == SPECIAL) & relative_cohabit
    return np.where(relative_within_limit, relative_disability + together, 0)


@rule("同一生計配偶者の数", law="地方税法292条1項7号", unit="人")
def same_livelihood_spouse(relative_is_spouse: Flag, relatives: Relatives) -> Yen:
    """同一生計配偶者がいれば1."""
    return relatives.total(relative_is_spouse)


@rule("配偶者の合計所得金額", law="地方税法292条1項13号")
def spouse_income(relative_spouse: Flag, relative_income: Yen, relatives: Relatives) -> Yen:
    """配偶者がいないときは0."""
    return relatives.total(np.where(relative_spouse, relative_income, 0))


@rule("配偶者の年齢", law="地方税法34条1項10号・314条の2第1項10号", unit="人")
def spouse_age(relative_spouse: Flag, relative_age: Yen, relatives: Relatives) -> Yen:
    """前年12月31日の年齢。老人控除対象配偶者（70歳以上）の判定に使う."""
    return relatives.total(np.where(relative_spouse, relative_age, 0))


@rule("非課税限度額に数える親族の数", law="地方税法295条3項・附則3条の3第1項・4項", unit="人")
def counted_relatives(
    relative_within_limit: Flag, relative_excluded_overseas: Flag, relatives: Relatives
) -> Yen:
    """同一生計配偶者と扶養親族（16歳未満を含む）の数.

    令和6年度分からは16歳未満の者と控除対象扶養親族に限るので、除かれる国外居住親族は数えない
    （open-questions A-17）。
    """
    return relatives.total(relative_within_limit & (relative_excluded_overseas == 0))
