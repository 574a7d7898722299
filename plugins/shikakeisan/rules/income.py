"""給与所得・公的年金等に係る雑所得・その他の雑所得 (所得税法28条・35条、地方税法32条・313条)."""

import numpy as np

from plugins.shikakeisan.engine.operations import equal, larger, smaller
from plugins.shikakeisan.engine.relatives import Relatives
from plugins.shikakeisan.engine.rule import Flag, Yen, relative_rule, rule
from plugins.shikakeisan.engine.values import Curve, Rate, Table
from plugins.shikakeisan.rules.relatives import SPECIAL, SPECIFIC, UNDER_16


@rule("所得金額調整控除前の給与所得", law="所得税法28条・57条の2・別表第五")
def salary_income_before_adj(
    salary: Yen, salary_specific_expenses: Yen, salary_income_table: Curve, specific_expense_share: Rate
) -> Yen:
    """給与収入を別表第五（660万円未満は4,000円刻み）に当てはめた額.

    特定支出が給与所得控除額の2分の1を超えるときは、超える部分をさらに引く。
    """
    income = salary_income_table.down(salary)
    excess = salary_specific_expenses - specific_expense_share.down(salary - income)
    return larger(income - larger(excess, 0), 0)


@relative_rule("所得金額調整控除の対象となる親族", law="租税特別措置法41条の3の11第1項", unit="可否")
def relative_income_adj(
    relative_is_dependant: Flag,
    relative_within_limit: Flag,
    relative_age: Yen,
    relative_category: Yen,
    relative_disability: Yen,
    income_adj_child_age: int,
) -> Flag:
    """23歳未満の扶養親族、又は特別障害者である同一生計配偶者・扶養親族.

    年齢がなく区分だけが分かる者は、年少と特定が23歳未満になる（一般は16〜18歳とは限らない）。
    """
    by_category = (relative_category == UNDER_16) | (relative_category == SPECIFIC)
    young = np.where(relative_category > 0, by_category, relative_age < income_adj_child_age)
    special = relative_within_limit & equal(relative_disability, SPECIAL)
    return special | (relative_is_dependant & young)


@rule("所得金額調整控除額（子ども・特別障害者等）", law="租税特別措置法41条の3の11第1項")
def income_adj_deduction_1(
    salary: Yen,
    disability: Yen,
    income_adj_eligible: Flag,
    relative_income_adj: Flag,
    relatives: Relatives,
    income_adj_threshold: int,
    income_adj_ceiling: int,
    income_adj_rate: Rate,
) -> Yen:
    """収入850万円（1,000万円まで）を超える部分の10％。1円未満は切り上げる.

    本人が特別障害者、又は対象の親族がいる者に限る。夫婦の双方が同じ子について受けられる。
    """
    eligible = income_adj_eligible | (disability == SPECIAL) | relatives.any(relative_income_adj)
    over = larger(smaller(salary, income_adj_ceiling) - income_adj_threshold, 0)
    return np.where(eligible, income_adj_rate.up(over), 0)


@rule("年金がないものとした給与所得", law="所得税法35条4項、租税特別措置法41条の3の11第1項")
def salary_income_without_pension(salary_income_before_adj: Yen, income_adj_deduction_1: Yen) -> Yen:
    """公的年金等控除額の判定に使う給与所得。給与・年金の調整控除は年金がないので働かない."""
    return larger(salary_income_before_adj - income_adj_deduction_1, 0)


@rule("公的年金等に係る雑所得", law="所得税法35条4項、租税特別措置法41条の15の3")
def pension_income(
    pension: Yen,
    age: Yen,
    other_total_income: Yen,
    pension_age: int,
    pension_table_young: Curve,
    pension_table_old: Curve,
    pension_other_income: Table,
) -> Yen:
    """年金収入から公的年金等控除額を引いた額。前年12月31日に65歳以上かどうかで表が違う.

    年金以外の合計所得金額が1,000万円・2,000万円を超えると控除額が減る。1円未満は切り捨てる
    （open-questions A-1）。
    """
    plus = pension_other_income(other_total_income)
    return np.where(
        age >= pension_age, pension_table_old.down(pension, plus), pension_table_young.down(pension, plus)
    )


@rule("公的年金等控除額", law="所得税法35条4項")
def pension_deduction(pension: Yen, pension_income: Yen) -> Yen:
    """年金収入と公的年金等に係る雑所得との差."""
    return pension - pension_income


@rule("所得金額調整控除額（給与・年金）", law="租税特別措置法41条の3の11第2項")
def income_adj_deduction_2(salary_income_before_adj: Yen, pension_income: Yen, income_adj_both: int) -> Yen:
    """給与所得控除後の金額と年金の雑所得の両方があり合計が10万円を超えるとき、
    各10万円までの合計から10万円を引いた額."""
    both = smaller(salary_income_before_adj, income_adj_both) + smaller(pension_income, income_adj_both)
    return larger(both - income_adj_both, 0)


@rule("所得金額調整控除額", law="租税特別措置法41条の3の11")
def income_adj_deduction(income_adj_deduction_1: Yen, income_adj_deduction_2: Yen) -> Yen:
    """二つの所得金額調整控除の合計."""
    return income_adj_deduction_1 + income_adj_deduction_2


@rule("給与所得", law="所得税法28条、租税特別措置法41条の3の11")
def salary_income(salary_income_without_pension: Yen, income_adj_deduction_2: Yen) -> Yen:
    """所得金額調整控除後の給与所得."""
    return larger(salary_income_without_pension - income_adj_deduction_2, 0)


@rule("雑所得", law="所得税法35条2項")
def misc_income(pension_income: Yen, misc_other_income: Yen) -> Yen:
    """公的年金等に係る雑所得とその他の雑所得の合計。赤字は他の所得と損益通算できない."""
    return larger(pension_income + misc_other_income, 0)


@rule("年金がないものとした雑所得", law="所得税法35条4項")
def misc_income_without_pension(misc_other_income: Yen) -> Yen:
    """公的年金等控除額の判定に使う雑所得."""
    return larger(misc_other_income, 0)


@rule("配当所得（総合課税）", law="所得税法24条")
def dividend_income(
    dividend_aggregate: Yen, dividend_no_credit: Yen, dividend_trust: Yen, dividend_trust_foreign: Yen
) -> Yen:
    """総合課税を選んだ配当の合計（配当控除の対象かどうかを問わない）."""
    return dividend_aggregate + dividend_no_credit + dividend_trust + dividend_trust_foreign
