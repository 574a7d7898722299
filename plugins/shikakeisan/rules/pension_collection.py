"""年金特別徴収の仮徴収と本徴収 (地方税法321条の7の2〜321条の7の8)."""

import numpy as np

from plugins.shikakeisan.engine.operations import larger, total
from plugins.shikakeisan.engine.rounding import down_to_100
from plugins.shikakeisan.engine.rule import Flag, Yen, rule
from plugins.shikakeisan.engine.values import Rate
from plugins.shikakeisan.rules.collection import split_evenly, take_in_turn


@rule("年金仮徴収額", law="地方税法321条の7の8第1項")
def pension_provisional_total(
    pension_withholding_continuing: Flag, pension_withholding_previous_annual: Yen, pension_share: Rate
) -> Yen:
    """継続者の前年度の年税額の2分の1（百円未満切捨て）。前年度が令和6年度のときは定額減税前の額による."""
    half = down_to_100(pension_share.down(pension_withholding_previous_annual))
    return np.where(pension_withholding_continuing, half, 0)


@rule("仮徴収の各期の額（4月・6月・8月）", law="地方税法321条の7の8第1項")
def pension_provisional(pension_provisional_total: Yen, pension_months: int, month_unit: int) -> Yen:
    """仮徴収額の3分の1ずつ。百円未満の端数は4月に加える（open-questions A-16）."""
    return split_evenly(pension_provisional_total, pension_months, month_unit)


@rule("年金から本徴収する額", law="地方税法321条の7の2・321条の7の8第2項")
def pension_main_total(
    payable: Yen,
    pension_withholding_continuing: Flag,
    pension_provisional_total: Yen,
    teigaku_in_bills: Yen,
    pension_share: Rate,
) -> Yen:
    """継続者は年税額から仮徴収額を引いた額、新規の者は年税額の2分の1（百円未満切捨て）.

    令和6年度は定額減税前の額で計算し、減税額は各期から順に引く。
    """
    before = payable + teigaku_in_bills
    fresh = down_to_100(pension_share.down(before))
    return np.where(pension_withholding_continuing, larger(before - pension_provisional_total, 0), fresh)


@rule("新規の者の普通徴収の額（第1期・第2期）", law="地方税法321条の7の2第3項、附則5条の9（令和6年度分）")
def pension_bills(
    payable: Yen,
    pension_withholding_continuing: Flag,
    pension_main_total: Yen,
    teigaku_in_bills: Yen,
    pension_bill_count: int,
    pension_bill_unit: int,
) -> Yen:
    """年税額から年金で徴収する額を引き、二つの納期に分ける。端数の単位は条例による（open-questions A-16）."""
    billed = np.where(pension_withholding_continuing, 0, payable + teigaku_in_bills - pension_main_total)
    return take_in_turn(split_evenly(billed, pension_bill_count, pension_bill_unit), teigaku_in_bills)


@rule(
    "本徴収の各期の額（10月・12月・2月）",
    law="地方税法321条の7の2第1項・321条の7の8第2項、附則5条の11（令和6年度分）",
)
def pension_main(
    pension_main_total: Yen,
    pension_bills: Yen,
    payable: Yen,
    pension_provisional_total: Yen,
    pension_months: int,
    month_unit: int,
) -> Yen:
    """本徴収額の3分の1ずつ。百円未満の端数は10月に加える。定額減税の残りは10月から順に引く
    （open-questions A-16）."""
    collected = pension_provisional_total + total(pension_bills) + pension_main_total
    over = larger(collected - larger(payable, pension_provisional_total), 0)
    return take_in_turn(split_evenly(pension_main_total, pension_months, month_unit), over)
