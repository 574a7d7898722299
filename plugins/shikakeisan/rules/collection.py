"""普通徴収の納期ごとの額と給与特別徴収の月割額 (地方税法320条・321条の5、令和6年度は附則5条の9・5条の10)."""

import numpy as np

from plugins.shikakeisan.engine.operations import equal, smaller, stack
from plugins.shikakeisan.engine.rounding import down_to
from plugins.shikakeisan.engine.rule import Flag, Yen, rule


def split_evenly(amount: Yen, parts: int, unit: int) -> Yen:
    """``parts`` rows that add up to the amount: each cut to the unit, what is left over in the first."""
    each = down_to(amount // parts, unit)
    return np.stack([amount - each * (parts - 1)] + [each] * (parts - 1))


def take_in_turn(instalments: Yen, amount: Yen) -> Yen:
    """Take an amount off the instalments, the first one first."""
    left = []
    for instalment in instalments:
        taken = smaller(instalment, amount)
        left.append(instalment - taken)
        amount = amount - taken
    return stack(*left)


@rule("均等割のみの者", law="地方税法320条・321条の5第1項ただし書", unit="可否")
def per_capita_only(income_levy_total: Yen) -> Flag:
    """所得割のない者."""
    return equal(income_levy_total, 0)


@rule("徴収の際に引く定額減税額", law="地方税法附則5条の9・5条の10（令和6年度分）")
def teigaku_in_bills(annual_total_before_teigaku: Yen, annual_total: Yen, teigaku_months: int) -> Yen:
    """定額減税前と後の年税額の差。令和6年度だけは、納期ごとの額から順に引く."""
    return annual_total_before_teigaku - annual_total


@rule("普通徴収の納期ごとの額", law="地方税法320条・20条の4の2第6項・附則5条の9")
def ordinary_instalments(
    payable: Yen,
    teigaku_in_bills: Yen,
    per_capita_only: Flag,
    instalments: int,
    percap_single_bill: int,
    instalment_unit: int,
) -> Yen:
    """納期の数で割り、千円未満の端数は第1期に加える。均等割のみの者は条例により第1期に全額.

    令和6年度は定額減税前の額で分け、減税額を第1期から順に引く。減税で均等割だけが残る者も第1期に全額
    （open-questions A-15）。
    """
    bills = split_evenly(payable + teigaku_in_bills, instalments, instalment_unit)
    bills = take_in_turn(bills, teigaku_in_bills)
    rest = np.zeros_like(payable)
    single = stack(payable, *[rest] * (instalments - 1))
    return np.where(per_capita_only & (percap_single_bill > 0), single, bills)


@rule("定額減税の対象者の月数", law="地方税法附則5条の10（令和6年度分）", unit="人")
def special_months(teigaku_total: Yen, teigaku_months: int) -> Yen:
    """令和6年度の定額減税の対象者は、6月に徴収せず7月から11か月に割る。それ以外の者は0."""
    return np.where(teigaku_total > 0, teigaku_months, 0)


@rule("給与特別徴収の月割額（端数のない月）", law="地方税法321条の5第1項・附則5条の10（令和6年度分）")
def salary_month(
    payable: Yen,
    percap_total: Yen,
    forest: Yen,
    special_months: Yen,
    months: int,
    month_unit: int,
) -> Yen:
    """12か月（定額減税の対象者は11か月）に割り、百円未満を切り捨てた額.

    均等割と森林環境税の額以下であれば最初の月に全額を徴収するので、ほかの月は0（open-questions A-15）。
    """
    each = payable // np.where(special_months > 0, special_months, months)
    return np.where(payable <= percap_total + forest, 0, down_to(each, month_unit))


@rule("給与特別徴収の月割額", law="地方税法321条の5第1項・附則5条の10（令和6年度分）")
def salary_months(payable: Yen, salary_month: Yen, special_months: Yen, months: int) -> Yen:
    """6月から翌年5月まで。百円未満の端数は最初の月（定額減税の対象者は7月）に加える."""
    later = salary_month * (months - 2)
    skips_june = special_months > 0
    june = np.where(skips_june, 0, payable - later - salary_month)
    july = np.where(skips_june, payable - later, salary_month)
    return stack(june, july, *[salary_month] * (months - 2))
