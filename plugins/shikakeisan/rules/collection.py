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


@rule("給与特別徴収の月割額", law="地方税法321条の5第1項、附則5条の10（令和6年度分）")
def salary_months(
    payable: Yen, percap_total: Yen, forest: Yen, special_months: Yen, months: int, month_unit: int
) -> Yen:
    """6月から翌年5月まで12か月に割り、百円未満の端数は最初の月に加える.

    均等割と森林環境税の額以下であれば6月に全額。令和6年度の定額減税の対象者は special_months による。
    """
    ordinary = split_evenly(payable, months, month_unit)
    rest = np.zeros_like(payable)
    single = stack(payable, *[rest] * (months - 1))
    full = np.where(payable <= percap_total + forest, single, ordinary)
    return np.where(special_months.any(axis=0), special_months, full)


@rule("定額減税の年度の月割額", law="地方税法附則5条の10（令和6年度分）")
def special_months(
    payable: Yen,
    teigaku_total: Yen,
    percap_total: Yen,
    forest: Yen,
    teigaku_months: int,
    month_unit: int,
) -> Yen:
    """定額減税の対象者は、6月に徴収せず、減税後の額を7月から11か月に割る。
    均等割だけが残るときは7月に全額（A-15）."""
    june = np.zeros_like(payable)
    spread = split_evenly(payable, teigaku_months, month_unit)
    single = stack(payable, *[june] * (teigaku_months - 1))
    later = np.where(payable <= percap_total + forest, single, spread)
    return np.where(teigaku_total > 0, stack(june, *later), 0)
